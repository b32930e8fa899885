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
import { authText, type HttpApiOutputs, type HttpApiSpec, type RouteSpec, validationRow } from "../http-api";
import { assign, principalOf } from "./access";
import { foundationOf, globalName, tenantOf } from "./foundation";
import { type FunctionParts, serverlessFunction } from "./function";

/** The gateway's parts, as transforms get them. */
export interface HttpApiParts {
  service: apimanagement.ApiManagementServiceArgs;
  api: apimanagement.ApiArgs;
  policy: apimanagement.PolicyArgs;
  operation: apimanagement.ApiOperationArgs;
  operationPolicy: apimanagement.ApiOperationPolicyArgs;
  logger: apimanagement.LoggerArgs;
  diagnostic: apimanagement.ApiDiagnosticArgs;
}
type Shape = ReturnType<typeof shaper<HttpApiParts & FunctionParts>>;

/** Instances of one function: the plan's own default. */
const instances = 100;

export function httpApi(self: Pattern<"HttpApi">, spec: HttpApiSpec): Realization<HttpApiOutputs> {
  const appId = admitted(self, spec);
  const { site } = self;
  const shape: Shape = shaper(spec.transform?.azure);
  const { group } = foundationOf(site);
  const service = gateway(self, shape);
  const inService = { resourceGroupName: group.name, serviceName: service.name };
  const policy = new apimanagement.Policy(
    self.id,
    shape("policy", { ...inService, policyId: "policy", format: "xml", value: wholePolicy(spec) }),
    self.child(),
  );
  const api = new apimanagement.Api(
    self.id,
    shape("api", {
      ...inService,
      apiId: self.id,
      displayName: self.id,
      path: "",
      protocols: ["https"],
      subscriptionRequired: false,
    }),
    self.child(),
  );
  const principalId = principalOf(service);
  accessLog(self, shape, inService, api, principalId);
  const functions = spec.groups.map(({ name, handler, routes }) => {
    const made = serverlessFunction(self, {
      name: `${self.id}-${name}`,
      handler,
      settings: principalId.apply((principal) => routes.map((route) => settingsOf(self, spec, route, principal))),
      maxInstances: instances,
      caller: principalId,
      host: { extensions: { http: { routePrefix: "" } } },
      shape,
    });
    for (const { key, method, path, params, auth } of routes) {
      const words = key.toLowerCase().split(/[^a-z0-9]+/);
      // Two routes may spell the same words: the name ends with a digest of the route.
      const part = physicalName({ project: self.kind, stack: key }, [self.id, ...words].filter(Boolean), { max: 80 });
      const operation = new apimanagement.ApiOperation(
        part,
        shape("operation", {
          ...inService,
          apiId: api.name,
          operationId: part,
          displayName: key,
          method,
          urlTemplate: path,
          templateParameters: params.map((name) => ({ name, type: "string", required: true })),
        }),
        self.child(),
      );
      const value = pulumi
        .all([made.app.defaultHostName, tenantOf(site)])
        .apply(([host, tenant]) => routePolicy(auth, { host, tenant, appId, timeoutSeconds: spec.timeoutSeconds }));
      new apimanagement.ApiOperationPolicy(
        part,
        shape("operationPolicy", {
          ...inService,
          apiId: api.name,
          operationId: operation.name,
          policyId: "policy",
          format: "xml",
          value,
        }),
        self.child({ dependsOn: policy }),
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

/**
 * One gateway an API, with an identity of its own. No diagnostic setting: the Consumption tier has no resource logs, its
 * requests go to Application Insights.
 */
function gateway(self: Pattern<"HttpApi">, shape: Shape): apimanagement.ApiManagementService {
  const { group } = foundationOf(self.site);
  return new apimanagement.ApiManagementService(
    self.id,
    shape("service", {
      resourceGroupName: group.name,
      serviceName: globalName(self, group, self.id, { max: 50 }),
      sku: { name: "Consumption", capacity: 0 },
      identity: { type: "SystemAssigned" },
      publisherName: self.site.project,
      publisherEmail: "noreply@example.com", // asked for by Azure; this tier's gateways write to nobody
      customProperties: Object.fromEntries(
        oldProtocols.map((name) => [`Microsoft.WindowsAzure.ApiManagement.Gateway.Security.${name}`, "false"]),
      ),
      tags: { ...self.site.tags },
    }),
    self.child({ customTimeouts: { create: "60m" } }),
  );
}

/** What there is to switch off in the Consumption tier; SSL 3.0 towards callers and weak ciphers are off there for good. */
const oldProtocols = ["Protocols.Tls10", "Protocols.Tls11"].concat(
  ["Tls10", "Tls11", "Ssl30"].map((protocol) => `Backend.Protocols.${protocol}`),
);

function settingsOf(
  self: Pattern<"HttpApi">,
  { maxBodyBytes, timeoutSeconds }: HttpApiSpec,
  { method, path, auth }: RouteSpec,
  principalId: string,
): HttpRouteSettings {
  return { component: self.id, method, path, auth, maxBodyBytes, timeoutSeconds, gateway: { principalId } };
}

/** Bytes of a policy document in the Consumption tier. */
const longestPolicy = 16_384;

/** Refuses what the Consumption gateway cannot do, before any child exists; returns the app registration. */
function admitted(self: Pattern<"HttpApi">, spec: HttpApiSpec): string {
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
  if (spec.throttle?.required) {
    const fact = `throttle.rate=${spec.throttle.rate} is asked for, and API Management Consumption limits rates by subscription key only`;
    problems.push({ code: "SB-C003", fact, wayOut: "set throttle.required to false to go without on azure" });
  }
  const texts = spec.groups.flatMap(({ routes }) =>
    routes.flatMap(({ key, auth }) =>
      auth.kind === "jwt" ? [[`routes["${key}"].auth.jwt`, [auth.issuer, ...auth.audience]] as const] : [],
    ),
  );
  for (const [option, values] of [
    ...texts,
    ["cors", [...(spec.cors?.origins ?? []), ...(spec.cors?.headers ?? [])]] as const,
  ])
    for (const value of values.filter((text) => /^\s*@[({]|\{\{/.test(text))) {
      const fact = `${option} says ${JSON.stringify(value)}, which API Management would work out as an expression or a named value`;
      problems.push({ code: "SB-C003", fact, wayOut: "use a text without @( and {{" });
    }
  const bytes = Buffer.byteLength(wholePolicy(spec));
  if (bytes > longestPolicy) {
    const fact = `cors makes a policy of ${bytes} bytes, and API Management Consumption takes ${longestPolicy}`;
    problems.push({ code: "SB-C003", fact, wayOut: 'name fewer origins and headers, or "*"' });
  }
  if (azureAppId === undefined || problems.length > 0) throw new BlueprintError(self.subject, problems);
  return azureAppId;
}

type InService = { readonly resourceGroupName: pulumi.Output<string>; readonly serviceName: pulumi.Output<string> };

/** Every request to Application Insights: no headers, no bodies, no addresses. Roles only, so the gateway signs in. */
function accessLog(
  self: Pattern<"HttpApi">,
  shape: Shape,
  inService: InService,
  api: apimanagement.Api,
  principalId: pulumi.Output<string>,
): void {
  const { insights } = foundationOf(self.site);
  const assignment = assign(self, `${self.id}-insights`, principalId, { role: "metricsPublisher", scope: insights.id });
  const logger = new apimanagement.Logger(
    self.id,
    shape("logger", {
      ...inService,
      loggerId: "insights",
      loggerType: "applicationInsights",
      resourceId: insights.id,
      credentials: { connectionString: insights.connectionString, identityClientId: "SystemAssigned" },
    }),
    self.child({ dependsOn: assignment }),
  );
  const silent = { headers: [], body: { bytes: 0 } };
  // Addresses are logged with their query, which may name a person.
  const asked = { ...silent, dataMasking: { queryParams: [{ value: "*", mode: "Hide" as const }] } };
  new apimanagement.ApiDiagnostic(
    self.id,
    shape("diagnostic", {
      ...inService,
      apiId: api.name,
      diagnosticId: "applicationinsights",
      loggerId: logger.id,
      alwaysLog: "allErrors",
      httpCorrelationProtocol: "W3C",
      logClientIp: false,
      verbosity: "information",
      sampling: { samplingType: "fixed", percentage: 100 },
      frontend: { request: asked, response: silent },
      backend: { request: asked, response: silent },
    }),
    self.child(),
  );
}

/**
 * Text as XML carries it, expressions too: policies are sent as `xml`. In `rawxml` the service takes what stands between
 * `@(` and `)` by the letter, and an escaped quote there is a fault of syntax
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/5426).
 */
function xml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * For every request, also those that meet no route: CORS before everything else, and the gateway's own errors as
 * problem+json. At the outermost scope, because a request without a route never comes to the API's.
 */
function wholePolicy({ cors, groups }: HttpApiSpec): string {
  const list = (outer: string, inner: string, values: readonly string[], more = "") =>
    `<${outer}${more}>${values.map((value) => `<${inner}>${xml(value)}</${inner}>`).join("")}</${outer}>`;
  const methods = [...new Set(groups.flatMap(({ routes }) => routes.map(({ method }) => method)))].sort();
  const answers = cors
    ? `<cors allow-credentials="false">${[
        list("allowed-origins", "origin", cors.origins),
        list("allowed-methods", "method", methods, ` preflight-result-max-age="${cors.maxAgeSeconds}"`),
        list("allowed-headers", "header", cors.headers),
      ].join("")}</cors>`
    : "";
  const problem =
    'new JObject(new JProperty("type", "about:blank"), new JProperty("title", context.Response.StatusReason), new JProperty("status", context.Response.StatusCode)).ToString()';
  const onError = `<set-header name="Content-Type" exists-action="override"><value>application/problem+json</value></set-header><set-body>${xml(`@(${problem})`)}</set-body>`;
  return `<policies><inbound>${answers}</inbound><backend><forward-request /></backend><outbound /><on-error>${onError}</on-error></policies>`;
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
    return `<validate-azure-ad-token tenant-id="${xml(tenant)}" failed-validation-httpcode="401" output-token-variable-name="jwt">${audiences([`api://${appId}`, appId])}</validate-azure-ad-token>`;
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
  const auth = authText(spec);
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
      "JWT by the gateway; iam is a token of the tenant for the app registration, whose assignments say who may have one; scopes by the adapter",
      "API Management validate-jwt",
    ),
    validationRow,
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
