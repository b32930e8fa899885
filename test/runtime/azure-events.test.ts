/** Event Grid's events and clocks, as they lie in the component's own queue. */
import assert from "node:assert/strict";
import type { Event, ObjectChange, Tick } from "../../runtime";
import { ThingMade } from "../fixtures/happenings";
import { type AppRequest, called } from "./azure-app";
import { busMessage, SENT, TRACE_ID, TRACEPARENT } from "./events";

const message = (body: unknown, attempt = 1) => {
  const { message: input, triggerMetadata } = busMessage({ id: "m-1", body, attempt });
  return { input, context: { triggerMetadata } };
};

describe("Azure subscription", () => {
  const thing = { id: "t-1", size: 2, color: "red" };
  const event = (more: object = {}) => ({
    specversion: "1.0",
    id: "e-1",
    type: ThingMade.type,
    source: "/services/things",
    subject: "t-1",
    time: "2026-01-02T03:04:05Z",
    datacontenttype: "application/json",
    data: thing,
    ...more,
  });
  const app = (handler: unknown, more: Partial<AppRequest> = {}): AppRequest => ({
    adapter: "subscription",
    handler,
    parts: { events: [ThingMade] },
    ...more,
  });

  it("hands the event over as its definition has it, in its publisher's trace", async () => {
    const seen: unknown[] = [];
    const handler = async (one: Event, { traceId }: { traceId: string }) => void seen.push(one, traceId);
    const [{ thrown } = {}] = await called(app(handler), [message(event({ traceparent: TRACEPARENT, replay: "r" }))]);
    assert.equal(thrown, undefined);
    const { id, type, source, subject, data } = event();
    const time = new Date("2026-01-02T03:04:05Z");
    assert.deepEqual(seen, [{ id, type, source, subject, time, data, attempt: 1, replay: "r" }, TRACE_ID]);
  });

  it("leaves out what its filter does not let through, without a word to the handler", async () => {
    const settings = { filter: { field: "data.color", in: ["blue"] } };
    const never = () => assert.fail("was called");
    const [{ thrown, sent } = {}] = await called(app(never, { settings }), [message(event())]);
    assert.deepEqual([thrown, sent], [undefined, []]);
  });

  for (const [what, body, cause] of [
    ["of another version", event({ type: "com.shop.things.ThingMade.v2" }), /unknown to this handler/],
    ["with data of another shape", event({ data: { id: "t-1", size: "large" } }), /schema of .*ThingMade\.v1 says at/],
    ["that is none", { id: 5 }, /is no event: it lacks/],
    ["that is no JSON object", "words", /is no event/],
  ] as const)
    it(`buries an event ${what}, with the cause and nothing of its data in the log`, async () => {
      const never = () => assert.fail("was called");
      const [{ thrown, sent, lines } = {}] = await called(app(never), [message(body, 5)]);
      assert.equal(thrown, undefined);
      assert.deepEqual(
        sent?.map(({ queue, body: stored }) => [queue, JSON.parse(stored)]),
        [["own-dead", body]],
      );
      assert.match(String(sent?.[0]?.properties["sb-error"]), cause);
      assert.doesNotMatch(lines?.join() ?? "", /large|words/);
    });
});

describe("Azure object trigger", () => {
  /** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage, as CloudEvents */
  const told = (type: string, key: string, data: object = {}) => ({
    source: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/uploads",
    subject: `/blobServices/default/containers/uploads/blobs/${key}`,
    type: `Microsoft.Storage.${type}`,
    time: "2026-01-02T03:04:05.678Z",
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    data: { api: "PutBlob", eTag: '"0x8D4BCC2E4835CD0"', sequencer: "00000000000004420000000000028963", ...data },
    specversion: "1.0",
  });
  const seen: ObjectChange[] = [];
  const app: AppRequest = {
    adapter: "object-trigger",
    handler: async (change: ObjectChange) => void seen.push(change),
    settings: { on: ["created", "deleted"], prefix: "incoming/", suffix: ".png" },
  };
  beforeEach(() => {
    seen.length = 0;
  });

  it("tells what was created, with its size, tag and place in the order", async () => {
    await called(app, [message(told("BlobCreated", "incoming/a b/ü%20.png", { contentLength: 7 }), 2)]);
    assert.deepEqual(seen, [
      {
        id: "831e1650-001e-001b-66ab-eeb76e069631",
        kind: "created",
        key: "incoming/a b/ü%20.png",
        bytes: 7,
        etag: "0x8D4BCC2E4835CD0",
        sequencer: "00000000000004420000000000028963",
        at: new Date(SENT),
        attempt: 2,
      },
    ]);
  });

  it("tells what was deleted", async () => {
    await called(app, [message(told("BlobDeleted", "incoming/a.png"))]);
    assert.deepEqual(
      seen.map(({ kind, key }) => [kind, key]),
      [["deleted", "incoming/a.png"]],
    );
  });

  it("leaves out other keys and other happenings", async () => {
    const calls = [
      told("BlobCreated", "incoming/a.txt"),
      told("BlobCreated", "other/a.png"),
      told("BlobTierChanged", "incoming/a.png"),
    ];
    const results = await called(
      app,
      calls.map((body) => message(body)),
    );
    assert.deepEqual(
      results.map(({ thrown, sent }) => [thrown, sent]),
      calls.map(() => [undefined, []]),
    );
    assert.deepEqual(seen, []);
  });

  it("buries what is no notification", async () => {
    const [{ sent } = {}] = await called(app, [message({ hello: 1 }, 5)]);
    assert.match(String(sent?.[0]?.properties["sb-error"]), /no notification/);
  });
});

