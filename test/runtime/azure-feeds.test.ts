/** Feeds of Event Hubs and Cosmos DB, by the shapes of the triggers' documentation: the host moves on whatever comes of a call. */
import assert from "node:assert/strict";
import type { StreamRecord, TableChange } from "../../runtime";
import { Reading } from "../fixtures/happenings";
import { type AppRequest, called } from "./azure-app";
import { busMessage, SENT, TRACE_ID, TRACEPARENT } from "./events";

const fails = () => Promise.reject(new RangeError("no such sensor"));
const feed = { bisect: true, maxRecordAgeSeconds: 10 * 365 * 86_400, backoff: { minSeconds: 0, maxSeconds: 0 } };
const retried = (retryCount: number) => ({ retryContext: { retryCount, maxRetryCount: 3 } });

describe("Azure stream processor", () => {
  const seen: StreamRecord<Reading>[] = [];
  beforeEach(() => {
    seen.length = 0;
  });
  const keep = async (records: readonly StreamRecord<Reading>[]) => void seen.push(...records);
  const app = (handler: unknown, more: Partial<AppRequest> = {}): AppRequest => ({
    adapter: "stream-processor",
    handler,
    parts: { schema: Reading },
    environment: { SB_HUB: "readings", SB_CONSUMER_GROUP: "watch" },
    ...more,
    settings: { ...feed, ...more.settings },
  });
  const batch = (readings: readonly unknown[], context: object = {}) => ({
    trigger: "stream",
    input: readings,
    context: {
      ...context,
      triggerMetadata: {
        partitionContext: { partitionId: "3", consumerGroup: "watch", eventHubName: "readings" },
        sequenceNumberArray: readings.map((_, index) => 40 + index),
        enqueuedTimeUtcArray: readings.map(() => new Date(SENT).toISOString()),
        partitionKeyArray: readings.map((one) => (one as { sensor?: string })?.sensor ?? ""),
        propertiesArray: readings.map(() => ({ traceparent: TRACEPARENT })),
      },
    },
  });
  const reading = (sensor: string, value: number) => ({ sensor, value });

  it("hands a batch over in order, each with its key, its place and the time it was written", async () => {
    const traces: string[] = [];
    const handler = async (records: readonly StreamRecord<Reading>[], { traceId }: { traceId: string }) => {
      traces.push(traceId);
      await keep(records);
    };
    const [{ thrown, sent } = {}] = await called(app(handler), [batch([reading("a", 1), reading("b", 2)])]);
    assert.deepEqual([thrown, sent], [undefined, []]);
    assert.deepEqual(
      seen,
      [reading("a", 1), reading("b", 2)].map((body, index) => ({
        id: `3/${40 + index}`,
        key: body.sensor,
        body,
        writtenAt: new Date(SENT),
        attempt: 1,
      })),
    );
    assert.deepEqual(traces, [TRACE_ID]);
  });

  it("buries what keeps failing, with its content and cause, and goes on in order behind it", async () => {
    const tries: string[] = [];
    const handler = async (records: readonly StreamRecord<Reading>[]) => {
      if (records.some(({ body }) => body.value < 0)) {
        tries.push(records.map(({ body }) => body.value).join());
        throw new RangeError("no such sensor");
      }
      await keep(records);
    };
    const [{ thrown, sent } = {}] = await called(app(handler, { settings: { maxDeliveries: 3 } }), [
      batch([reading("a", 1), reading("a", -2), reading("a", 3)]),
    ]);
    assert.equal(thrown, undefined);
    assert.deepEqual(
      seen.map(({ body }) => body.value),
      [1, 3],
    );
    assert.equal(tries.filter((one) => one === "-2").length, 3, tries.join(" | "));
    const [{ queue, body, broker, properties } = assert.fail("no dead letter")] = sent ?? [];
    assert.deepEqual([queue, JSON.parse(body), broker.SessionId], ["own-dead", reading("a", -2), "a"]);
    assert.deepEqual(
      [properties["sb-error"], properties["sb-attempts"], properties["sb-sent"]],
      ["RangeError: no such sensor", 3, new Date(SENT).toISOString()],
    );
  });

  it("buries poison by its shape", async () => {
    const [{ thrown, sent } = {}] = await called(app(keep), [batch(["no json", reading("a", 1)])]);
    assert.equal(thrown, undefined);
    assert.deepEqual(
      seen.map(({ body }) => body.value),
      [1],
    );
    assert.deepEqual(
      sent?.map(({ body }) => body),
      ["no json"],
    );
  });

  it("has the host bring the batch again where the dead letters are out of reach, and buries what is left at its last retry", async () => {
    const refusing = app(fails, { refusing: ["own-dead"] });
    const calls = [undefined, 1, 2].map((count) => batch([reading("a", 1)], count === undefined ? {} : retried(count)));
    for (const { thrown } of await called(refusing, calls)) assert.equal(thrown?.name, "Unfinished");
    const [last] = await called(refusing, [batch([reading("a", 1)], retried(3))]);
    assert.ok(last?.thrown, "nothing is dropped in silence");
  });

  it("buries untried at the host's last retry what its calls' time did not suffice for", async () => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      throw new RangeError("no such sensor");
    };
    const settings = { timeoutSeconds: 1, maxDeliveries: 1000, backoff: { minSeconds: 60, maxSeconds: 60 } };
    const records = [reading("a", 1), reading("a", 2)];
    const [first, last] = await called(app(slow, { settings }), [batch(records), batch(records, retried(3))]);
    assert.equal(first?.thrown?.name, "Unfinished");
    assert.equal(last?.thrown, undefined);
    assert.deepEqual(
      last?.sent.map(({ queue, body }) => [queue, JSON.parse(body).value]),
      [
        ["own-dead", 1],
        ["own-dead", 2],
      ],
    );
    assert.match(last?.lines.join("\n") ?? "", /records buried untried/);
  });

  it("takes from its own queue what is given back to it, by itself and with its count", async () => {
    const { message, triggerMetadata } = busMessage({ id: "m-1", body: reading("a", 5), attempt: 2 });
    const [{ thrown } = {}] = await called(app(keep), [
      { trigger: "givenBack", input: message, context: { triggerMetadata } },
    ]);
    assert.equal(thrown, undefined);
    assert.deepEqual(
      seen.map(({ id, body, attempt }) => [id, body, attempt]),
      [["m-1", reading("a", 5), 2]],
    );
  });
});

