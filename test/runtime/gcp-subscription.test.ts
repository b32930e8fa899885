import assert from "node:assert/strict";
import * as z from "zod/mini";
import { event } from "../../runtime/event";
import type * as Bus from "../../runtime/gcp/bus";
import { SENT, TRACE_ID, TRACEPARENT } from "./events";
import { called, DEAD, type Message, push, redriven } from "./gcp-push";
import { fakeServer, fresh, withEnvironment } from "./support";

const OrderPlaced = event("com.shop.orders.OrderPlaced.v1", z.object({ orderId: z.string(), total: z.number() }), {
  subject: "orderId",
  promote: ["total"],
});

const ATTRIBUTES = {
  "ce-specversion": "1.0",
  "ce-id": "e-1",
  "ce-type": OrderPlaced.type,
  "ce-source": "/services/orders",
  "ce-subject": "o1",
  "ce-time": "2026-01-02T03:04:05.000Z",
  "ce-datacontenttype": "application/json",
  "ce-partitionkey": "o1",
  "data-total": "12.5",
  traceparent: TRACEPARENT,
} as const;
const DATA = { orderId: "o1", total: 12.5 };
const sent = (more: Partial<Message> = {}) => push({ body: DATA, attributes: ATTRIBUTES, ...more });

describe("Google Cloud subscription", () => {
  const parts = { events: [OrderPlaced] };
  const seen: unknown[] = [];
  const name = "subscription";
  beforeEach(() => {
    seen.length = 0;
  });
  const keeps = async (one: unknown, ctx: { readonly traceId: string }) => {
    seen.push(one, ctx.traceId);
  };
  const fails = () => Promise.reject(new RangeError("no such sku"));

  it("hands out the event that the attributes and the data say", async () => {
    const { statuses, sent: published } = await called({ name, handler: keeps, parts }, sent({ attempt: 2 }));
    assert.deepEqual([statuses, published], [[204], []]);
    assert.deepEqual(seen, [
      {
        id: "e-1",
        type: OrderPlaced.type,
        source: "/services/orders",
        subject: "o1",
        time: new Date("2026-01-02T03:04:05.000Z"),
        data: DATA,
        attempt: 2,
      },
      TRACE_ID,
    ]);
  });

  it("reads what the publisher of the same cloud writes", async () => {
    const server = await fakeServer(() => ({ json: { messageIds: ["1"] } }));
    try {
      await withEnvironment({ PUBSUB_EMULATOR_HOST: server.host }, () =>
        fresh<typeof Bus>("gcp/bus")
          .publisher({ topic: "projects/shop/topics/bus", maxEventBytes: 1000, events: [OrderPlaced.type] })
          .publish(OrderPlaced, DATA, { id: "e-7" }),
      );
    } finally {
      await server.close();
    }
    const { data, attributes } = JSON.parse(server.requests[0]?.body ?? "").messages[0];
    const body = Buffer.from(data, "base64").toString();
    await called({ name, handler: keeps, parts }, push({ body, attributes }));
    const { id, subject, data: read } = seen[0] as { id: string; subject: string; data: unknown };
    assert.deepEqual([id, subject, read], ["e-7", "o1", DATA]);
  });

  it("says that an event is of a replay", async () => {
    await called({ name, handler: keeps, parts }, sent({ attributes: { ...ATTRIBUTES, "ce-replay": "r1" } }));
    assert.equal((seen[0] as { replay?: string }).replay, "r1");
  });

  it("leaves out what its whole filter does not let through, whatever Pub/Sub did", async () => {
    const settings = { filter: { field: "data.total", min: 100 } };
    const { statuses } = await called({ name, handler: keeps, parts, settings }, sent());
    assert.deepEqual([statuses, seen], [[204], []]);
  });

  for (const [what, message, error] of [
    ["has no attributes", { attributes: {} }, "the message is no event: it lacks id, type, source, subject, time"],
    [
      "lacks its subject",
      { attributes: { ...ATTRIBUTES, "ce-subject": "" } },
      "the message is no event: it lacks subject",
    ],
    [
      "is of an unknown version",
      { attributes: { ...ATTRIBUTES, "ce-type": "com.shop.orders.OrderPlaced.v2" } },
      "unknown",
    ],
    ["has other data than its schema says", { body: { orderId: "o1" } }, "at /total"],
    ["has data that are no JSON", { body: "{" }, "not JSON"],
  ] as const)
    it(`has a message that ${what} delivered again, and then buried with the cause`, async () => {
      const { statuses, sent: dead } = await called(
        { name, handler: keeps, parts },
        sent(message),
        sent({ ...message, attempt: 5 }),
      );
      assert.deepEqual([statuses, seen, dead.length], [[500, 204], [], 1]);
      assert.ok(dead[0]?.attributes["sb-error"]?.includes(error), dead[0]?.attributes["sb-error"]);
    });

  it("keeps the event's attributes on its dead letter, so that a redriven one is what it was", async () => {
    const { sent: dead } = await called({ name, handler: fails, parts }, sent({ attempt: 5, orderingKey: "o1" }));
    const [letter] = dead;
    assert.ok(letter);
    assert.deepEqual(letter, {
      topic: DEAD,
      body: JSON.stringify(DATA),
      attributes: {
        ...ATTRIBUTES,
        "sb-error": "RangeError: no such sku",
        "sb-attempts": "5",
        "sb-id": "m-1",
        "sb-sent": new Date(SENT).toISOString(),
      },
      orderingKey: "o1",
    });
    await called({ name, handler: keeps, parts }, redriven(letter, SENT + 3_600_000));
    assert.deepEqual((seen[0] as { id: string }).id, "e-1");
    const again = await called(
      { name, handler: fails, parts, settings: { maxDeliveries: 1 } },
      redriven(letter, SENT + 3_600_000),
    );
    assert.equal(again.sent[0]?.attributes["sb-sent"], new Date(SENT).toISOString(), "first sent when it was");
  });
});
