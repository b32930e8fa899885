/** Functions behind a queue that EventBridge, SNS or EventBridge Scheduler fills: its bodies as their documentation shows them. */
import assert from "node:assert/strict";
import type { EventBridgeEvent } from "aws-lambda";
import * as z from "zod/mini";
import { event } from "../../runtime/event";
import type { Context, ObjectChange } from "../../runtime/handler";
import { type Adapter, invoked } from "./aws-lambda";
import { sqsEvent, TRACE_ID, TRACEPARENT } from "./events";

const AT = "2026-01-02T03:04:05Z";
const seen: unknown[] = [];
const keeps = async (one: unknown) => {
  seen.push(one);
};
const fails = () => Promise.reject(new RangeError("no such sku"));
beforeEach(() => {
  seen.length = 0;
});

/** The envelope of EventBridge. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
function bridged<Detail>(type: string, source: string, detail: Detail): EventBridgeEvent<string, Detail> {
  return {
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": type,
    source,
    account: "123456789012",
    time: AT,
    region: "eu-central-1",
    resources: [],
    detail,
  };
}

describe("AWS subscription", () => {
  const TYPE = "com.shop.orders.OrderPlaced.v1";
  const OrderPlaced = event(TYPE, z.object({ orderId: z.string(), total: z.number() }), { subject: "orderId" });
  const subscription: Adapter = { name: "subscription", handler: keeps, parts: { events: [OrderPlaced] } };
  const detail = {
    specversion: "1.0",
    id: "e-1",
    subject: "o1",
    time: "2026-01-02T03:04:04.123Z",
    datacontenttype: "application/json",
    data: { orderId: "o1", total: 7 },
    traceparent: TRACEPARENT,
    partitionkey: "o1",
  };
  const told = {
    id: "e-1",
    type: TYPE,
    source: "/services/orders",
    subject: "o1",
    time: new Date(detail.time),
    data: detail.data,
    attempt: 2,
  };
  const fromBus = (more: object = {}) => ({ ...bridged(TYPE, "/services/orders", { ...detail, ...more }) });

  it("tells the event that EventBridge wraps, under its own id and time", async () => {
    const { failures } = await invoked(subscription, sqsEvent({ body: fromBus(), attempt: 2 }));
    assert.deepEqual([failures, seen], [[[]], [told]]);
  });

  it("tells the event that an ordered bus delivers as it is", async () => {
    const body = { ...detail, type: TYPE, source: "/services/orders" };
    const { failures } = await invoked(subscription, sqsEvent({ body, attempt: 2 }));
    assert.deepEqual([failures, seen], [[[]], [told]]);
  });

  it("names the replay that sent an event again", async () => {
    await invoked(subscription, sqsEvent({ body: { ...fromBus(), "replay-name": "r-1" }, attempt: 2 }));
    assert.deepEqual(seen, [{ ...told, replay: "r-1" }]);
  });

  it("goes on in the publisher's trace, and so does the dead letter, which keeps the body", async () => {
    const traces: string[] = [];
    const handler = async (_: unknown, { traceId }: Context) => {
      traces.push(traceId);
      return fails();
    };
    const body = JSON.stringify(fromBus());
    const { asked, failures } = await invoked({ ...subscription, handler }, sqsEvent({ body, attempt: 5 }));
    assert.deepEqual([traces, failures], [[TRACE_ID], [[]]]);
    const attributes = { "sb-error": "RangeError: no such sku", "sb-attempts": "5", traceparent: TRACEPARENT };
    assert.deepEqual(asked, [{ action: "SendMessage", queue: "fulfil-dead", body, attributes }]);
  });

  it("is done at once with what its whole filter does not let through, whatever the rule did", async () => {
    const settings = { filter: { field: "data.total", min: 100 } };
    const { failures } = await invoked({ ...subscription, settings }, sqsEvent({ body: fromBus() }));
    assert.deepEqual([failures, seen], [[[]], []]);
  });

  for (const [what, body, error] of [
    ["is no JSON", "{", "the body is not JSON"],
    ["is another JSON value", "7", "the message is no event: it lacks id, type, source, subject, time"],
    ["has no detail", { ...fromBus(), detail: null }, "the message is no event: it lacks id, type, source"],
    ["lacks its subject", fromBus({ subject: undefined }), "the message is no event: it lacks subject"],
    ["is of an unknown version", { ...fromBus(), "detail-type": "com.shop.orders.OrderPlaced.v2" }, "unknown"],
    ["has other data than its schema says", fromBus({ data: { orderId: "o1" } }), "at /total"],
  ] as const)
    it(`has a message that ${what} delivered again, and then buried with the cause`, async () => {
      const { failures, asked } = await invoked(
        subscription,
        sqsEvent({ id: "a", body }),
        sqsEvent({ id: "a", body, attempt: 5 }),
      );
      assert.deepEqual([failures, seen], [[["a"], []], []]);
      const [again, dead] = asked;
      assert.deepEqual([again?.action, dead?.action], ["ChangeMessageVisibility", "SendMessage"]);
      assert.ok(dead?.attributes?.["sb-error"]?.includes(error), dead?.attributes?.["sb-error"]);
    });
});

describe("AWS object trigger", () => {
  const trigger: Adapter = {
    name: "objectTrigger",
    handler: keeps,
    settings: { on: ["created", "deleted"], prefix: "", suffix: "" },
  };
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
  const created = (object: object = {}) => ({
    ...bridged("Object Created", "aws.s3", {
      version: "0",
      bucket: { name: "media" },
      object: {
        key: "raw/a b+ü.mp4",
        size: 7,
        etag: "b1946ac92492d2347c6235b4d2611184",
        "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        sequencer: "617f08299329d189",
        ...object,
      },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      "source-ip-address": "192.0.2.1",
      reason: "PutObject",
    }),
    resources: ["arn:aws:s3:::media"],
  });
  /** In a versioned bucket. */
  const deleted = {
    ...bridged("Object Deleted", "aws.s3", {
      version: "0",
      bucket: { name: "media" },
      object: {
        key: "raw/a b+ü.mp4",
        "version-id": "1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF",
        sequencer: "617f08299329d18a01",
      },
      "request-id": "0BH729840619AG5K",
      requester: "123456789012",
      "source-ip-address": "192.0.2.1",
      reason: "DeleteObject",
      "deletion-type": "Delete Marker Created",
    }),
    resources: ["arn:aws:s3:::media"],
  };
  const last = () => seen.at(-1) as ObjectChange;

  it("tells what was created, its key as it is", async () => {
    const { failures } = await invoked(trigger, sqsEvent({ body: created(), attempt: 3 }));
    assert.deepEqual(failures, [[]]);
    assert.deepEqual(seen, [
      {
        id: "media/raw/a b+ü.mp4@617f08299329d189",
        kind: "created",
        key: "raw/a b+ü.mp4",
        bytes: 7,
        etag: "b1946ac92492d2347c6235b4d2611184",
        sequencer: "617f08299329d1890000000000000000",
        at: new Date(AT),
        attempt: 3,
      },
    ]);
  });

  it("tells a deletion without content, newer than the creation", async () => {
    await invoked(trigger, sqsEvent({ body: created() }), sqsEvent({ body: deleted }));
    const [first] = seen as [ObjectChange];
    assert.deepEqual([last().kind, last().bytes, last().etag], ["deleted", undefined, undefined]);
    assert.ok(first.sequencer < last().sequencer);
  });

  it("compares sequencers of different length as AWS says: filled up with zeros on the right", async () => {
    const older = sqsEvent({ body: created({ sequencer: "0055AED6DCD90281E5" }) });
    const newer = sqsEvent({ body: created({ sequencer: "0055AED6DCD90281E501" }) });
    await invoked(trigger, older, newer);
    const [first, second] = seen as [ObjectChange, ObjectChange];
    assert.ok(first.sequencer < second.sequencer);
  });

  it("knows a change that S3 tells twice by one id", async () => {
    await invoked(trigger, sqsEvent({ body: created() }), sqsEvent({ body: { ...created(), id: "another" } }));
    const [first, second] = seen as [ObjectChange, ObjectChange];
    assert.equal(first.id, second.id);
  });

  for (const settings of [
    { on: ["deleted"], prefix: "", suffix: "" },
    { on: ["created"], prefix: "raw/x", suffix: "" },
    { on: ["created"], prefix: "", suffix: ".mp3" },
  ])
    it(`is done at once with what is not of ${JSON.stringify(settings)}`, async () => {
      const { failures } = await invoked({ ...trigger, settings }, sqsEvent({ body: created() }));
      assert.deepEqual([failures, seen], [[[]], []]);
    });

  for (const body of [
    "{",
    {},
    bridged("Object Created", "aws.s3", { bucket: { name: "media" } }),
    created({ key: "" }),
  ])
    it(`has ${JSON.stringify(body).slice(0, 40)} delivered again`, async () => {
      const { failures } = await invoked(trigger, sqsEvent({ id: "a", body }));
      assert.deepEqual([failures, seen], [[["a"]], []]);
    });
});

