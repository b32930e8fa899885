import * as apimanagement from "@pulumi/azure-native/apimanagement";
import * as pulumi from "@pulumi/pulumi";
import type { HttpRouteSettings, RouteAuth } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { HttpApiOutputs, HttpApiSpec } from "../http-api";
import { assign } from "./access";
import { diagnostics, foundationOf } from "./foundation";
import { serverlessFunction } from "./function";

export function httpApi(self: Pattern<"HttpApi">, spec: HttpApiSpec): Realization<HttpApiOutputs> {
  const appId = admitted(self, spec);
  const { site } = self;
  const shape = shaper(spec.transform?.azure);
  const { group, insights } = foundationOf(site);
  const tags = { ...site.tags };
  const service = new apimanagement.ApiManagementService(
    self.id,
    shape("service", {
      resourceGroupName: group.name,
      serviceName: physicalName(site, [self.id], { max: 50 }),
      sku: { name: "Consumption", capacity: 0 },
      identity: { type: "SystemAssigned" },
      publisherName: site.project,
      publisherEmail: "noreply@example.com",
      customProperties: Object.fromEntries(
        weakProtocols.map((name) => [`Microsoft.WindowsAzure.ApiManagement.Gateway.${name}`, "false"]),
      ),
      tags,
    }),
    self.child({ customTimeouts: { create: "60m" } }),
  );
  const principalId = service.identity.apply((identity) => identity?.principalId ?? "");
  const tenantId = service.identity.apply((identity) => identity?.tenantId ?? "");
  const inService = { resourceGroupName: group.name, serviceName: service.name };
  const api = new apimanagement.Api(
    self.id,
    { ...inService, apiId: self.id, displayName: self.id, path: "", protocols: ["https"], subscriptionRequired: false },
    self.child(),
  );
  const apiPolicy = new apimanagement.ApiPolicy(
    self.id,
    { ...inService, apiId: api.name, policyId: "policy", format: "rawxml", value: wholeApiPolicy(spec) },
    self.child(),
  );
  accessLog(self, inService, api, principalId, insights);
  diagnostics(self, self.id, service.id, site);

  const functions = spec.groups.map((routes) => {
    const name = `${self.id}-${routes.name}`;
    const settings = principalId.apply((principal) =>
      routes.routes.map(
        ({ method, path, auth }): HttpRouteSettings => ({
          component: self.id,
          method,
          path,
          auth,
          maxBodyBytes: spec.maxBodyBytes,
          timeoutSeconds: spec.timeoutSeconds,
          gateway: { principalId: principal },
        }),
      ),
    );
    const made = serverlessFunction(self, {
      name,
      handler: routes.handler,
      settings,
      variables: () => ({}),
      own: [],
      maxInstances: 100,
      caller: principalId,
      extensions: { http: { routePrefix: "" } },
      shapes: { plan: (args) => shape("plan", args), app: (args) => shape("app", args) },
    });
    for (const [index, route] of routes.routes.entries()) {
      const part = `${name}${index || ""}`;
      const operation = new apimanagement.ApiOperation(
        part,
        {
          ...inService,
          apiId: api.name,
          operationId: part,
          displayName: route.key,
          method: route.method,
          urlTemplate: route.path,
          templateParameters: route.params.map((param) => ({ name: param, type: "string", required: true })),
        },
        self.child(),
      );
      const value = pulumi
        .all([made.app.defaultHostName, tenantId])
        .apply(([host, tenant]) =>
          routePolicy(route.auth, { host, tenant, appId, timeoutSeconds: spec.timeoutSeconds }),
        );
      new apimanagement.ApiOperationPolicy(
        part,
        { ...inService, apiId: api.name, operationId: operation.name, policyId: "policy", format: "rawxml", value },
        self.child({ dependsOn: apiPolicy }),
      );
    }
    return made;
  });
  return {
    contract: contractOf(self, spec),
    grants: functions.flatMap(({ grants }) => grants),
    nodes: { service, api, apps: functions.map(({ app }) => app) },
    outputs: { url: service.gatewayUrl },
  };
}

/** Off at the gateway: everything below TLS 1.2, and the ciphers that go with it. */
const weakProtocols = [
  ...["Tls10", "Tls11", "Ssl30"].flatMap((protocol) => [
    `Security.Protocols.${protocol}`,
    `Security.Backend.Protocols.${protocol}`,
  ]),
  "Security.Ciphers.TripleDes168",
];

