import assert from "node:assert/strict";
import type { APIGatewayProxyEventV2, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type * as Http from "../../runtime/aws/http-route";
import type * as Queue from "../../runtime/aws/queue-worker";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import type { HttpRouteSettings, QueueWorkerSettings } from "../../runtime/settings";
import { acknowledge } from "./aws-lambda";
import {
  API_ID,
  type ApiGatewayAsked,
  apiGatewayEvent,
  iamAuthorizer,
  jwtAuthorizer,
  lambdaContext,
  SENT,
  sqsEvent,
  TRACEPARENT,
} from "./events";
import {
  type Answer,
  AWS_ENVIRONMENT,
  captured,
  fakeServer,
  fresh,
  Order,
  type RecordedRequest,
  ROUTE,
  WORKER,
  withEnvironment,
} from "./support";

const order = { id: "o1", quantity: 1 };

describe("AWS queue worker", () => {
  /** Runs one batch against a stand-in for SQS; its calls come back beside the reply. */
  async function handle(
    handler: AnyQueueHandler,
    event: SQSEvent,
    settings: Partial<QueueWorkerSettings> = {},
    answer: (request: RecordedRequest) => Answer = acknowledge,
  ) {
    const server = await fakeServer(answer);
    const deadLetter = `${server.url}/123456789012/fulfil-dead`;
    try {
      return await withEnvironment(
        { ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: server.url, SB_SETTINGS: { ...WORKER, deadLetter, ...settings } },
        async () => {
          const { queueWorker } = fresh<typeof Queue>("aws/queue-worker");
          let reply: SQSBatchResponse | undefined;
          const log = await captured(async () => {
            reply = await queueWorker(handler, { schema: Order, uses: {} })(event, lambdaContext(1234));
          });
          const calls = server.requests.map(({ headers, body }) => ({
            target: String(headers["x-amz-target"]),
            ...JSON.parse(body),
          }));
          return { reply, calls, log, server };
        },
      );
    } finally {
      await server.close();
    }
  }

  it("answers a handled batch with no failures and calls nothing", async () => {
    const seen: unknown[] = [];
    const { reply, calls } = await handle(
      async (messages, ctx) => {
        seen.push(...messages, ctx.remainingMs());
      },
      sqsEvent({ id: "a", body: order, attempt: 2 }),
    );
    assert.deepEqual(reply, { batchItemFailures: [] });
    assert.deepEqual(calls, []);
    assert.deepEqual(seen, [{ id: "a", body: order, attempt: 2, sentAt: new Date(SENT) }, 1234]);
  });

  it("reports each failed message and makes it wait longer from attempt to attempt", async () => {
    const event = sqsEvent(
      { id: "a", body: order, attempt: 1 },
      { id: "b", body: order },
      { id: "c", body: "{", attempt: 3 },
      { id: "d", body: order, attempt: 4 },
    );
    const { reply, calls } = await handle(
      async () => ({
        failed: [
          { id: "a", error: new Error("x") },
          { id: "d", error: "y" },
        ],
      }),
      event,
    );
    assert.deepEqual(reply, { batchItemFailures: ["a", "c", "d"].map((itemIdentifier) => ({ itemIdentifier })) });
    const waits = calls.map(({ target, QueueUrl, ReceiptHandle, VisibilityTimeout }) => [
      target,
      new URL(QueueUrl).pathname,
      ReceiptHandle,
      VisibilityTimeout,
    ]);
    const change = "AmazonSQS.ChangeMessageVisibility";
    assert.deepEqual(
      waits.sort(),
      [
        [change, "/123456789012/fulfil", "receipt-a", 10],
        [change, "/123456789012/fulfil", "receipt-c", 40],
        [change, "/123456789012/fulfil", "receipt-d", 60],
      ].sort(),
    );
  });

  it("puts the last attempt into the dead-letter queue with its cause, and is done with it", async () => {
    const event = sqsEvent({ id: "a", body: order, attempt: 5, traceparent: TRACEPARENT });
    event.Records[0] = { ...(event.Records[0] as SQSEvent["Records"][number]) };
    event.Records[0].messageAttributes.tenant = { stringValue: "t1", dataType: "String" };
    const { reply, calls } = await handle(() => Promise.reject(new RangeError("no such sku")), event);
    assert.deepEqual(reply, { batchItemFailures: [] });
    assert.equal(calls.length, 1);
    const [{ target, QueueUrl, MessageBody, MessageAttributes }] = calls as [Record<string, string>];
    assert.deepEqual(
      [target, new URL(QueueUrl ?? "").pathname, MessageBody],
      ["AmazonSQS.SendMessage", "/123456789012/fulfil-dead", JSON.stringify(order)],
    );
    assert.deepEqual(MessageAttributes, {
      "sb-error": { DataType: "String", StringValue: "RangeError: no such sku" },
      "sb-attempts": { DataType: "Number", StringValue: "5" },
      traceparent: { DataType: "String", StringValue: TRACEPARENT },
      tenant: { DataType: "String", StringValue: "t1" },
    });
  });

  it("never sends more than ten attributes", async () => {
    const event = sqsEvent({ body: order, attempt: 9 });
    const attributes = Array.from(
      { length: 10 },
      (_, index) => [`a${index}`, { stringValue: "x", dataType: "String" }] as const,
    );
    Object.assign(event.Records[0]?.messageAttributes ?? {}, Object.fromEntries(attributes));
    const { calls } = await handle(() => Promise.reject(new Error("x")), event);
    const sent = Object.keys(calls[0]?.MessageAttributes);
    assert.equal(sent.length, 10);
    assert.ok(["sb-error", "sb-attempts", "traceparent"].every((name) => sent.includes(name)));
  });

  it("reports the message as failed when the dead letter cannot be sent", async () => {
    const { reply, log } = await handle(
      () => Promise.reject(new Error("x")),
      sqsEvent({ id: "a", body: order, attempt: 5 }),
      {},
      () => ({ status: 500, json: { __type: "InternalError" } }),
    );
    assert.deepEqual(reply, { batchItemFailures: [{ itemIdentifier: "a" }] });
    assert.match(log, /"message":"dead letter not sent"/);
  });

  it("still reports the failure when the wait cannot be set", async () => {
    const { reply, log } = await handle(
      () => Promise.reject(new Error("x")),
      sqsEvent({ id: "a", body: order }),
      {},
      () => ({ status: 400, json: { __type: "AccessDeniedException", message: "role x may not" } }),
    );
    assert.deepEqual(reply, { batchItemFailures: [{ itemIdentifier: "a" }] });
    assert.match(log, /NotGranted: .*"message":"backoff not set"/);
  });

  it("leaves the last attempt to the queue's redrive policy where no dead-letter queue is told", async () => {
    const { reply, calls } = await handle(
      () => Promise.reject(new Error("x")),
      sqsEvent({ id: "a", body: order, attempt: 5 }),
      { deadLetter: undefined },
    );
    assert.deepEqual(reply, { batchItemFailures: [{ itemIdentifier: "a" }] });
    assert.deepEqual(
      calls.map(({ target }) => target),
      ["AmazonSQS.ChangeMessageVisibility"],
    );
  });

  it("takes the events that Lambda's types describe", () => {
    const event: Queue.SqsEvent = sqsEvent({ body: order });
    assert.equal(event.Records.length, 1);
  });
});

describe("AWS HTTP route", () => {
  const settings: HttpRouteSettings = { ...ROUTE, gateway: { apiId: API_ID } };
  async function ask(asked: ApiGatewayAsked, route: Partial<HttpRouteSettings> = {}, schema?: typeof Order) {
    return withEnvironment({ SB_SETTINGS: [{ ...settings, ...route }] }, async () => {
      const { httpRoute } = fresh<typeof Http>("aws/http-route");
      const serve = httpRoute(async (request) => ({ status: 200, body: request }), {
        uses: {},
        ...(schema && { schema }),
      });
      let reply: Awaited<ReturnType<typeof serve>> | undefined;
      await captured(async () => {
        reply = await serve(apiGatewayEvent(asked), lambdaContext());
      });
      assert.ok(reply);
      return { ...reply, json: JSON.parse(reply.body) };
    });
  }

  it("reads the route and the parameters that the gateway found, even with a slash in one", async () => {
    const asked = {
      path: "/orders/a%2Fb",
      route: "GET /orders/{id}",
      params: { id: "a/b" },
      query: "x=%20&x=2",
      headers: { "content-type": "x" },
    };
    const reply = await ask(asked);
    assert.equal(reply.statusCode, 200);
    assert.deepEqual(reply.json.params, { id: "a/b" });
    assert.deepEqual(reply.json.query, { x: " ,2" });
    assert.equal(reply.isBase64Encoded, false);
  });

  it("matches the path itself on a default route", async () => {
    assert.deepEqual((await ask({ path: "/orders/7", route: "$default" })).json.params, { id: "7" });
    assert.equal((await ask({ path: "/nowhere", route: "$default" })).json.status, 404);
  });

  it("decodes a base64 body before it measures and parses it", async () => {
    const route = { method: "POST", path: "/orders", maxBodyBytes: 24 };
    const asked = {
      method: "POST",
      path: "/orders",
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(order)),
    };
    assert.deepEqual((await ask(asked, route, Order)).json.body, order);
    assert.equal((await ask({ ...asked, body: JSON.stringify(order) }, route, Order)).json.status, undefined);
    assert.equal(
      (await ask({ ...asked, body: Buffer.from(`${JSON.stringify(order)} `) }, route, Order)).json.status,
      413,
    );
  });

  it("refuses calls that did not come through its API", async () => {
    for (const apiId of ["another", ""]) assert.equal((await ask({ apiId })).json.status, 403);
    const forged = { apiId: "another", headers: { "x-amzn-apigateway-api-id": API_ID, "x-sb-identity": "e30" } };
    assert.equal((await ask(forged)).json.status, 403);
  });

  it("takes the caller from the gateway's authorizer and from nothing that the caller sent", async () => {
    const auth = {
      kind: "jwt",
      issuer: "https://issuer.example",
      audience: ["shop"],
      scopes: ["orders:read"],
    } as const;
    const trusted = await ask({ authorizer: jwtAuthorizer("[orders:list orders:read]") }, { auth });
    assert.deepEqual(
      [trusted.json.identity.subject, trusted.json.identity.scopes],
      ["user-1", ["orders:list", "orders:read"]],
    );
    assert.equal((await ask({ authorizer: jwtAuthorizer("orders:list") }, { auth })).json.status, 403);
    const claims = Buffer.from(
      JSON.stringify({ sub: "root", iss: "https://issuer.example", scope: "orders:read" }),
    ).toString("base64url");
    const forged = {
      headers: { authorization: `Bearer x.${claims}.y`, "x-apigateway-api-userinfo": claims, "x-sb-identity": claims },
    };
    assert.equal((await ask(forged, { auth })).json.status, 401);
    const iam = await ask({ authorizer: iamAuthorizer }, { auth: { kind: "iam" } });
    assert.equal(iam.json.identity.subject, iamAuthorizer.iam.userArn);
    assert.equal(JSON.stringify(iam.json.identity).includes("ASIA"), false, "no access key");
  });

  it("does not start without the gateway's id", async () => {
    await assert.rejects(ask({}, { gateway: {} }), /gateway.apiId/);
  });

  it("takes the events that Lambda's types describe", () => {
    const native = apiGatewayEvent({}) as APIGatewayProxyEventV2;
    const event: Http.ApiGatewayEvent = native;
    assert.equal(event.rawPath, "/orders/1");
  });
});
