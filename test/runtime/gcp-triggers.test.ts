import assert from "node:assert/strict";
import { SENT } from "./events";
import { called, type Message, push, redriven } from "./gcp-push";

const AT = "2026-01-02T03:04:05.000000Z";

/** https://cloud.google.com/storage/docs/pubsub-notifications */
function notification(
  attributes: Readonly<Record<string, string>>,
  metadata: object = {},
  more: Partial<Message> = {},
) {
  const own = {
    eventType: "OBJECT_FINALIZE",
    bucketId: "media",
    objectId: "raw/a b.mp4",
    objectGeneration: "1767323045000000",
    eventTime: AT,
    payloadFormat: "JSON_API_V1",
    notificationConfig: "projects/_/buckets/media/notificationConfigs/1",
  };
  const resource = { kind: "storage#object", name: own.objectId, bucket: own.bucketId, size: "7", ...metadata };
  return push({ body: resource, attributes: { ...own, ...attributes }, ...more });
}

describe("Google Cloud object trigger", () => {
  const seen: unknown[] = [];
  const name = "objectTrigger";
  const settings = { on: ["created", "deleted"], prefix: "", suffix: "" };
  const handler = async (one: unknown) => {
    seen.push(one);
  };
  beforeEach(() => {
    seen.length = 0;
  });
  const keys = () => seen.map((one) => (one as { key: string }).key);
  const sequencer = () => (seen.at(-1) as { sequencer: string }).sequencer;

  it("tells what was created, with its size and generation", async () => {
    const { statuses } = await called({ name, handler, settings }, notification({}, {}, { attempt: 3 }));
    assert.deepEqual(statuses, [204]);
    assert.deepEqual(seen, [
      {
        id: "media/raw/a b.mp4#1767323045000000/created",
        kind: "created",
        key: "raw/a b.mp4",
        bytes: 7,
        etag: "1767323045000000",
        sequencer: "00001767323045000000-0",
        at: new Date(AT),
        attempt: 3,
      },
    ]);
  });

  for (const eventType of ["OBJECT_ARCHIVE", "OBJECT_DELETE"])
    it(`tells a deletion that arrives as ${eventType}, newer than the creation and older than the next`, async () => {
      await called({ name, handler, settings }, notification({}));
      const created = sequencer();
      await called({ name, handler, settings }, notification({ eventType }, { timeDeleted: AT }));
      const deleted = sequencer();
      assert.deepEqual(seen.at(-1), {
        id: "media/raw/a b.mp4#1767323045000000/deleted",
        kind: "deleted",
        key: "raw/a b.mp4",
        sequencer: deleted,
        at: new Date(AT),
        attempt: 1,
      });
      await called({ name, handler, settings }, notification({ objectGeneration: "1767323045000001" }));
      assert.ok(created < deleted && deleted < sequencer());
    });

  it("orders generations of any length as text", async () => {
    await called({ name, handler, settings }, notification({ objectGeneration: "999" }));
    const short = sequencer();
    await called({ name, handler, settings }, notification({ objectGeneration: "1000" }));
    assert.ok(short < sequencer());
  });

  for (const [what, attributes, metadata] of [
    ["an archived version that was overwritten", { eventType: "OBJECT_ARCHIVE", overwrittenByGeneration: "9" }, {}],
    ["a deleted version that was overwritten", { eventType: "OBJECT_DELETE", overwrittenByGeneration: "9" }, {}],
    [
      "the end of a version that was archived days ago",
      { eventType: "OBJECT_DELETE" },
      { timeDeleted: "2025-12-26T03:04:05.000Z" },
    ],
    ["other metadata", { eventType: "OBJECT_METADATA_UPDATE" }, {}],
  ] as const)
    it(`is not told of ${what}`, async () => {
      const { statuses } = await called({ name, handler, settings }, notification(attributes, metadata));
      assert.deepEqual([statuses, seen], [[204], []]);
    });

  it("keeps to what it is asked for", async () => {
    const only = { on: ["created"], prefix: "raw/", suffix: ".mp4" };
    await called(
      { name, handler, settings: only },
      notification({ objectId: "raw/1.mp4" }),
      notification({ objectId: "raw/2.jpg" }),
      notification({ objectId: "other/3.mp4" }),
      notification({ objectId: "raw/4.mp4", eventType: "OBJECT_ARCHIVE" }),
    );
    assert.deepEqual(keys(), ["raw/1.mp4"]);
  });

  it("does without metadata where the notification holds none", async () => {
    await called({ name, handler, settings }, notification({ payloadFormat: "NONE" }, {}, { body: "" }));
    assert.equal("bytes" in (seen[0] as object), false);
  });

  it("buries what is no notification, and takes a redriven one for what it was", async () => {
    const bad: readonly Readonly<Record<string, string>>[] = [
      { eventTime: "soon" },
      { objectGeneration: "x" },
      { objectId: "" },
      { eventType: "" },
    ];
    for (const attributes of bad) {
      const { statuses, sent } = await called(
        { name, handler, settings },
        notification(attributes, {}, { attempt: 5 }),
      );
      assert.deepEqual([statuses, seen], [[204], []]);
      assert.match(sent[0]?.attributes["sb-error"] ?? "", /no notification of this cloud's object storage/);
    }
    const fails = () => Promise.reject(new Error("disk full"));
    const { sent } = await called({ name, handler: fails, settings }, notification({}, {}, { attempt: 5 }));
    assert.ok(sent[0]);
    await called({ name, handler, settings }, notification({}), redriven(sent[0], SENT + 1000));
    assert.deepEqual(seen[1], seen[0]);
  });
});

describe("Google Cloud schedule", () => {
  const name = "schedule";
  const settings = { component: "nightly", cron: "4 3 * * *", timeZone: "Europe/Berlin" };
  const minute = new Date("2026-01-02T03:04:00.000Z");

  it("names the minute in which the message was published, the same at every delivery", async () => {
    const seen: unknown[] = [];
    const handler = async (tick: unknown) => {
      seen.push(tick);
    };
    const tick = (attempt: number, publishedAt = SENT) => push({ body: "{}", attempt, publishedAt });
    await called({ name, handler, settings }, tick(1), tick(2, SENT + 50_000), tick(1, SENT + 60_000));
    const id = "nightly@2026-01-02T03:04:00.000Z";
    const next = new Date(minute.getTime() + 60_000);
    assert.deepEqual(seen, [
      { id, scheduledFor: minute, attempt: 1 },
      { id, scheduledFor: minute, attempt: 2 },
      { id: "nightly@2026-01-02T03:05:00.000Z", scheduledFor: next, attempt: 1 },
    ]);
  });

  it("names the same minute when its dead letter is redriven", async () => {
    const fails = () => Promise.reject(new Error("no report"));
    const { sent } = await called({ name, handler: fails, settings }, push({ body: "{}", attempt: 5 }));
    assert.ok(sent[0]);
    const seen: Date[] = [];
    const handler = async ({ scheduledFor }: { scheduledFor: Date }) => {
      seen.push(scheduledFor);
    };
    await called({ name, handler, settings }, redriven(sent[0], SENT + 86_400_000));
    assert.deepEqual(seen, [minute]);
  });
});

describe("Google Cloud stream processor", () => {
  const name = "streamProcessor";
  const settings = { bisect: true, maxRecordAgeSeconds: 3600 };
  const record = (more: Partial<Message> = {}) =>
    push({ id: "r-1", body: { user: "u1", page: "/" }, orderingKey: "u1", publishedAt: Date.now() - 1000, ...more });

  it("hands out a record with its key", async () => {
    const seen: unknown[] = [];
    const handler = async (records: readonly unknown[]) => {
      seen.push(...records);
    };
    const now = Date.now();
    const { statuses } = await called({ name, handler, settings }, record({ attempt: 2, publishedAt: now }));
    const body = { user: "u1", page: "/" };
    assert.deepEqual(statuses, [204]);
    assert.deepEqual(seen, [{ id: "r-1", key: "u1", body, writtenAt: new Date(now), attempt: 2 }]);
  });

  it("has a failed record delivered again, so that its key waits, and buries it with content, key and cause", async () => {
    const handler = () => Promise.reject(new RangeError("bad page"));
    const { statuses, sent } = await called(
      { name, handler, settings },
      record({ attempt: 4 }),
      record({ attempt: 5 }),
    );
    assert.deepEqual([statuses, sent.length], [[500, 204], 1]);
    const { body, orderingKey, attributes } = sent[0] ?? {};
    assert.deepEqual([body, orderingKey], ['{"user":"u1","page":"/"}', "u1"]);
    assert.deepEqual([attributes?.["sb-error"], attributes?.["sb-attempts"]], ["RangeError: bad page", "5"]);
  });

  it("buries at once what is no record, because its key would wait for nothing", async () => {
    const { statuses, sent } = await called({ name, handler: async () => {}, settings }, record({ body: "{" }));
    assert.deepEqual([statuses, sent[0]?.attributes["sb-error"]], [[204], "InvalidMessage: the body is not JSON"]);
  });

  it("buries what is too old without a try, but not its dead letter when that is redriven", async () => {
    let calls = 0;
    const handler = async () => {
      calls++;
    };
    const { statuses, sent } = await called(
      { name, handler, settings },
      record({ publishedAt: Date.now() - 3_700_000 }),
    );
    assert.deepEqual([statuses, calls, sent[0]?.attributes["sb-attempts"]], [[204], 0, "0"]);
    assert.match(sent[0]?.attributes["sb-error"] ?? "", /^Expired: older than 3600 s/);
    assert.ok(sent[0]);
    await called({ name, handler, settings }, redriven(sent[0], Date.now()));
    assert.equal(calls, 1);
  });

  it("keeps a record whose dead letter cannot be published", async () => {
    const handler = () => Promise.reject(new Error("no"));
    const answer = { status: 400, json: {} };
    const old = record({ publishedAt: 0 });
    const { statuses } = await called({ name, handler, settings, answer }, record({ attempt: 5 }), old);
    assert.deepEqual(statuses, [500, 500]);
  });
});