/** Refuses what the Consumption gateway cannot do, before any child exists; returns the app registration. */
function admitted(self: Pattern<"HttpApi">, { throttle }: HttpApiSpec): string {
  const problems: Problem[] = [];
  const { azureAppId } = self.site;
  if (azureAppId === undefined) {
    const fact =
      "serverless-blueprints:azureAppId is not set: functions would have no way to tell the gateway's calls from others";
    problems.push({
      code: "SB-C008",
      fact,
      wayOut:
        "make an app registration and set its client id: pulumi config set serverless-blueprints:azureAppId <id> (README, Azure)",
    });
  }
  if (throttle?.required) {
    const fact = "throttle is asked for, and API Management Consumption cannot limit a rate without subscription keys";
    problems.push({ code: "SB-C003", fact, wayOut: "set throttle.required to false to go without on azure" });
  }
  if (azureAppId === undefined || problems.length > 0) throw new BlueprintError(self.subject, problems);
  return azureAppId;
}

type InService = { readonly resourceGroupName: pulumi.Output<string>; readonly serviceName: pulumi.Output<string> };

/** Every request to Application Insights: no headers, no bodies, no addresses. Roles only, so the gateway signs in. */
function accessLog(
  self: Pattern<"HttpApi">,
  inService: InService,
  api: apimanagement.Api,
  principalId: pulumi.Output<string>,
  insights: ReturnType<typeof foundationOf>["insights"],
): void {
  const assignment = assign(self, `${self.id}-insights`, principalId, { role: "metricsPublisher", scope: insights.id });
  const logger = new apimanagement.Logger(
    self.id,
    {
      ...inService,
      loggerId: "insights",
      loggerType: "applicationInsights",
      resourceId: insights.id,
      credentials: { connectionString: insights.connectionString, identityClientId: "SystemAssigned" },
    },
    self.child({ dependsOn: assignment }),
  );
  const silent = { headers: [], body: { bytes: 0 } };
  new apimanagement.ApiDiagnostic(
    self.id,
    {
      ...inService,
      apiId: api.name,
      diagnosticId: "applicationinsights",
      loggerId: logger.id,
      alwaysLog: "allErrors",
      httpCorrelationProtocol: "W3C",
      logClientIp: false,
      verbosity: "information",
      sampling: { samplingType: "fixed", percentage: 100 },
      frontend: { request: silent, response: silent },
      backend: { request: silent, response: silent },
    },
    self.child(),
  );
}

/** Text as XML carries it. */
function xml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** CORS before everything else, and the gateway's own errors as problem+json. */
function wholeApiPolicy({ cors, groups }: HttpApiSpec): string {
  const list = (outer: string, inner: string, values: readonly string[]) =>
    `<${outer}>${values.map((value) => `<${inner}>${xml(value)}</${inner}>`).join("")}</${outer}>`;
  const methods = [...new Set(groups.flatMap(({ routes }) => routes.map(({ method }) => method)))].sort();
  const answers = cors
    ? `<cors allow-credentials="false">${list("allowed-origins", "origin", cors.origins)}<allowed-methods preflight-result-max-age="${cors.maxAgeSeconds}">${methods.map((method) => `<method>${method}</method>`).join("")}</allowed-methods>${list("allowed-headers", "header", cors.headers)}</cors>`
    : "";
  const problem =
    'new JObject(new JProperty("type", "about:blank"), new JProperty("title", context.Response.StatusReason), new JProperty("status", context.Response.StatusCode)).ToString()';
  const onError = `<set-header name="Content-Type" exists-action="override"><value>application/problem+json</value></set-header><set-body>${xml(`@(${problem})`)}</set-body>`;
  return `<policies><inbound><base />${answers}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base />${onError}</on-error></policies>`;
}

interface RouteContext {
  readonly host: string;
  readonly tenant: string;
  readonly appId: string;
  readonly timeoutSeconds: number;
}

