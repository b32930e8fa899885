import assert from "node:assert/strict";
import { toFields } from "../../runtime/gcp/firestore";
import { lengthDelimited } from "../../runtime/gcp/protobuf";
import type { Row } from "../../runtime/table";
import { frameworkRequest, SENT, TRACEPARENT } from "./events";
import { called, DEAD, type Message, push, redriven } from "./gcp-push";

// The wire format, written as its documentation says.
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const field = (number: number, bytes: Uint8Array | string): Buffer => {
  const content = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
};
const timestamp = (seconds: number) => Buffer.from([8, ...varint(seconds), 16, ...varint(500_000_000)]);

/** `google.events.cloud.firestore.v1.Document` of a row, as the table's client stores it. */
function document(row: Row | undefined, key: { readonly partition: string; readonly sort?: string }, expires?: number) {
  if (row === undefined) return Buffer.alloc(0);
  const fields = Object.entries(toFields(key, row, expires)).map(([name, { stringValue, timestampValue }]) => {
    const value =
      stringValue === undefined
        ? field(10, timestamp(Date.parse(timestampValue ?? "") / 1000))
        : field(17, stringValue);
    return field(2, Buffer.concat([field(1, name), field(2, value)]));
  });
  const name = "projects/shop/databases/orders/documents/orders/kbzE";
  return Buffer.concat([
    field(1, name),
    ...fields,
    field(3, timestamp(1_767_323_045)),
    field(4, timestamp(1_767_323_045)),
  ]);
}

