import assert from "node:assert/strict";
import type { InvocationContext } from "@azure/functions";
import type * as Http from "../../runtime/azure/http-route";
import type * as Queue from "../../runtime/azure/queue-worker";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import type { HttpRouteSettings, QueueWorkerSettings } from "../../runtime/settings";
import {
  type Asked,
  type BusSent,
  base64url,
  busMessage,
  functionsRequest,
  SENT,
  TRACE_ID,
  TRACEPARENT,
} from "./events";
import { type Answer, captured, fakeServer, fresh, Order, ROUTE, WORKER, withEnvironment } from "./support";

const order = { id: "o1", quantity: 1 };

function invocation(triggerMetadata: Record<string, unknown> = {}) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  return { lines, context: { triggerMetadata, info: log, warn: log, error: log } as unknown as InvocationContext };
}

describe("Azure queue worker", () => {
  async function handle(
    handler: AnyQueueHandler,
    sent: BusSent,
    settings: Partial<QueueWorkerSettings> = {},
    answer: Answer = { status: 201 },
  ) {
    const server = await fakeServer(({ url }) =>
      url.startsWith("/identity") ? { json: { access_token: "t", expires_on: "9999999999" } } : answer,
    );
    const environment = {
      IDENTITY_ENDPOINT: `${server.url}/identity`,
      IDENTITY_HEADER: "platform",
      SB_BUS__fullyQualifiedNamespace: server.url,
      SB_QUEUE: "fulfil",
      SB_SETTINGS: { ...WORKER, deadLetter: `${server.url}/fulfil-dead`, ...settings },
    };
    try {
      return await withEnvironment(environment, async () => {
        const { message, triggerMetadata } = busMessage(sent);
        const { lines, context } = invocation(triggerMetadata);
        let error: Error | undefined;
        await captured(async () => {
          const worker = fresh<typeof Queue>("azure/queue-worker").queueWorker(handler, { schema: Order, uses: {} });
          await worker(message, context).catch((thrown: Error) => {
            error = thrown;
          });
        });
        const sends = server.requests
          .filter(({ url }) => url.endsWith("/messages"))
          .map(({ url, body }) => ({ url, ...JSON.parse(body)[0] }));
        return { error, sends, lines };
      });
    } finally {
      await server.close();
    }
  }
  const fails: AnyQueueHandler = () => Promise.reject(new RangeError("no such sku"));

  it("completes a handled message: the call returns", async () => {
    const seen: unknown[] = [];
    const { error, sends } = await handle(
      async (messages, ctx) => {
        seen.push(...messages, ctx.traceId);
        assert.ok(ctx.remainingMs() > 29_000 && ctx.remainingMs() <= 30_000);
      },
      { id: "a", body: order, attempt: 2, traceparent: TRACEPARENT },
    );
    assert.deepEqual([error, sends], [undefined, []]);
    assert.deepEqual(seen, [{ id: "a", body: order, attempt: 2, sentAt: new Date(SENT) }, TRACE_ID]);
  });

  it("schedules a copy of a failed message, with its attempts, and completes the original", async () => {
    const { error, sends, lines } = await handle(fails, {
      id: "a",
      body: order,
      traceparent: TRACEPARENT,
      properties: { tenant: "t1" },
    });
    assert.equal(error, undefined);
    const [{ url, Body, BrokerProperties, UserProperties }] = sends;
    assert.deepEqual([sends.length, url, Body], [1, "/fulfil/messages", JSON.stringify(order)]);
    assert.deepEqual(UserProperties, {
      tenant: "t1",
      traceparent: TRACEPARENT,
      "sb-id": "a",
      "sb-attempt": 1,
      "sb-sent": new Date(SENT).toISOString(),
    });
    assert.equal(BrokerProperties.MessageId, "a:1", "another id, or duplicate detection would drop it");
    const wait = Date.parse(BrokerProperties.ScheduledEnqueueTimeUtc) - Date.now();
    assert.ok(wait > 8000 && wait <= 10_000, String(wait));
    assert.match(lines[0] ?? "", /"cause":"RangeError: no such sku".*"level":"WARN"/);
  });

  it("counts copies and deliveries together, under the first message's id and time", async () => {
    let seen: unknown;
    const { sends } = await handle(
      async ([message]) => {
        seen = message;
        throw new Error("x");
      },
      {
        id: "a:2",
        body: order,
        attempt: 2,
        properties: { "sb-id": "a", "sb-attempt": 2, "sb-sent": "2025-05-05T05:05:05.000Z" },
      },
    );
    assert.deepEqual(seen, { id: "a", body: order, attempt: 4, sentAt: new Date("2025-05-05T05:05:05.000Z") });
    assert.deepEqual([sends[0]?.BrokerProperties.MessageId, sends[0]?.UserProperties["sb-attempt"]], ["a:4", 4]);
  });

  it("puts the last attempt into the dead-letter queue with its cause", async () => {
    const { error, sends } = await handle(fails, {
      id: "a:4",
      body: order,
      properties: { "sb-id": "a", "sb-attempt": 4, "sb-sent": "2025-05-05T05:05:05.000Z" },
      traceparent: TRACEPARENT,
    });
    assert.equal(error, undefined);
    const [{ url, BrokerProperties, UserProperties }] = sends;
    assert.deepEqual([sends.length, url, BrokerProperties], [1, "/fulfil-dead/messages", { MessageId: "a" }]);
    assert.equal(UserProperties["sb-error"], "RangeError: no such sku");
    assert.equal(UserProperties["sb-attempts"], 5);
    assert.deepEqual(
      [UserProperties["sb-id"], UserProperties["sb-attempt"]],
      ["a", undefined],
      "sent back, it starts anew",
    );
    assert.equal(UserProperties.traceparent, TRACEPARENT);
  });

  it("abandons the message when the copy cannot be sent, or there is no backoff, or no dead-letter queue is told", async () => {
    const refused = await handle(fails, { body: order }, {}, { status: 400 });
    assert.match(refused.error?.message ?? "", /RangeError: no such sku/);
    assert.match(refused.lines.join(), /backoff not set/);
    const now = await handle(fails, { body: order }, { backoff: { minSeconds: 0, maxSeconds: 0 } });
    assert.deepEqual([now.error?.name, now.sends], ["Abandoned", []]);
    const native = await handle(fails, { body: order, attempt: 5 }, { deadLetter: undefined });
    assert.deepEqual([native.error?.name, native.sends], ["Abandoned", []]);
  });

  it("leaves a message beyond its last attempt to the queue, without calling the handler again", async () => {
    let calls = 0;
    const { error } = await handle(
      async () => {
        calls++;
      },
      { body: order, attempt: 6 },
      { deadLetter: undefined },
    );
    assert.deepEqual([error?.name, calls], ["Abandoned", 0]);
  });

  for (const field of ["messageId", "deliverycount", "EnqueuedTimeUtc", "applicationProperties"])
    it(`refuses a body whose field ${field} would pass for the queue's own`, async () => {
      let calls = 0;
      const count: AnyQueueHandler = async () => {
        calls++;
      };
      const { sends, lines } = await handle(count, { id: "a", body: { ...order, [field]: { "sb-attempt": 99 } } });
      assert.equal(calls, 0);
      assert.match(lines[0] ?? "", /hides the queue's own/);
      assert.equal(sends[0]?.url, "/fulfil-dead/messages", "at once: its attempts could not be counted");
      assert.match(sends[0]?.BrokerProperties.MessageId, /^.{1,128}$/);
    });

  it("takes whatever JSON the worker process made of the body", async () => {
    const { readBusMessage } = fresh<typeof import("../../runtime/azure/bus-message")>("azure/bus-message");
    const bodyOf = (message: unknown) => readBusMessage(message, { messageId: "a" }).delivery.body;
    assert.deepEqual(["text", 5, null, [1], { a: 1 }, "5"].map(bodyOf), [
      '"text"',
      "5",
      "null",
      "[1]",
      '{"a":1}',
      '"5"',
    ]);
    assert.equal(bodyOf(Buffer.from('{"a":1}')), '{"a":1}');
  });

  it("does not start with a backoff and no queue of its own", async () => {
    await withEnvironment({ SB_SETTINGS: WORKER, SB_QUEUE: undefined }, () =>
      captured(async () => {
        const { queueWorker } = fresh<typeof Queue>("azure/queue-worker");
        assert.throws(() => queueWorker(fails, { uses: {} }), /SB_BUS__fullyQualifiedNamespace and SB_QUEUE/);
      }),
    );
  });
});

describe("Azure HTTP route", () => {
  const PRINCIPAL = "8f0d3c1e-0000-0000-0000-000000000001";
  const gateway = { "x-ms-client-principal-id": PRINCIPAL };
  const identity = {
    subject: "user-1",
    issuer: "https://issuer.example",
    scopes: ["orders:read"],
    claims: { tenant: "t1" },
  };
  const jwt = { kind: "jwt", issuer: "https://issuer.example", audience: ["shop"], scopes: ["orders:read"] } as const;

  async function ask(asked: Asked, route: Partial<HttpRouteSettings> = {}, schema?: typeof Order) {
    return withEnvironment({ SB_SETTINGS: [{ ...ROUTE, gateway: { principalId: PRINCIPAL }, ...route }] }, async () => {
      const { lines, context } = invocation();
      let reply: { status?: number; headers?: unknown; body?: unknown } = {};
      await captured(async () => {
        const serve = fresh<typeof Http>("azure/http-route").httpRoute(
          async (request) => ({ status: 200, body: request }),
          { uses: {}, ...(schema && { schema }) },
        );
        reply = await serve(functionsRequest(asked), context);
      });
      return { ...reply, lines, json: JSON.parse(String(reply.body)) };
    });
  }

  it("matches the path as it was on the wire", async () => {
    const reply = await ask({ path: "/orders/a%2Fb", query: "x=1", headers: { ...gateway, accept: "a/b" } });
    assert.equal(reply.status, 200);
    assert.deepEqual(
      [reply.json.params, reply.json.query, reply.json.headers],
      [{ id: "a/b" }, { x: "1" }, { accept: "a/b" }],
    );
  });

  it("parses bodies, and answers bad ones as problems", async () => {
    const post = { method: "POST", path: "/orders", headers: { ...gateway, "content-type": "application/json" } };
    const route = { method: "POST", path: "/orders" };
    assert.deepEqual((await ask({ ...post, body: JSON.stringify(order) }, route, Order)).json.body, order);
    const bad = await ask({ ...post, body: "{}" }, route, Order);
    assert.deepEqual([bad.status, bad.headers], [400, { "content-type": "application/problem+json" }]);
  });

  it("refuses whoever is not the gateway, whatever they say", async () => {
    const principals = [
      {},
      { "x-ms-client-principal-id": "another" },
      { "x-ms-client-principal-id": `${PRINCIPAL}, another` },
    ];
    for (const headers of principals) {
      const reply = await ask({
        headers: { ...headers, "x-sb-identity": base64url(identity) } as Record<string, string>,
      });
      assert.equal(reply.status, 403);
      assert.match(reply.lines[0] ?? "", /did not come through the gateway/);
    }
  });

  it("takes the caller from the gateway's header, on routes with auth only", async () => {
    const headers = { ...gateway, "x-sb-identity": base64url(identity), authorization: "Bearer x" };
    const trusted = await ask({ headers }, { auth: jwt });
    assert.deepEqual(trusted.json.identity, identity);
    assert.deepEqual(trusted.json.headers, {}, "the platform's headers are not the handler's");
    assert.equal((await ask({ headers })).json.identity, undefined);
    const standard = Buffer.from(JSON.stringify({ ...identity, claims: { n: "ü>?" } })).toString("base64");
    assert.equal(
      (await ask({ headers: { ...gateway, "x-sb-identity": standard } }, { auth: jwt })).json.identity.claims.n,
      "ü>?",
    );
    for (const broken of ["", "{}", "bm9uc2Vuc2U", base64url([identity]), base64url({ ...identity, subject: 5 })])
      assert.equal(
        (await ask({ headers: { ...gateway, "x-sb-identity": broken } }, { auth: jwt })).status,
        401,
        broken,
      );
  });

  it("does not start without the gateway's principal", async () => {
    await assert.rejects(ask({}, { gateway: { principalId: "" } }), /gateway.principalId/);
  });
});
