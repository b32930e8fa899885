import assert from "node:assert/strict";
import type { Request, Response } from "@google-cloud/functions-framework";
import type { FrameworkRequest, FrameworkResponse } from "../../runtime/gcp/http";
import type * as Http from "../../runtime/gcp/http-route";
import type * as Queue from "../../runtime/gcp/queue-worker";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import type { HttpRouteSettings, QueueWorkerSettings } from "../../runtime/settings";
import {
  type Asked,
  base64url,
  bearer,
  frameworkRequest,
  frameworkResponse,
  SENT,
  TRACE_ID,
  TRACEPARENT,
  unwrappedPush,
  wrappedPush,
} from "./events";
import { type Answer, captured, fakeServer, fresh, Order, ROUTE, WORKER, withEnvironment } from "./support";

const order = { id: "o1", quantity: 1 };

describe("Google Cloud queue worker", () => {
  async function handle(
    handler: AnyQueueHandler,
    request: FrameworkRequest,
    settings: Partial<QueueWorkerSettings> = {},
    answer: Answer = { json: { messageIds: ["9"] } },
  ) {
    const server = await fakeServer(() => answer);
    const environment = {
      PUBSUB_EMULATOR_HOST: server.host,
      SB_SETTINGS: { ...WORKER, deadLetter: "projects/shop/topics/fulfil-dead", ...settings },
    };
    try {
      return await withEnvironment(environment, async () => {
        const worker = fresh<typeof Queue>("gcp/queue-worker").queueWorker(handler, { schema: Order, uses: {} });
        const response = frameworkResponse();
        const log = await captured(() => worker(request, response));
        const sends = server.requests.map(({ url, body }) => ({ url, ...JSON.parse(body).messages[0] }));
        return { status: response.statusCode, sends, log };
      });
    } finally {
      await server.close();
    }
  }
  const fails: AnyQueueHandler = () => Promise.reject(new RangeError("no such sku"));

  for (const [form, push] of [
    ["wrapped", wrappedPush],
    ["unwrapped", unwrappedPush],
  ] as const)
    it(`acknowledges a handled message of a push that is ${form}`, async () => {
      const seen: unknown[] = [];
      const { status, sends } = await handle(
        async (messages, ctx) => {
          seen.push(...messages, ctx.traceId);
        },
        push({ id: "a", body: order, traceparent: TRACEPARENT }),
      );
      assert.deepEqual([status, sends], [204, []]);
      assert.deepEqual(seen, [{ id: "a", body: order, attempt: 1, sentAt: new Date(SENT) }, TRACE_ID]);
    });

  it("has a failed message delivered again, and logs for Cloud Logging", async () => {
    const { status, sends, log } = await handle(
      fails,
      wrappedPush({ id: "a", body: order, attempt: 4, traceparent: TRACEPARENT }),
    );
    assert.deepEqual([status, sends], [500, []]);
    const line = JSON.parse(log);
    assert.deepEqual(
      [line.severity, line["logging.googleapis.com/trace"], line.attempt, line.cause],
      ["WARNING", TRACE_ID, 4, "RangeError: no such sku"],
    );
  });

  it("publishes the last attempt to the dead-letter topic with its cause, and acknowledges it", async () => {
    const push = wrappedPush({
      id: "a",
      body: order,
      attempt: 5,
      traceparent: TRACEPARENT,
      attributes: { tenant: "t1", googclient: "x" },
    });
    const { status, sends } = await handle(fails, push);
    assert.equal(status, 204);
    const [{ url, data, attributes }] = sends;
    assert.deepEqual(
      [sends.length, url, Buffer.from(data, "base64").toString()],
      [1, "/v1/projects/shop/topics/fulfil-dead:publish", JSON.stringify(order)],
    );
    assert.deepEqual(attributes, {
      tenant: "t1",
      "sb-error": "RangeError: no such sku",
      "sb-attempts": "5",
      "sb-id": "a",
      "sb-sent": new Date(SENT).toISOString(),
      traceparent: TRACEPARENT,
    });
  });

  it("has the last attempt delivered again when its dead letter cannot be published", async () => {
    const { status, log } = await handle(
      fails,
      wrappedPush({ body: order, attempt: 5 }),
      {},
      { status: 400, json: {} },
    );
    assert.equal(status, 500);
    assert.match(log, /dead letter not sent/);
  });

  it("leaves dead-lettering to the subscription where Pub/Sub tells no attempt", async () => {
    for (const push of [wrappedPush({ body: order }), unwrappedPush({ body: order })])
      assert.deepEqual([(await handle(fails, push, { maxDeliveries: 1 })).status], [500]);
  });

  it("fails a message that does not parse, and answers 400 to what is no push", async () => {
    const ok: AnyQueueHandler = async () => {};
    assert.equal((await handle(ok, wrappedPush({ body: "{" }))).status, 500);
    assert.equal((await handle(ok, unwrappedPush({ body: "" }))).status, 500);
    for (const body of ["", "x", "{}", '{"message":null}', '{"message":{"data":"e30="}}', "[]"])
      assert.equal((await handle(ok, frameworkRequest({ method: "POST", path: "/", body }))).status, 400, body);
  });

  it("is a function that the framework can serve", () => {
    const served = (request: Request, response: Response): [FrameworkRequest, FrameworkResponse] => [request, response];
    assert.equal(served.length, 2);
  });
});