describe("Azure schedule", () => {
  const environment = { SB_SCHEDULE: "0 * * * * *" };
  const at = (cron: string, timeZone: string, more: Partial<AppRequest> = {}): AppRequest => ({
    adapter: "schedule",
    handler: async () => {},
    settings: { cron, timeZone },
    environment,
    ...more,
  });
  const real = Date.now;
  afterEach(() => {
    Date.now = real;
  });
  /** The minutes for which something was put on the queue, when the timer rings at these times. */
  async function rung(app: AppRequest, times: readonly string[], timer: object = {}): Promise<string[]> {
    const found: string[] = [];
    for (const time of times) {
      const now = Date.parse(time);
      Date.now = () => now;
      const [{ sent = [] } = {}] = await called(app, [{ trigger: "ring", input: timer }]);
      for (const { body, broker, queue } of sent) {
        const { scheduledFor } = JSON.parse(body) as { scheduledFor: string };
        assert.deepEqual([queue, broker.MessageId], ["own", `run:${scheduledFor}`], "repeats of a run are one message");
        found.push(scheduledFor);
      }
    }
    return found;
  }

  it("rings for the minute, a moment too early or a while too late", async () => {
    const exact = at("* * * * *", "UTC", { environment: { ...environment, SB_SCHEDULE_EXACT: "true" } });
    assert.deepEqual(
      await rung(exact, ["2026-01-01T11:59:59.900Z", "2026-01-01T12:01:00.000Z", "2026-01-01T12:02:40.000Z"]),
      ["2026-01-01T12:00:00.000Z", "2026-01-01T12:01:00.000Z", "2026-01-01T12:02:00.000Z"],
    );
  });

  it("rings at the zone's minutes only, in summer and in winter", async () => {
    const rings = ["2026-01-01T05:00:00Z", "2026-01-01T04:00:00Z", "2026-07-01T04:00:00Z", "2026-07-01T05:00:00Z"];
    assert.deepEqual(await rung(at("0 6 * * *", "Europe/Berlin"), rings), [
      "2026-01-01T05:00:00.000Z",
      "2026-07-01T04:00:00.000Z",
    ]);
  });

  it("makes up for the newest run of those that the app missed, and for none that it did not", async () => {
    const app = at("0 6 * * *", "Europe/Berlin");
    const since = (last: string) => ({ isPastDue: true, scheduleStatus: { last } });
    assert.deepEqual(await rung(app, ["2026-01-03T07:12:00Z"], since("2026-01-01T05:00:00Z")), [
      "2026-01-03T05:00:00.000Z",
    ]);
    assert.deepEqual(await rung(app, ["2026-01-03T05:00:30Z"], since("2026-01-02T05:00:00Z")), [
      "2026-01-03T05:00:00.000Z",
    ]);
    assert.deepEqual(await rung(app, ["2026-01-03T07:12:00Z"], since("2026-01-03T05:00:00Z")), []);
  });

  it("knows zones of half hours", async () => {
    const rings = ["2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z"];
    assert.deepEqual(await rung(at("0 6 * * *", "Asia/Kolkata"), rings), ["2026-01-01T00:30:00.000Z"]);
  });

  it("hands a run over with its minute, and buries what is none", async () => {
    const seen: Tick[] = [];
    const app = at("0 6 * * *", "UTC", { handler: async (tick: Tick) => void seen.push(tick) });
    const scheduledFor = "2026-01-01T06:00:00.000Z";
    const [, { sent } = {}] = await called(app, [message({ scheduledFor }, 2), message({ when: "now" }, 5)]);
    assert.deepEqual(seen, [{ id: `fulfil@${scheduledFor}`, scheduledFor: new Date(scheduledFor), attempt: 2 }]);
    assert.match(String(sent?.[0]?.properties["sb-error"]), /which run of the schedule/);
  });

  it("fails to ring where its queue does not take the run, so that the host tries again", async () => {
    Date.now = () => Date.parse("2026-01-01T06:00:00Z");
    const app = at("0 6 * * *", "UTC", { refusing: ["own"] });
    const [{ thrown } = {}] = await called(app, [{ trigger: "ring", input: {} }]);
    assert.ok(thrown);
  });
});