describe("Azure table trigger", () => {
  const seen: TableChange<unknown>[] = [];
  beforeEach(() => {
    seen.length = 0;
  });
  const environment = {
    SB_DATABASE: "shop",
    SB_CONTAINER: "notes",
    SB_LEASES: "notes-leases",
    SB_FROM: "latest",
    SB_BATCH_SIZE: "100",
    SB_POLL_MS: "1000",
  };
  const app = (handler: unknown, more: Partial<AppRequest> = {}): AppRequest => ({
    adapter: "table-trigger",
    handler,
    environment,
    ...more,
    settings: { ...feed, on: ["written"], table: { key: "id" }, ...more.settings },
  });
  const keep = async (change: TableChange<unknown>) => void seen.push(change);
  const document = (p: string, lsn: number, more: object = {}) => ({
    id: p,
    p,
    item: { id: p, text: `version ${lsn}` },
    _rid: "r",
    _etag: `"${lsn}"`,
    _ts: Math.floor(SENT / 1000),
    _lsn: lsn,
    ...more,
  });

  it("tells the newest version of each item, by its key, in the order of the feed", async () => {
    const [{ thrown, sent } = {}] = await called(app(keep), [
      { trigger: "changes", input: [document("a", 7), document("b", 8, { id: "b/1", s: "1" })] },
    ]);
    assert.deepEqual([thrown, sent], [undefined, []]);
    const at = new Date(Math.floor(SENT / 1000) * 1000);
    assert.deepEqual(seen, [
      { id: "a@7", kind: "written", key: "a", item: { id: "a", text: "version 7" }, at, attempt: 1 },
      {
        id: "b/1@8",
        kind: "written",
        key: { partition: "b", sort: "1" },
        item: { id: "b", text: "version 8" },
        at,
        attempt: 1,
      },
    ]);
  });

  it("buries a change that keeps failing with all that it told, and takes it back", async () => {
    const [{ thrown, sent } = {}] = await called(app(fails), [{ trigger: "changes", input: [document("a", 7)] }]);
    assert.equal(thrown, undefined);
    assert.deepEqual(
      sent?.map(({ queue, properties }) => [queue, properties["sb-error"]]),
      [["own-dead", "RangeError: no such sensor"]],
    );
    const { message, triggerMetadata } = busMessage({ id: "m-1", body: JSON.parse(sent?.[0]?.body ?? ""), attempt: 1 });
    await called(app(keep), [{ trigger: "givenBack", input: message, context: { triggerMetadata } }]);
    assert.deepEqual(
      seen.map(({ id, kind, key, item }) => [id, kind, key, item]),
      [["a@7", "written", "a", { id: "a", text: "version 7" }]],
    );
  });

  it("leaves out what nobody asked for", async () => {
    const settings = { on: ["deleted"] };
    await called(app(keep, { settings }), [{ trigger: "changes", input: [document("a", 7)] }]);
    assert.deepEqual(seen, []);
  });

  for (const missing of ["SB_FROM", "SB_BATCH_SIZE", "SB_POLL_MS"])
    it(`does not start without ${missing}`, () =>
      assert.rejects(
        called(app(keep, { environment: { ...environment, [missing]: undefined } }), []),
        /SB_FROM, SB_BATCH_SIZE and SB_POLL_MS/,
      ));
});
