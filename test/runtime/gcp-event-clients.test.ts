import assert from "node:assert/strict";
import * as z from "zod/mini";
import { MessageTooLarge, NotGranted } from "../../runtime/clients";
import { event, InvalidEvent } from "../../runtime/event";
import type * as Bus from "../../runtime/gcp/bus";
import type * as Queue from "../../runtime/gcp/queue";
import type * as Stream from "../../runtime/gcp/stream";
import { continueTrace, withTrace } from "../../runtime/trace";
import { TRACE_ID, TRACEPARENT } from "./events";
import { type Answer, fakeServer, fresh, type RecordedRequest, withEnvironment } from "./support";

const TOPIC = "projects/shop/topics/t";

interface Published {
  readonly data: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
}
const messagesOf = ({ body }: RecordedRequest): readonly Published[] => JSON.parse(body).messages;
const texts = (request: RecordedRequest) =>
  messagesOf(request).map(({ data }) => Buffer.from(data, "base64").toString());
const stored = (request: RecordedRequest): Answer => ({
  json: { messageIds: messagesOf(request).map((_, at) => `${at}`) },
});

/** What `work` publishes. */
async function published(
  work: () => Promise<unknown>,
  answer: (request: RecordedRequest, all: readonly RecordedRequest[]) => Answer = stored,
) {
  const server = await fakeServer(answer);
  try {
    await withEnvironment({ PUBSUB_EMULATOR_HOST: server.host }, () => withTrace(continueTrace(TRACEPARENT), work));
    return server.requests;
  } finally {
    await server.close();
  }
}

const OrderPlaced = event(
  "com.shop.orders.OrderPlaced.v1",
  z.object({ orderId: z.string(), note: z.optional(z.string()) }),
  {
    subject: "orderId",
    promote: ["note"],
  },
);

describe("Google Cloud event publisher", () => {
  const config = { topic: TOPIC, maxEventBytes: 4000, events: [OrderPlaced.type] };
  const publisher = (more: Partial<Bus.GcpBusConfig> = {}) =>
    fresh<typeof Bus>("gcp/bus").publisher({ ...config, ...more });

  it("publishes the data, with the event's attributes and what is promoted beside them", async () => {
    const [request] = await published(async () => {
      assert.deepEqual(await publisher().publish(OrderPlaced, { orderId: "o1", note: "☃" }, { id: "e1" }), {
        id: "e1",
      });
    });
    assert.ok(request);
    assert.equal(`${request.method} ${request.url}`, `POST /v1/${TOPIC}:publish`);
    const [message] = messagesOf(request);
    const { "ce-time": time, traceparent, ...attributes } = message?.attributes ?? {};
    assert.deepEqual(texts(request), ['{"orderId":"o1","note":"☃"}']);
    assert.deepEqual(attributes, {
      "ce-specversion": "1.0",
      "ce-id": "e1",
      "ce-source": "/services/orders",
      "ce-type": OrderPlaced.type,
      "ce-subject": "o1",
      "ce-datacontenttype": "application/json",
      "ce-partitionkey": "o1",
      "data-note": "☃",
    });
    assert.match(traceparent ?? "", new RegExp(TRACE_ID));
    assert.ok(Math.abs(Date.parse(time ?? "") - Date.now()) < 60_000);
    assert.equal(message?.orderingKey, undefined);
  });

  it("keeps the order of a subject where the bus does", async () => {
    const [request] = await published(() =>
      publisher({ region: "europe-west3" }).publish(OrderPlaced, { orderId: "o1" }),
    );
    assert.ok(request);
    assert.equal(messagesOf(request)[0]?.orderingKey, "o1");
  });

  it("cuts what is promoted to an attribute's length, between characters", async () => {
    const note = `${"x".repeat(1022)}☃${"y".repeat(100)}`;
    const [request] = await published(() => publisher().publish(OrderPlaced, { orderId: "o1", note }));
    assert.ok(request);
    assert.equal(messagesOf(request)[0]?.attributes?.["data-note"], "x".repeat(1022));
    assert.deepEqual(texts(request), [JSON.stringify({ orderId: "o1", note })]);
  });

  it("sends nothing that is too large, invalid or not granted", async () => {
    const Other = event("com.shop.orders.OrderPaid.v1", OrderPlaced.data, { subject: "orderId" });
    const requests = await published(async () => {
      const bus = publisher();
      await assert.rejects(bus.publish(OrderPlaced, { orderId: "o1", note: "x".repeat(3900) }), MessageTooLarge);
      await assert.rejects(bus.publish(OrderPlaced, { orderId: 1 } as never), InvalidEvent);
      await assert.rejects(bus.publish(OrderPlaced, { orderId: "x".repeat(1025) }), /refuses subject/);
      await assert.rejects(bus.publish(OrderPlaced, { orderId: "o1" }, { id: "x".repeat(1025) }), /refuses id/);
      await assert.rejects(bus.publish(Other, { orderId: "o1" }), NotGranted);
    });
    assert.deepEqual(requests, []);
  });
});