interface Change {
  readonly value?: Buffer;
  readonly oldValue?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** A message of the trigger's own queue. */
const waiting = (message: Message) => push({ publishedAt: Date.now(), ...message });

const NOW = new Date().toISOString();

/** A request of Eventarc: https://cloud.google.com/eventarc/docs/cloudevents */
function told({ value, oldValue, headers = {}, body }: Change) {
  const mask = field(3, field(1, "item"));
  const data = Buffer.concat([...(value ? [field(1, value)] : []), ...(oldValue ? [field(2, oldValue)] : []), mask]);
  const own = {
    "content-type": "application/protobuf",
    "ce-specversion": "1.0",
    "ce-id": "c-1",
    "ce-type": "google.cloud.firestore.document.v1.written",
    "ce-source": "//firestore.googleapis.com/projects/shop/databases/orders",
    "ce-subject": "documents/orders/kbzE",
    "ce-time": NOW,
    "ce-dataschema":
      "https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto",
    traceparent: TRACEPARENT,
  };
  return frameworkRequest({ method: "POST", path: "/", headers: { ...own, ...headers }, body: body ?? data });
}

describe("Google Cloud table trigger", () => {
  const name = "tableTrigger";
  const QUEUE = "projects/shop/topics/project";
  const settings = {
    queue: QUEUE,
    table: { key: "customer", sort: "order" },
    on: ["written", "deleted"],
    bisect: true,
    maxRecordAgeSeconds: 3600,
  };
  const key = { partition: "a/b", sort: "☃" };
  const item = { customer: "a/b", order: "☃", lines: [[1, "x"]], e: 1_900_000_000 };
  const before = { customer: "a/b", order: "☃", lines: [] };
  const seen: unknown[] = [];
  const handler = async (change: unknown) => {
    seen.push(change);
  };
  beforeEach(() => {
    seen.length = 0;
  });

  /** What the queue is given of an event, and what the handler then gets of the queue. */
  async function through(change: Change, more: Readonly<Record<string, unknown>> = {}) {
    const { statuses, sent } = await called({ name, handler, settings: { ...settings, ...more } }, told(change));
    assert.deepEqual([statuses, sent.length, sent[0]?.topic, seen], [[204], 1, QUEUE, []]);
    const { body, attributes } = sent[0] ?? { body: "", attributes: {} };
    await called({ name, handler, settings: { ...settings, ...more } }, waiting({ body, attributes, attempt: 2 }));
    return attributes;
  }

  for (const [kind, change, images] of [
    ["inserted", { value: document(item, key, 1_900_000_000) }, { item }],
    ["updated", { value: document(item, key), oldValue: document(before, key) }, { item, before }],
    ["deleted", { oldValue: document(before, key) }, { before }],
    ["deleted", { value: document(undefined, key), oldValue: document(before, key) }, { before }],
  ] as const)
    it(`puts what was ${kind} on its own queue, and hands it out from there`, async () => {
      const attributes = await through(change);
      assert.deepEqual(attributes, { traceparent: TRACEPARENT });
      const expected = { id: "c-1", kind, key, ...images, at: new Date(NOW), attempt: 2 };
      assert.deepEqual(seen, [expected]);
    });

  it("names a key without a sort key by its one part", async () => {
    const row = { customer: "c1" };
    await through({ value: document(row, { partition: "c1" }) });
    assert.equal((seen[0] as { key: unknown }).key, "c1");
  });

  it("leaves out what it is not asked for", async () => {
    await through({ oldValue: document(before, key) }, { on: ["written"] });
    assert.deepEqual(seen, []);
    await through({ value: document(item, key) }, { on: ["deleted"] });
    assert.deepEqual(seen, []);
  });

  it("lets Eventarc repeat what could not be put on the queue", async () => {
    const answer = { status: 404, json: {} };
    const { statuses, log } = await called({ name, handler, settings, answer }, told({ value: document(item, key) }));
    assert.deepEqual(statuses, [500]);
    assert.match(log, /change not queued/);
    assert.ok(!log.includes("customer"), "no payload in the log");
  });

  it("has a failed change delivered again by the queue, buries the last delivery, and takes it back", async () => {
    const first = await called({ name, handler, settings }, told({ value: document(item, key) }));
    const body = first.sent[0]?.body ?? "";
    const failing = { name, handler: () => Promise.reject(new Error("index down")), settings };
    const { statuses, sent } = await called(failing, waiting({ body, attempt: 4 }), waiting({ body, attempt: 5 }));
    assert.deepEqual([statuses, sent.length, sent[0]?.topic, sent[0]?.body], [[500, 204], 1, DEAD, body]);
    assert.equal(sent[0]?.attributes["sb-error"], "Error: index down");
    assert.ok(sent[0]);
    await called({ name, handler, settings }, redriven(sent[0], Date.now()));
    assert.deepEqual((seen[0] as { item: unknown }).item, item);
  });

  it("buries a change that is too old before it has been tried", async () => {
    const old = { "ce-time": new Date(SENT - 1).toISOString() };
    const { statuses, sent } = await called(
      { name, handler, settings },
      told({ value: document(item, key), headers: old }),
    );
    assert.deepEqual([statuses, sent.length, sent[0]?.topic, seen], [[204], 1, DEAD, []]);
    assert.match(sent[0]?.attributes["sb-error"] ?? "", /^Expired/);
  });

  const whole = Buffer.concat([field(1, document(item, key))]);
  for (const [what, change] of [
    ["no protobuf", { body: Buffer.from("{}") }],
    ["cut off", { body: whole.subarray(0, -3) }],
    ["without a document", { body: field(3, field(1, "item")) }],
    ["of a document that is no row", { value: field(1, "projects/x/databases/y/documents/z/1") }],
    [
      "of an item that is no JSON",
      { value: document(item, key).map((byte) => (byte === 0x7b ? 0x78 : byte)) as Buffer },
    ],
    ["without a time", { value: document(item, key), headers: { "ce-time": "" } }],
  ] as const)
    it(`buries an event ${what} with its bytes, because it will not become another`, async () => {
      const request = told(change);
      const { statuses, sent, log } = await called({ name, handler, settings }, request);
      assert.deepEqual([statuses, sent.length, sent[0]?.topic], [[204], 1, DEAD]);
      assert.match(sent[0]?.attributes["sb-error"] ?? "", /^InvalidMessage: the event/);
      assert.deepEqual(Buffer.from(sent[0]?.body ?? "", "base64"), Buffer.from(request.rawBody ?? []));
      assert.ok(!log.includes("customer"));
    });

  it("buries a message of its queue that is no change", async () => {
    for (const body of [
      "{",
      "[]",
      "{}",
      { id: "1", partition: "p", kind: "eaten", at: NOW },
      { id: "1", kind: "deleted" },
    ]) {
      const { statuses, sent } = await called({ name, handler, settings }, waiting({ body }));
      assert.deepEqual([statuses, sent[0]?.topic, seen], [[204], DEAD, []]);
    }
  });

  it("answers 400 to what is neither, and does not start without its queue", async () => {
    const neither = frameworkRequest({ method: "POST", path: "/", body: "{}" });
    assert.deepEqual((await called({ name, handler, settings }, neither)).statuses, [400]);
    const { queue: _, ...without } = settings;
    await assert.rejects(called({ name, handler, settings: without }), /SB_SETTINGS names no queue/);
  });
});

describe("protobuf reader", () => {
  it("skips numbers of every width between the fields it reads", () => {
    const long = field(2, "x".repeat(300));
    const bytes = Buffer.concat([
      Buffer.from([8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), // field 1: -1, ten bytes
      field(17, "a"),
      Buffer.from([25, 1, 2, 3, 4, 5, 6, 7, 8]), // field 3: 64 bits
      Buffer.from([37, 1, 2, 3, 4]), // field 4: 32 bits
      long,
      field(17, "b"),
    ]);
    const fields = lengthDelimited(bytes);
    assert.deepEqual([...fields.keys()], [17, 2]);
    assert.deepEqual(
      fields.get(17)?.map((text) => Buffer.from(text).toString()),
      ["a", "b"],
    );
    assert.equal(fields.get(2)?.[0]?.length, 300);
  });

  it("refuses what is no message", () => {
    for (const bytes of [[8], [10, 5, 1], [9, 1], [13, 1], [11], Array(11).fill(255)])
      assert.throws(() => lengthDelimited(Buffer.from(bytes)), RangeError, String(bytes));
  });
});
