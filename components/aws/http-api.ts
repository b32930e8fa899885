import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { HttpRouteSettings, RouteAuth } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { authText, type HttpApiOutputs, type HttpApiSpec, type RouteGroup, validationRow } from "../http-api";
import { logGroup } from "./foundation";
import { serverlessFunction, variableFaults } from "./function";

/** Parts that a transform can change, beside those of the functions. */
export interface HttpApiParts {
  api: apigatewayv2.ApiArgs;
  stage: apigatewayv2.StageArgs;
  route: apigatewayv2.RouteArgs;
  integration: apigatewayv2.IntegrationArgs;
  authorizer: apigatewayv2.AuthorizerArgs;
  permission: lambda.PermissionArgs;
  accessLogGroup: cloudwatch.LogGroupArgs;
}

/** Who called what, when and with which result; no headers, no bodies, no query. */
const accessLog = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  integrationError: "$context.integrationErrorMessage",
  authorizerError: "$context.authorizer.error",
});

/** What an account may ask of API Gateway in a region, unless AWS has raised it. */
const accountQuota = { rate: 10_000, burst: 5000 };

export function httpApi(self: Pattern<"HttpApi">, spec: HttpApiSpec): Realization<HttpApiOutputs> {
  const problems = spec.groups.flatMap((group) =>
    variableFaults(
      group.routes.map(({ key }) => `routes["${key}"]`).join(", "),
      group.handler,
      settingsOf(self, spec, group, "0".repeat(apiIdLength)),
      "give some of these routes a handler file of their own: each file is a function",
    ),
  );
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const { site } = self;
  const shape = shaper(spec.transform?.aws);
  const tags = { ...site.tags };
  const { cors, throttle } = spec;
  const methods = [...new Set(spec.groups.flatMap(({ routes }) => routes.map(({ method }) => method)))].sort();
  const api = new apigatewayv2.Api(
    self.id,
    shape("api", {
      protocolType: "HTTP",
      tags,
      ...(cors
        ? {
            corsConfiguration: {
              allowOrigins: [...cors.origins],
              allowMethods: methods,
              allowHeaders: [...cors.headers],
              maxAge: cors.maxAgeSeconds,
            },
          }
        : {}),
    }),
    self.child(),
  );
  const logs = logGroup(self, "vendedlogs", `${self.id}-access`, (args) => shape("accessLogGroup", args));
  const stage = new apigatewayv2.Stage(
    self.id,
    shape("stage", {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.arn, format: accessLog },
      defaultRouteSettings: {
        detailedMetricsEnabled: true,
        // Left out, both would be 0 and every call answered with 429.
        throttlingRateLimit: (throttle ?? accountQuota).rate,
        throttlingBurstLimit: (throttle ?? accountQuota).burst,
      },
      tags,
    }),
    self.child(),
  );
  const authorizers = new Map<string, apigatewayv2.Authorizer>();
  const functions = spec.groups.map((group) => {
    const name = `${self.id}-${group.name}`;
    const settings = api.id.apply((apiId) => settingsOf(self, spec, group, apiId));
    const made = serverlessFunction(self, { name, handler: group.handler, settings, own: [], shape });
    const integration = new apigatewayv2.Integration(
      name,
      shape("integration", {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: made.alias.invokeArn,
        payloadFormatVersion: "2.0",
        timeoutMilliseconds: 1000 * spec.timeoutSeconds + 1000,
      }),
      self.child(),
    );
    for (const [index, route] of group.routes.entries()) {
      const part = `${name}${index || ""}`;
      new apigatewayv2.Route(
        part,
        shape("route", {
          apiId: api.id,
          routeKey: route.key,
          target: pulumi.interpolate`integrations/${integration.id}`,
          ...authorization(self, api.id, route.auth, authorizers, shape),
        }),
        self.child(),
      );
      new lambda.Permission(
        part,
        shape("permission", {
          action: "lambda:InvokeFunction",
          function: made.function.name,
          qualifier: made.alias.name,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${api.executionArn}/*/${route.method}${route.path}`,
        }),
        self.child(),
      );
    }
    return made;
  });
  return {
    contract: contractOf(self, spec),
    grants: functions.flatMap(({ grants }) => grants),
    nodes: { api, stage, functions: functions.map((made) => made.function), accessLogGroup: logs },
    outputs: { url: api.apiEndpoint },
  };
}

/** API Gateway's ids have ten characters. */
const apiIdLength = 10;

function settingsOf(self: Pattern, spec: HttpApiSpec, { routes }: RouteGroup, apiId: string): HttpRouteSettings[] {
  const { maxBodyBytes, timeoutSeconds } = spec;
  return routes.map(({ method, path, auth }) => ({
    component: self.id,
    method,
    path,
    auth,
    maxBodyBytes,
    timeoutSeconds,
    gateway: { apiId },
  }));
}

type Authorization = Pick<apigatewayv2.RouteArgs, "authorizationType" | "authorizerId">;

/** One authorizer for each issuer and audience. Scopes are the adapter's, as on the other clouds. */
function authorization(
  self: Pattern<"HttpApi">,
  apiId: pulumi.Output<string>,
  auth: RouteAuth,
  made: Map<string, apigatewayv2.Authorizer>,
  shape: ReturnType<typeof shaper<HttpApiParts>>,
): Authorization {
  if (auth.kind === "none") return { authorizationType: "NONE" };
  if (auth.kind === "iam") return { authorizationType: "AWS_IAM" };
  const key = JSON.stringify([auth.issuer, [...auth.audience].sort()]);
  let authorizer = made.get(key);
  if (!authorizer) {
    const name = `${self.id}-jwt${made.size || ""}`;
    authorizer = new apigatewayv2.Authorizer(
      name,
      shape("authorizer", {
        apiId,
        name,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer: auth.issuer, audiences: [...auth.audience] },
      }),
      self.child(),
    );
    made.set(key, authorizer);
  }
  return { authorizationType: "JWT", authorizerId: authorizer.id };
}

function contractOf({ site }: Pattern, spec: HttpApiSpec) {
  const { cors, throttle } = spec;
  const auth = authText(spec);
  const gateway = "API Gateway HTTP APIs";
  return [
    native(
      "timeout",
      formatDuration(spec.timeoutSeconds),
      formatDuration(spec.timeoutSeconds),
      "of the function; the gateway waits one second longer",
      "apigatewayv2 Integration.TimeoutInMillis",
    ),
    native(
      "memory",
      `${spec.groups[0]?.handler.memoryMiB ?? 0} MiB`,
      `${spec.groups[0]?.handler.memoryMiB ?? 0} MiB`,
      "arm64; CPU grows with it",
      "Lambda CreateFunction.MemorySize",
    ),
    emulated(
      "maxBodyBytes",
      `${spec.maxBodyBytes} bytes`,
      `${spec.maxBodyBytes} bytes`,
      "413 by the adapter; the gateway itself stops at 10 MB, Lambda at 6 MB",
      "Lambda quotas",
    ),
    native(
      "auth",
      auth,
      auth,
      "JWT and IAM by the gateway, IAM for callers of the same account; scopes by the adapter",
      gateway,
    ),
    validationRow,
    native(
      "cors",
      cors ? cors.origins.join(", ") : "none asked",
      cors ? cors.origins.join(", ") : "none",
      "preflight answered by the gateway",
      "apigatewayv2 Cors",
    ),
    throttle
      ? native(
          "throttle",
          `${throttle.rate} a second, burst ${throttle.burst}`,
          `${throttle.rate} a second, burst ${throttle.burst}`,
          "for each route of the API, then 429",
          "apigatewayv2 RouteSettings",
        )
      : native(
          "throttle",
          "none asked",
          `${accountQuota.rate} a second, burst ${accountQuota.burst}`,
          "the account's quota in the region, shared by all its APIs",
          "API Gateway quotas",
        ),
    native(
      "accessLog",
      "every request, without payload",
      "JSON lines in a log group",
      "route, status, latency; no headers and no query",
      "apigatewayv2 AccessLogSettings",
    ),
    unsupported(
      "errors",
      "problem+json",
      "the gateway's own JSON",
      "errors made by the gateway (401, 403, 404, 429) cannot be shaped on HTTP APIs; all others are problem+json",
      gateway,
    ),
    native(
      "gatewayIdentity",
      "functions answer their gateway only",
      "functions answer their gateway only",
      "permission for this API and route alone; the adapter checks the API's id",
      "Lambda AddPermission.SourceArn",
    ),
    native(
      "encryption",
      `TLS (${site.dataClass})`,
      "TLS 1.2 or newer",
      "at the gateway's own host name",
      "API Gateway security policies",
    ),
  ];
}
