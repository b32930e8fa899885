import { createHash } from "node:crypto";
import * as apigateway from "@pulumi/gcp/apigateway";
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import type { HttpRouteSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { authText, type HttpApiOutputs, type HttpApiSpec, type RouteSpec, validationRow } from "../http-api";
import { groundOf } from "./access";
import { makeAccount, serverlessFunction } from "./function";

/** Instances of each function: one call each, and what Cloud Run gives by itself. */
const maxInstances = 100;

/** API Gateway before functions that answer to its account only. */
export function httpApi(self: Pattern<"HttpApi">, spec: HttpApiSpec): Realization<HttpApiOutputs> {
  refuseGaps(self, spec);
  const { id, site } = self;
  const ground = groundOf(site);
  const { project, labels } = ground;
  const shape = shaper(spec.transform?.gcp);
  // Called as the component is: a suffix could be the name of a handler's file, and with it a function's account.
  const caller = makeAccount(self, id, `Calls the functions of ${id}`);
  const gateway = { serviceAccount: caller.email, serviceAccountId: caller.uniqueId };
  const paths = pathsOf(spec);
  const functions = spec.groups.map((group) => {
    const name = `${id}-${group.name}`;
    const settings = group.routes.map((route) => ({
      ...routeSettings(id, spec, route, paths),
      gateway,
    }));
    const unit = serverlessFunction(self, {
      name,
      handler: group.handler,
      settings,
      ingress: "ALLOW_ALL",
      maxInstances,
      shape: (args) => shape("function", args),
    });
    return { ...unit, admitted: unit.admit(`${name}-gateway`, caller.member) };
  });
  // By key and not by route: what goes through an output comes out as a copy.
  const addresses = Object.fromEntries(
    spec.groups.flatMap(({ routes }, index) => routes.map(({ key }) => [key, functions[index]?.uri])),
  );

  const api = new apigateway.Api(
    id,
    shape("api", { project, apiId: ground.marked(self, id, 49), labels }),
    self.child({ dependsOn: ground.enabled("apigateway", "servicemanagement", "servicecontrol") }),
  );
  const document = pulumi.output(addresses).apply((known) => JSON.stringify(openApi(id, spec, paths, known)));
  const described = shape("apiConfig", {
    project,
    api: api.apiId,
    openapiDocuments: [
      {
        document: {
          path: "openapi.json",
          contents: document.apply((text) => Buffer.from(text).toString("base64")),
        },
      },
    ],
    gatewayConfig: { backendConfig: { googleServiceAccount: caller.email } },
    labels,
  });
  const apiConfig = new apigateway.ApiConfig(id, { apiConfigId: configId(described), ...described }, self.child());
  new projects.Service(
    `${id}-managed`,
    { project, service: api.managedService, disableOnDestroy: false },
    // There is nothing to enable before its first configuration.
    self.child({ dependsOn: [apiConfig] }),
  );
  const placed = shape("gateway", {
    project,
    region: ground.region,
    gatewayId: ground.marked(self, id, 49),
    apiConfig: apiConfig.id,
    labels,
  });
  warnOfRegion(self, placed.region);
  const resource = new apigateway.Gateway(
    id,
    placed,
    self.child({ dependsOn: functions.map(({ admitted }) => admitted) }),
  );
  return {
    contract: contractOf(self, spec),
    grants: functions.flatMap(({ grants }) => grants),
    nodes: { api, apiConfig, gateway: resource, account: caller, functions: functions.map((unit) => unit.resource) },
    outputs: { url: pulumi.interpolate`https://${resource.defaultHostname}` },
  };
}

/** Where API Gateway is: cloud.google.com/api-gateway/docs/deployment-model, as of November 2026. */
const gatewayRegions = [
  "asia-northeast1",
  "australia-southeast1",
  "europe-west1",
  "europe-west2",
  "us-central1",
  "us-east1",
  "us-east4",
  "us-west2",
  "us-west3",
  "us-west4",
];

/** The gateway comes last, so without this a first deployment would fail at its end. No error: Google adds regions. */
function warnOfRegion(self: Pattern, region: pulumi.Input<string | undefined>): void {
  if (typeof region !== "string" || gatewayRegions.includes(region)) return;
  const wayOut = `set gcp:region to one of ${gatewayRegions.join(", ")}, or the gateway's alone by transform.gcp.gateway`;
  void pulumi.log.warn(
    `${self.kind} "${self.id}": Google does not list API Gateway in ${region}; if it is not there, ${wayOut}.`,
    self,
  );
}

/** A configuration cannot be changed: whatever differs is another one, made before the gateway leaves the old one. */
function configId(args: apigateway.ApiConfigArgs): pulumi.Output<string> {
  const { openapiDocuments, grpcServices, managedServiceConfigs, gatewayConfig } = args;
  return pulumi
    .jsonStringify({ openapiDocuments, grpcServices, managedServiceConfigs, gatewayConfig })
    .apply((text) => `cfg-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`);
}

/** What was asked and this gateway cannot do, all at once. */
function refuseGaps(self: Pattern, spec: HttpApiSpec): void {
  const problems = spec.groups.flatMap(({ routes }) => routes).flatMap(authGaps);
  if (spec.throttle?.required) {
    problems.push({
      code: "SB-C003",
      fact: `throttle.rate=${spec.throttle.rate}, but API Gateway limits callers with API keys only`,
      wayOut:
        "set throttle.required to false to go without, or put a load balancer with Cloud Armor before the gateway",
    });
  }
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
}

function authGaps({ key, auth }: RouteSpec): Problem[] {
  const gap = (fact: string, wayOut: string): Problem => ({
    code: "SB-C003",
    fact: `routes["${key}"].auth${fact}`,
    wayOut,
  });
  if (auth.kind === "none") return [];
  if (auth.kind === "iam")
    return [
      gap(
        '="iam", but API Gateway cannot check Google Cloud IAM',
        'use { jwt: { issuer: "https://accounts.google.com", audience: [...] } }: service accounts and users of Google Cloud get such tokens',
      ),
    ];
  return auth.audience
    .filter((audience) => audience.includes(","))
    .map((audience) =>
      gap(
        `.jwt.audience=${JSON.stringify(audience)} holds a comma, at which API Gateway would cut it in two`,
        "name an audience without commas",
      ),
    );
}

/** Routes by the shape of their path: for API Gateway `/a/{x}` and `/a/{y}` are the same path. */
type Paths = ReadonlyMap<string, readonly RouteSpec[]>;
const shapeOf = ({ path }: RouteSpec) => path.replace(/\{[^}]+\}/g, "{}");