describe("AWS schedule", () => {
  const schedule: Adapter = {
    name: "schedule",
    handler: keeps,
    settings: { component: "nightly", cron: "0 3 * * *", timeZone: "Europe/Berlin" },
  };

  it("tells which run it is, the same at every delivery", async () => {
    const body = { scheduledFor: AT };
    const { failures } = await invoked(schedule, sqsEvent({ id: "a", body }), sqsEvent({ id: "b", body, attempt: 2 }));
    const run = { id: "nightly@2026-01-02T03:04:05.000Z", scheduledFor: new Date(AT) };
    assert.deepEqual(failures, [[], []]);
    assert.deepEqual(seen, [
      { ...run, attempt: 1 },
      { ...run, attempt: 2 },
    ]);
  });

  for (const body of ["{", {}, [], { scheduledFor: 7 }, { scheduledFor: "<aws.scheduler.scheduled-time>" }])
    it(`has ${JSON.stringify(body)} delivered again`, async () => {
      const { failures } = await invoked(schedule, sqsEvent({ id: "a", body }));
      assert.deepEqual([failures, seen], [[["a"]], []]);
    });

  it("waits after a failed run, and buries it in the end", async () => {
    const body = { scheduledFor: AT };
    const { asked } = await invoked(
      { ...schedule, handler: fails },
      sqsEvent({ body, attempt: 2 }),
      sqsEvent({ body, attempt: 5 }),
    );
    assert.deepEqual(
      asked.map(({ action, seconds, attributes }) => [action, seconds, attributes?.["sb-error"]]),
      [
        ["ChangeMessageVisibility", 20, undefined],
        ["SendMessage", undefined, "RangeError: no such sku"],
      ],
    );
  });
});