/** Who may call, who they are, and the gateway's own token for the function; in this order. */
function routePolicy(auth: RouteAuth, { host, tenant, appId, timeoutSeconds }: RouteContext): string {
  const identity =
    auth.kind === "none"
      ? '<set-header name="x-sb-identity" exists-action="delete" />'
      : `<set-header name="x-sb-identity" exists-action="override"><value>${xml(`@{${callerExpression}}`)}</value></set-header>`;
  const backend = `<authentication-managed-identity resource="api://${xml(appId)}" /><set-backend-service base-url="https://${xml(host)}" />`;
  const forward = `<forward-request timeout="${timeoutSeconds}" />`;
  return `<policies><inbound><base />${validation(auth, tenant, appId)}${identity}${backend}</inbound><backend>${forward}</backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
}

function validation(auth: RouteAuth, tenant: string, appId: string): string {
  const audiences = (values: readonly string[]) =>
    `<audiences>${values.map((value) => `<audience>${xml(value)}</audience>`).join("")}</audiences>`;
  if (auth.kind === "iam") {
    return `<validate-azure-ad-token tenant-id="${xml(tenant)}" failed-validation-httpcode="401" output-token-variable-name="jwt">${audiences([`api://${appId}`])}</validate-azure-ad-token>`;
  }
  if (auth.kind === "jwt") {
    const discovery = `${auth.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    return `<validate-jwt header-name="Authorization" require-scheme="Bearer" require-expiration-time="true" failed-validation-httpcode="401" output-token-variable-name="jwt"><openid-config url="${xml(discovery)}" />${audiences(auth.audience)}<issuers><issuer>${xml(auth.issuer)}</issuer></issuers></validate-jwt>`;
  }
  return "";
}

/** The validated token as `runtime/azure/http-route.ts` reads it: base64url of subject, issuer, scopes and claims. */
const callerExpression = [
  'var jwt = (Jwt)context.Variables["jwt"];',
  "var claims = new JObject();",
  "foreach (var claim in jwt.Claims) { if (claim.Value.Length == 1) { claims[claim.Key] = claim.Value[0]; } else { claims[claim.Key] = new JArray(claim.Value); } }",
  'var granted = jwt.Claims.GetValueOrDefault("scp", "") + " " + jwt.Claims.GetValueOrDefault("scope", "");',
  "var scopes = new JArray(granted.Split(new[] { ' ', ',' }, StringSplitOptions.RemoveEmptyEntries));",
  'var caller = new JObject(new JProperty("subject", jwt.Subject), new JProperty("issuer", jwt.Issuer), new JProperty("scopes", scopes), new JProperty("claims", claims));',
  "return Convert.ToBase64String(Encoding.UTF8.GetBytes(caller.ToString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');",
].join(" ");

function contractOf({ site }: Pattern, spec: HttpApiSpec) {
  const { cors, throttle } = spec;
  const kinds = spec.groups.flatMap(({ routes }) => routes.map(({ auth }) => auth.kind));
  const auth = (["none", "iam", "jwt"] as const)
    .map((kind) => `${kind}: ${kinds.filter((one) => one === kind).length}`)
    .join(", ");
  const memory = `${spec.groups[0]?.handler.memoryMiB ?? 0} MiB`;
  const gateway = "API Management Consumption tier";
  return [
    native(
      "timeout",
      formatDuration(spec.timeoutSeconds),
      formatDuration(spec.timeoutSeconds),
      "forward-request of the gateway; a cold start counts",
      "API Management forward-request",
    ),
    native("memory", memory, memory, "instance size of the plan", "Flex Consumption plan"),
    emulated(
      "maxBodyBytes",
      `${spec.maxBodyBytes} bytes`,
      `${spec.maxBodyBytes} bytes`,
      "413 by the adapter; the gateway itself stops at 2 MiB",
      "API Management limits",
    ),
    native(
      "auth",
      auth,
      auth,
      "JWT by the gateway, iam as a token of the tenant for the app registration; scopes by the adapter",
      "API Management validate-jwt",
    ),
    emulated(
      "validation",
      "the body's schema",
      "400 that names the fields",
      "the handler's own schema, in the adapter",
      "runtime/http-route.ts",
    ),
    native(
      "cors",
      cors ? cors.origins.join(", ") : "none asked",
      cors ? cors.origins.join(", ") : "none",
      "preflight answered by the gateway",
      "API Management cors",
    ),
    throttle
      ? unsupported(
          "throttle",
          `${throttle.rate} a second, burst ${throttle.burst}`,
          "none",
          "the Consumption tier limits rates by subscription key only",
          gateway,
        )
      : native("throttle", "none asked", "none", "instances are the limit", gateway),
    native(
      "accessLog",
      "every request, without payload",
      "Application Insights",
      "no headers, no bodies, no addresses",
      "API Management diagnostics",
    ),
    native(
      "errors",
      "problem+json",
      "problem+json",
      "errors made by the gateway too, by policy",
      "API Management on-error",
    ),
    native(
      "gatewayIdentity",
      "functions answer their gateway only",
      "functions answer their gateway only",
      "the gateway signs in with its own identity, the only principal that Easy Auth lets in; the adapter checks it again",
      "App Service authentication",
    ),
    native(
      "encryption",
      `TLS (${site.dataClass})`,
      "TLS 1.2 or newer",
      "older protocols are off at the gateway",
      gateway,
    ),
  ];
}