function pathsOf(spec: HttpApiSpec): Paths {
  const paths = new Map<string, RouteSpec[]>();
  for (const route of spec.groups.flatMap(({ routes }) => routes))
    paths.set(shapeOf(route), [...(paths.get(shapeOf(route)) ?? []), route]);
  return paths;
}

function routeSettings(component: string, spec: HttpApiSpec, route: RouteSpec, paths: Paths): HttpRouteSettings {
  const { method, path, auth } = route;
  const methods = (paths.get(shapeOf(route)) ?? []).map((one) => one.method);
  return {
    component,
    method,
    path,
    auth,
    maxBodyBytes: spec.maxBodyBytes,
    timeoutSeconds: spec.timeoutSeconds,
    ...(spec.cors ? { cors: { ...spec.cors, methods } } : {}),
  };
}

/** The gateway's document: Swagger 2.0 with Google's extensions. */
function openApi(
  title: string,
  spec: HttpApiSpec,
  paths: Paths,
  addresses: Readonly<Record<string, string | undefined>>,
) {
  const audiences = audiencesOf(paths);
  const schemeOf = (issuer: string) => `jwt${[...audiences.keys()].indexOf(issuer) + 1}`;
  const securityOf = ({ auth }: RouteSpec) => (auth.kind === "jwt" ? [{ [schemeOf(auth.issuer)]: [] }] : []);
  const items = [...paths.values()].flatMap((routes, index) => {
    const [first] = routes;
    if (!first) return [];
    const slug = first.path.replace(/[^A-Za-z0-9]+/g, "_").replace(/_$/, "");
    const operation = (route: RouteSpec, verb: string, security: readonly object[]) => ({
      operationId: `${verb}${slug}_${index + 1}`,
      // One spelling for all methods of a path: the gateway hands the path on as it came, and the function knows its own names.
      parameters: first.params.map((name) => ({ name, in: "path", required: true, type: "string" })),
      responses: { default: { description: "as the function answers" } },
      security,
      "x-google-backend": {
        address: addresses[route.key],
        jwt_audience: addresses[route.key],
        path_translation: "APPEND_PATH_TO_ADDRESS",
        deadline: spec.timeoutSeconds,
      },
    });
    const operations = routes.map((route) => {
      const verb = route.method.toLowerCase();
      return [verb, operation(route, verb, securityOf(route))] as const;
    });
    if (spec.cors) operations.push(["options", operation(first, "options", [])]);
    return [[first.path, Object.fromEntries(operations)] as const];
  });
  return {
    swagger: "2.0",
    info: { title, version: "1" },
    schemes: ["https"],
    paths: Object.fromEntries(items),
    securityDefinitions: Object.fromEntries(
      [...audiences].map(([issuer, audience]) => [schemeOf(issuer), jwtDefinition(issuer, audience)]),
    ),
  };
}