describe("Google Cloud stream producer", () => {
  const config = { topic: TOPIC, key: "user", maxRecordBytes: 300_000, region: "europe-west3" };
  const producer = () => fresh<typeof Stream>("gcp/stream").producer(config);

  it("publishes a record under its key, with the trace", async () => {
    const [request] = await published(() => producer().put({ user: "u1", page: "/" }));
    assert.ok(request);
    const [message] = messagesOf(request);
    assert.deepEqual([texts(request), message?.orderingKey], [['{"user":"u1","page":"/"}'], "u1"]);
    assert.match(message?.attributes?.traceparent ?? "", new RegExp(TRACE_ID));
  });

  it("publishes records of one key in order and in one request, those of others in their own", async () => {
    const records = Array.from({ length: 30 }, (_, n) => ({ user: `u${n % 3}`, n }));
    const requests = await published(() => producer().putAll(records));
    assert.equal(requests.length, 3);
    for (const request of requests) {
      const keys = new Set(messagesOf(request).map(({ orderingKey }) => orderingKey));
      assert.equal(keys.size, 1, "Pub/Sub takes one key a request");
      const expected = records.filter(({ user }) => keys.has(user)).map((record) => JSON.stringify(record));
      assert.deepEqual(texts(request), expected);
    }
  });

  it("splits a key's records by what a request takes, one request after the other", async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({ user: "u", n }));
    assert.deepEqual(
      (await published(() => producer().putAll(many))).map((one) => messagesOf(one).length),
      [1000, 1],
    );
    const large = Array.from({ length: 50 }, (_, n) => ({ user: "u", n, fill: "x".repeat(280_000) }));
    const requests = await published(() => producer().putAll(large));
    assert.ok(requests.length > 1 && requests.every(({ body }) => body.length < 10_000_000));
    assert.deepEqual(
      requests.flatMap(texts).map((text) => JSON.parse(text).n),
      large.map(({ n }) => n),
    );
  });

  it("rejects when a record cannot be stored, and sends none of its key behind it", async () => {
    const many = Array.from({ length: 2001 }, (_, n) => ({ user: "u", n }));
    const requests = await published(
      () => assert.rejects(producer().putAll(many), /status 400/),
      (request, all) => (all.length === 2 ? { status: 400 } : stored(request)),
    );
    assert.equal(requests.length, 2);
  });

  it("sends nothing when one of them is too large or has no key", async () => {
    const good = { user: "u" };
    const requests = await published(async () => {
      await assert.rejects(producer().putAll([good, { user: "u", fill: "x".repeat(300_000) }]), MessageTooLarge);
      for (const user of [undefined, null, "", {}, "x".repeat(1025)])
        await assert.rejects(producer().putAll([good, { user }]), /^TypeError: user /);
    });
    assert.deepEqual(requests, []);
  });

  it("publishes to the topic's region, where order holds", async () => {
    const { publish } = fresh<typeof import("../../runtime/gcp/pubsub")>("gcp/pubsub");
    const urls: string[] = [];
    const before = globalThis.fetch;
    globalThis.fetch = async (url) => {
      urls.push(String(url));
      return new Response(JSON.stringify({ access_token: "t", expires_in: 3600, messageIds: ["1"] }));
    };
    try {
      await publish(TOPIC, { body: "{}", attributes: {}, orderingKey: "k" }, "europe-west3");
      await publish(TOPIC, { body: "{}", attributes: {} });
    } finally {
      globalThis.fetch = before;
    }
    assert.deepEqual(urls.slice(1), [
      `https://europe-west3-pubsub.googleapis.com/v1/${TOPIC}:publish`,
      `https://pubsub.googleapis.com/v1/${TOPIC}:publish`,
    ]);
  });
});

describe("Google Cloud ordered queue", () => {
  const config = { topic: TOPIC, maxMessageBytes: 1000, orderBy: "order.id", region: "europe-west3" };

  it("sends a message under the key that its field holds", async () => {
    const sender = fresh<typeof Queue>("gcp/queue").sender(config);
    const requests = await published(async () => {
      for (const id of ["a", 7, false]) await sender.send({ order: { id } });
      await assert.rejects(sender.send({ order: {} }), /order\.id must be there/);
    });
    assert.deepEqual(
      requests.map((request) => messagesOf(request)[0]?.orderingKey),
      ["a", "7", "false"],
    );
  });

  it("does not start without the region in which it keeps order", () => {
    const { region: _, ...without } = config;
    assert.throws(() => fresh<typeof Queue>("gcp/queue").sender(without), /configuration\.region/);
  });
});
