import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { orders } from "../../../blueprints/orders";
import type { RunResult } from "../../../cli/engine";
import type { HttpRouteSettings, QueueWorkerSettings } from "../../../runtime/settings";
import { deployed, inputs, permissions, statements } from "./support";

const program = () =>
  orders.build({ maxDeliveries: 5, backoff: { min: "10 seconds", max: "5 minutes" }, requestsPerSecond: 200 });
const environment = (result: RunResult, name: string) =>
  (inputs(result, "aws:lambda/function:Function", name).environment as { variables: Record<string, string> }).variables;

describe("orders on aws", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(program);
  });

  it("gives each role exactly what its edges declare", () => {
    const key = `key/${String(inputs(result, "aws:kms/alias:Alias", "foundation-key").targetKeyId)}`;
    const logs = (name: string) => [
      `logs:CreateLogStream log-group:/aws/lambda/shop-test-aws/${name}:*`,
      `logs:PutLogEvents log-group:/aws/lambda/shop-test-aws/${name}:*`,
    ];
    const traces = ["xray:PutTelemetryRecords *", "xray:PutTraceSegments *"];
    const dynamo = (table: string, ...actions: string[]) =>
      actions.map((action) => `dynamodb:${action} table/${table}`);
    const readWrite = ["DeleteItem", "GetItem", "PutItem", "Query"];
    const onKey = (...actions: string[]) => actions.map((action) => `kms:${action} ${key}`);
    const expected = {
      "fulfil-fn": [
        ...logs("fulfil-fn"),
        ...traces,
        ...dynamo("orders", ...readWrite),
        ...dynamo("seen", ...readWrite),
        ...["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"].map(
          (action) => `sqs:${action} fulfil`,
        ),
        "sqs:SendMessage fulfil-dlq",
        ...onKey(
          "Decrypt",
          "Decrypt",
          "GenerateDataKey",
          "Decrypt",
          "Encrypt",
          "GenerateDataKey",
          "DescribeKey",
          "Decrypt",
          "Encrypt",
          "GenerateDataKey",
          "DescribeKey",
        ),
      ].sort(),
      "api-place": [
        ...logs("api-place"),
        ...traces,
        "sqs:SendMessage fulfil",
        ...onKey("Decrypt", "Decrypt", "GenerateDataKey"),
      ].sort(),
      "api-read": [
        ...logs("api-read"),
        ...traces,
        ...dynamo("orders", "GetItem", "Query"),
        ...onKey("Decrypt", "Decrypt", "DescribeKey"),
      ].sort(),
    };
    assert.deepEqual(permissions(result), expected);
  });

  it("uses the key through the service that needs it, except for a function's own variables", () => {
    const { policy } = inputs(result, "aws:iam/rolePolicy:RolePolicy", "api-place-use-queue");
    const [, use] = statements(policy);
    assert.deepEqual(use?.Condition, { StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" } });
  });

  it("lets the gateway call each function by its route alone, through the alias", () => {
    for (const [name, route] of [
      ["api-place", "POST/orders"],
      ["api-read", "GET/orders/{id}"],
    ] as const) {
      const permission = inputs(result, "aws:lambda/permission:Permission", name);
      assert.equal(permission.principal, "apigateway.amazonaws.com");
      assert.equal(permission.qualifier, "live");
      assert.match(
        String(permission.sourceArn),
        new RegExp(`^arn:aws:execute-api:[^*]+/\\*/${route.replace(/[{}/]/g, "\\$&")}$`),
      );
    }
  });

  it("tells the adapters what they need, and no secret", () => {
    const worker = JSON.parse(environment(result, "fulfil-fn").SB_SETTINGS ?? "") as QueueWorkerSettings;
    assert.equal(worker.deadLetter, "https://sqs.eu-central-1.amazonaws.com/123456789012/fulfil-dlq");
    assert.deepEqual(worker.idempotency, { by: "id", windowSeconds: 86_400 });
    const [route] = JSON.parse(environment(result, "api-read").SB_SETTINGS ?? "") as HttpRouteSettings[];
    const { apiId } = inputs(result, "aws:apigatewayv2/stage:Stage", "api");
    assert.equal(route?.gateway?.apiId, apiId);
    assert.deepEqual(JSON.parse(environment(result, "api-read").SB_USE_STORE ?? ""), {
      table: "orders",
      key: "id",
      expires: "expiresAt",
    });
    assert.deepEqual(Object.keys(environment(result, "fulfil-fn")).sort(), [
      "SB_IDEMPOTENCY",
      "SB_SETTINGS",
      "SB_USE_STORE",
    ]);
  });

  it("keeps an access log without headers, bodies or queries", () => {
    const { accessLogSettings } = inputs(result, "aws:apigatewayv2/stage:Stage", "api") as {
      accessLogSettings: { format: string };
    };
    assert.doesNotMatch(accessLogSettings.format, /header|body|query|authorizer\.claims/i);
    assert.ok(JSON.parse(accessLogSettings.format));
  });

  it("loads the SDK of no other cloud", () => {
    const script = `
      const { plan } = require("./cli/engine"); const { findProject, programOf, readStack, runOptions } = require("./cli/project");
      const stack = readStack(findProject(), "orders-aws");
      plan(programOf(stack.project), runOptions(stack)).then(() => process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((file) => /@pulumi.(azure-native|gcp)./.test(file) || /@pulumi.aws.index/.test(file)))));`;
    const { stdout } = spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
      cwd: resolve(__dirname, "../../.."),
      encoding: "utf8",
    });
    assert.deepEqual(JSON.parse(stdout), []);
  });
});