/** Each issuer once, as API Gateway wants it, with the audiences of all its routes: which of them a route takes, its function looks at. */
function audiencesOf(paths: Paths): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { auth } of [...paths.values()].flat())
    if (auth.kind === "jwt") found.set(auth.issuer, new Set([...(found.get(auth.issuer) ?? []), ...auth.audience]));
  return found;
}

/** The issuer's keys are found by OpenID Connect discovery: an address of them here would be a guess. */
function jwtDefinition(issuer: string, audiences: ReadonlySet<string>) {
  return {
    type: "oauth2",
    flow: "implicit",
    authorizationUrl: "",
    "x-google-issuer": issuer,
    "x-google-audiences": [...audiences].join(","),
    // By itself the gateway takes tokens from the address too, and addresses are logged: google/api/auth.proto AuthProvider.
    "x-google-jwt-locations": [{ header: "Authorization", value_prefix: "Bearer " }],
  };
}

function contractOf({ site }: Pattern, spec: HttpApiSpec) {
  const same = (property: string, value: string, why: string, source: string) =>
    native(property, value, value, why, source);
  const docs = "cloud.google.com/api-gateway/docs";
  const memory = `${spec.groups[0]?.handler.memoryMiB ?? 0} MiB`;
  const origins = spec.cors?.origins.join(", ");
  const rate = spec.throttle && `${spec.throttle.rate} a second, burst ${spec.throttle.burst}`;
  return [
    same(
      "timeout",
      formatDuration(spec.timeoutSeconds),
      "of the function, and of the gateway's wait for it: then 504",
      `${docs}/openapi-extensions: x-google-backend deadline`,
    ),
    same("memory", memory, "of each instance", "cloudfunctions.v2 ServiceConfig.availableMemory"),
    emulated(
      "maxBodyBytes",
      `${spec.maxBodyBytes} bytes`,
      `${spec.maxBodyBytes} bytes`,
      "413 by the adapter; the gateway itself takes 32 MB",
      "runtime/http-route.ts",
    ),
    same(
      "auth",
      authText(spec),
      "issuer, audience and signature by the gateway, with keys that it finds by OpenID Connect discovery; tokens from the Authorization header only; the route's own audiences and scopes by the adapter",
      `${docs}/authenticating-users-jwt; google/api/auth.proto AuthProvider.jwks_uri`,
    ),
    validationRow,
    origins
      ? emulated(
          "cors",
          origins,
          origins,
          "preflight and headers by the adapter; what the gateway refuses itself carries no such headers",
          "runtime/gcp/cors.ts",
        )
      : native("cors", "none asked", "none", "no browser of another origin may read an answer", docs),
    rate
      ? unsupported(
          "throttle",
          rate,
          `none; at most ${maxInstances} calls at once in each function`,
          "API Gateway limits callers with API keys only, a minute at a time",
          `${docs}/quotas-overview`,
        )
      : native("throttle", "none asked", "Google's own quota", "of the project", `${docs}/quotas`),
    same(
      "accessLog",
      "every request, without payload",
      `by gateway and functions, the address with its query included; kept ${site.logRetentionDays} days in the stack's log bucket`,
      `${docs}/monitoring-api`,
    ),
    unsupported(
      "errors",
      "problem+json",
      "problem+json from functions, Google's own JSON from the gateway",
      "answers that the gateway makes (401, 404, 429, 5xx) cannot be changed",
      `${docs}/troubleshoot-response-errors`,
    ),
    same(
      "gatewayIdentity",
      "functions answer their gateway only",
      "its account is the only invoker, by Cloud Run; the adapter looks at the caller once more",
      "cloud.google.com/run/docs/authenticating/service-to-service",
    ),
    same("encryption", "TLS", "from caller to gateway and from gateway to function", docs),
  ];
}
