import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import { type Auth, code, HttpApi } from "../../../components";
import type {} from "../../../components/aws";
import { BlueprintError } from "../../../components/core/errors";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs } from "./support";

const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
const jwt = (audience: string, scopes: string[] = []): Auth => ({
  jwt: { issuer: "https://login.shop.example/", audience: [audience], scopes },
});
type Extra = Omit<ConstructorParameters<typeof HttpApi<never>>[1], "routes">;
const api =
  (routes: Record<string, Auth>, extra: Extra = {}) =>
  () =>
    void new HttpApi("api", {
      routes: Object.fromEntries(
        Object.entries(routes).map(([key, auth]) => [key, { auth, handler: health }]),
      ) as never,
      ...extra,
    });
const stage = "aws:apigatewayv2/stage:Stage";

describe("HttpApi on aws", () => {
  it("has one authorizer for each issuer and audience", async () => {
    const result = await deployed(
      api({
        "GET /a": jwt("x", ["a"]),
        "GET /b": jwt("x", ["b"]),
        "GET /c": jwt("y"),
        "GET /d": "iam",
        "GET /e": "none",
      }),
    );
    assert.equal(result.resources.filter(({ type }) => type === "aws:apigatewayv2/authorizer:Authorizer").length, 2);
    const routes = result.resources.filter(({ type }) => type === "aws:apigatewayv2/route:Route");
    const kinds = routes.map(({ inputs: given }) => `${String(given.routeKey)} ${String(given.authorizationType)}`);
    assert.deepEqual(kinds.sort(), ["GET /a JWT", "GET /b JWT", "GET /c JWT", "GET /d AWS_IAM", "GET /e NONE"]);
    const of = (key: string) => routes.find(({ inputs: given }) => given.routeKey === key)?.inputs.authorizerId;
    assert.equal(of("GET /a"), of("GET /b"));
    assert.notEqual(of("GET /a"), of("GET /c"));
    assert.equal(of("GET /d"), undefined);
  });

  it("answers preflights for the routes' methods, and throttles", async () => {
    const cors = { origins: ["https://shop.example"], maxAge: "1 day" } as const;
    const result = await deployed(api({ "GET /a": "none" }, { cors, throttle: { rate: 5, burst: 9 } }));
    assert.deepEqual(inputs(result, "aws:apigatewayv2/api:Api", "api").corsConfiguration, {
      allowHeaders: ["content-type", "authorization", "idempotency-key", "traceparent"],
      allowMethods: ["GET"],
      allowOrigins: ["https://shop.example"],
      maxAge: 86_400,
    });
    assert.deepEqual(inputs(result, stage, "api").defaultRouteSettings, {
      detailedMetricsEnabled: true,
      throttlingBurstLimit: 9,
      throttlingRateLimit: 5,
    });
  });

  it("states the account's quota where no throttle is asked for, since the provider would send zeros", async () => {
    const result = await deployed(api({ "GET /a": "none" }));
    const { throttlingRateLimit, throttlingBurstLimit } = inputs(result, stage, "api").defaultRouteSettings as Record<
      string,
      number
    >;
    assert.deepEqual([throttlingRateLimit, throttlingBurstLimit], [10_000, 5000]);
    const row = registered(result, "api").contract.find(({ property }) => property === "throttle");
    assert.deepEqual([row?.asked, row?.given], ["none asked", "10000 a second, burst 5000"]);
  });

  it("calls the alias, and waits longer than the function may take but no longer than gateways do", async () => {
    for (const [timeout, milliseconds] of [
      ["1 second", 2000],
      ["29 seconds", 30_000],
    ] as const) {
      const given = inputs(
        await deployed(api({ "GET /a": "none" }, { timeout })),
        "aws:apigatewayv2/integration:Integration",
        "api-health",
      );
      assert.equal(given.timeoutMilliseconds, milliseconds);
      assert.equal(given.payloadFormatVersion, "2.0");
      assert.match(String(given.integrationUri), /:function:api-health:live\/invocations$/);
    }
  });

  it("lets the gateway call a shared function by each of its routes and by no other", async () => {
    const result = await deployed(api({ "GET /": "none", "GET /notes/{id}": "none", "DELETE /notes/{id}": "none" }));
    const sources = result.resources
      .filter(({ type }) => type === "aws:lambda/permission:Permission")
      .map(({ inputs: given }) => String(given.sourceArn).split("/").slice(1).join("/"));
    assert.deepEqual(sources.sort(), ["*/DELETE/notes/{id}", "*/GET/", "*/GET/notes/{id}"]);
    assert.equal(result.resources.filter(({ type }) => type === "aws:lambda/function:Function").length, 1);
  });

  it("logs access where deliveries by AWS itself need no entry in the region's policy", async () => {
    const result = await deployed(api({ "GET /a": "none" }), { logRetentionDays: "400" });
    const group = inputs(result, "aws:cloudwatch/logGroup:LogGroup", "api-access");
    assert.equal(group.name, "/aws/vendedlogs/shop-test-aws/api-access");
    assert.equal(group.retentionInDays, 400);
    assert.match(String(group.kmsKeyId), /^arn:aws:kms:/);
    const { accessLogSettings } = inputs(result, stage, "api") as { accessLogSettings: { destinationArn: string } };
    assert.match(accessLogSettings.destinationArn, /:log-group:\/aws\/vendedlogs\/shop-test-aws\/api-access$/);
  });

  it("refuses routes whose settings one function cannot hold, and never accepts more than Lambda does", async () => {
    const many = (count: number) =>
      api(Object.fromEntries(Array.from({ length: count }, (_, index) => [`GET /path-${index}`, jwt("notes")])));
    const { problems, message } = await refusal(planned("aws", many(40)));
    assert.deepEqual(
      problems.map(({ code: found }) => found),
      ["SB-C003"],
    );
    assert.match(message, /routes\["GET \/path-0"\].*4096 for a function's environment variables/);
    for (let count = 1; count < 40; count++) {
      const run = await deployed(many(count)).catch((error: unknown) => error);
      if (run instanceof BlueprintError) {
        assert.ok(count > 10, `${count} routes are too many already`);
        return;
      }
      if (run instanceof Error) throw run;
      const { variables } = inputs(run as RunResult, "aws:lambda/function:Function", "api-health").environment as {
        variables: Record<string, string>;
      };
      const bytes = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      assert.ok(bytes <= 4096, `${count} routes take ${bytes} bytes`);
    }
    assert.fail("every number of routes was accepted");
  });

  it("hands each of its parts to a transform", async () => {
    const result = await deployed(
      api(
        { "GET /a": jwt("x") },
        {
          transform: {
            aws: {
              stage: (args) => ({ ...args, description: "stage" }),
              integration: (args) => ({ ...args, description: "integration" }),
              authorizer: (args) => ({ ...args, identitySources: ["$request.header.X-Token"] }),
              permission: (args) => ({ ...args, sourceAccount: "123456789012" }),
              route: (args) => ({ ...args, operationName: "route" }),
              alias: (args) => ({ ...args, description: "alias" }),
              accessLogGroup: (args) => ({ ...args, logGroupClass: "STANDARD" }),
            },
          },
        },
      ),
    );
    assert.equal(inputs(result, stage, "api").description, "stage");
    assert.equal(inputs(result, "aws:apigatewayv2/integration:Integration", "api-health").description, "integration");
    assert.deepEqual(inputs(result, "aws:apigatewayv2/authorizer:Authorizer", "api-jwt").identitySources, [
      "$request.header.X-Token",
    ]);
    assert.equal(inputs(result, "aws:lambda/permission:Permission", "api-health").sourceAccount, "123456789012");
    assert.equal(inputs(result, "aws:apigatewayv2/route:Route", "api-health").operationName, "route");
    assert.equal(inputs(result, "aws:lambda/alias:Alias", "api-health").description, "alias");
    assert.equal(inputs(result, "aws:cloudwatch/logGroup:LogGroup", "api-access").logGroupClass, "STANDARD");
  });

  it("says which errors it cannot shape", async () => {
    const row = registered(await planned("aws", api({ "GET /a": "none" })), "api").contract.find(
      ({ property }) => property === "errors",
    );
    assert.equal(row?.how, "unsupported");
  });
});