describe("Google Cloud HTTP route", () => {
  const ACCOUNT = "gateway@shop.iam.gserviceaccount.com";
  const token = {
    iss: "https://accounts.google.com",
    sub: "1234567890",
    email: ACCOUNT,
    email_verified: true,
    aud: "https://api-x.run.app",
  };
  const gateway = { authorization: bearer(token) };
  const claims = { sub: "user-1", iss: "https://issuer.example", aud: "shop", scope: "orders:read orders:list" };
  const jwt = { kind: "jwt", issuer: "https://issuer.example", audience: ["shop"], scopes: ["orders:read"] } as const;

  async function ask(asked: Asked, route: Partial<HttpRouteSettings> = {}, schema?: typeof Order) {
    const settings = { ...ROUTE, gateway: { serviceAccount: ACCOUNT, serviceAccountId: "1234567890" }, ...route };
    return withEnvironment({ SB_SETTINGS: [settings] }, async () => {
      const serve = fresh<typeof Http>("gcp/http-route").httpRoute(
        async (request) => ({ status: 200, body: request }),
        { uses: {}, ...(schema && { schema }) },
      );
      const response = frameworkResponse();
      await captured(() => serve(frameworkRequest(asked), response));
      return { status: response.statusCode, headers: response.headers, json: JSON.parse(response.body) };
    });
  }

  it("matches the path as it was on the wire", async () => {
    const reply = await ask({ path: "/orders/a%2Fb", query: "x=1&y=a?b", headers: gateway });
    assert.equal(reply.status, 200);
    assert.deepEqual(
      [reply.json.params, reply.json.query, reply.json.headers],
      [{ id: "a/b" }, { x: "1", y: "a?b" }, {}],
    );
  });

  it("parses bodies, and answers bad ones as problems", async () => {
    const post = { method: "POST", path: "/orders", headers: { ...gateway, "content-type": "application/json" } };
    const route = { method: "POST", path: "/orders" };
    assert.deepEqual((await ask({ ...post, body: JSON.stringify(order) }, route, Order)).json.body, order);
    const bad = await ask({ ...post, body: "{}" }, route, Order);
    assert.deepEqual([bad.status, bad.headers], [400, { "content-type": "application/problem+json" }]);
  });

  for (const [name, headers] of [
    ["no token", {}],
    ["another account's token", { authorization: bearer({ ...token, email: "other@shop.iam.gserviceaccount.com" }) }],
    ["an account that is not verified", { authorization: bearer({ ...token, email_verified: false }) }],
    ["no token in the header", { authorization: "Bearer nonsense" }],
    ["another scheme", { authorization: gateway.authorization.replace("Bearer", "Basic") }],
    ["another subject's token without email", { authorization: bearer({ sub: "99" }) }],
    [
      "the gateway's token beside the one that Cloud Run verifies",
      { ...gateway, "x-serverless-authorization": bearer({ ...token, email: "other@x" }) },
    ],
  ] as const)
    it(`refuses a call with ${name}, whatever identity it claims`, async () => {
      for (const auth of [{ kind: "none" }, jwt] as const) {
        const forged = { ...headers, "x-apigateway-api-userinfo": base64url(claims) } as Record<string, string>;
        assert.equal((await ask({ headers: forged }, { auth })).status, 403);
      }
    });

  it("knows the gateway by its unique id where the token has no email", async () => {
    const { email: _, email_verified: __, ...bare } = token;
    const headers = { authorization: bearer(bare) };
    assert.equal((await ask({ headers })).status, 200);
    assert.equal((await ask({ headers }, { gateway: { serviceAccount: ACCOUNT } })).status, 403);
  });

  it("takes the caller from what the gateway states, on routes with auth only", async () => {
    const headers = {
      ...gateway,
      "x-apigateway-api-userinfo": base64url(claims),
      "x-forwarded-authorization": "Bearer theirs",
    };
    const trusted = await ask({ headers }, { auth: jwt });
    assert.deepEqual(
      [trusted.json.identity.subject, trusted.json.identity.scopes],
      ["user-1", ["orders:read", "orders:list"]],
    );
    assert.deepEqual(trusted.json.headers, {}, "tokens are not the handler's");
    assert.equal((await ask({ headers })).json.identity, undefined);
    assert.equal(
      (await ask({ headers: { ...headers, "x-apigateway-api-userinfo": "nonsense" } }, { auth: jwt })).status,
      401,
    );
    assert.equal((await ask({ headers: gateway }, { auth: jwt })).status, 401);
  });

  it("takes a token for one of the route's own audiences only, since the gateway knows those of all routes", async () => {
    const withAudience = async (aud: unknown) => {
      const userinfo = base64url({ ...claims, aud });
      return (await ask({ headers: { ...gateway, "x-apigateway-api-userinfo": userinfo } }, { auth: jwt })).status;
    };
    for (const aud of ["shop", ["staff", "shop"]]) assert.equal(await withAudience(aud), 200);
    for (const aud of ["staff", ["staff"], [], undefined, { shop: "shop" }, "sho"])
      assert.equal(await withAudience(aud), 401, JSON.stringify(aud));
  });

  it("does not start without the gateway's account", async () => {
    await assert.rejects(ask({}, { gateway: {} }), /gateway.serviceAccount/);
  });
});
