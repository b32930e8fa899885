import assert from "node:assert/strict";
import { TurnableClock } from "../../local/clock";
import { Queue } from "../../local/queue";
import { Reader, type ReaderSettings } from "../../local/reader";
import { type Start, Stream } from "../../local/stream";
import type { QueueEvent } from "../../runtime/local/events";

const settings: ReaderSettings = {
  batchSize: 4,
  windowSeconds: 0,
  parallelism: 1,
  maxDeliveries: 3,
  backoffMinSeconds: 10,
  backoffMaxSeconds: 40,
  bisect: true,
  maxRecordAgeSeconds: 3600,
};

function make(fails: (body: string) => boolean, more: Partial<ReaderSettings> = {}, from: Start = "oldest") {
  const clock = new TurnableClock();
  const stream = new Stream("s", { partitions: 1, retentionSeconds: 86_400, maxRecordBytes: 100 }, clock);
  const calls: string[][] = [];
  const graves = new Queue(
    "q",
    {
      visibilityTimeoutSeconds: 30,
      maxDeliveries: 3,
      retentionSeconds: 3600,
      maxMessageBytes: 1000,
      backoffMinSeconds: 1,
      backoffMaxSeconds: 1,
      deadLetterRetentionSeconds: 3600,
    },
    clock,
  );
  const target = {
    timeoutSeconds: 30,
    invoke: async (event: unknown) => {
      const bodies = (event as QueueEvent).deliveries.map(({ body }) => body);
      calls.push(bodies);
      if (bodies.some(fails)) throw new Error("no");
      return { outcomes: bodies.map(() => ({ kind: "handled" })) };
    },
  };
  const reader = new Reader(stream, target, graves, { ...settings, ...more }, clock, from);
  return { clock, stream, reader, graves, calls };
}

describe("local reader of a stream", () => {
  it("halves a batch that fails until the failing record stands alone, and then counts its deliveries", async () => {
    const { clock, stream, graves, calls } = make((body) => body === "c");
    for (const body of ["a", "b", "c", "d", "e"]) stream.put("k", body);
    await clock.advance(1000);
    assert.deepEqual(calls, [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"]]);
    await clock.advance(60_000);
    assert.deepEqual(calls.slice(4), [["c"], ["c"], ["d"], ["e"]]);
    const [letter] = graves.deadLetters.list();
    assert.deepEqual(
      [letter?.body, letter?.attempts, letter?.error, letter?.key],
      ["c", 3, "Error: no", "k"],
      "the record itself, with its cause",
    );
  });

  it("without halving retries, and buries, the batch as a whole", async () => {
    const { clock, stream, graves, calls } = make((body) => body === "b", { bisect: false, batchSize: 2 });
    for (const body of ["a", "b", "c"]) stream.put("k", body);
    await clock.advance(60_000);
    assert.deepEqual(calls, [["a", "b"], ["a", "b"], ["a", "b"], ["c"]]);
    assert.deepEqual(
      graves.deadLetters.list().map(({ body }) => body),
      ["a", "b"],
    );
  });

  it("loses nothing when its settings change while a record waits for its next delivery", async () => {
    let broken = true;
    const { clock, stream, reader, calls } = make((body) => broken && body === "b");
    for (const body of ["a", "b", "c"]) stream.put("k", body);
    await clock.advance(1000);
    broken = false;
    const before = calls.length;
    reader.configure({ ...settings, batchSize: 1 });
    await clock.advance(60_000);
    assert.deepEqual(calls.slice(before), [["a"], ["b"], ["c"]], "the batch that was not done begins again");
    assert.equal(reader.lag, 0);
  });

  it("begins where it is told: at the oldest, at the newest, at a time", async () => {
    for (const [from, expected] of [
      ["oldest", ["a", "b", "c"]],
      ["latest", ["c"]],
    ] as const) {
      const clock = new TurnableClock();
      const stream = new Stream("s", { partitions: 1, retentionSeconds: 3600, maxRecordBytes: 100 }, clock);
      stream.put("k", "a");
      await clock.advance(1000);
      stream.put("k", "b");
      const seen: string[] = [];
      const { graves } = make(() => false);
      const target = {
        timeoutSeconds: 30,
        invoke: async (event: unknown) => {
          const { deliveries } = event as QueueEvent;
          seen.push(...deliveries.map(({ body }) => body));
          return { outcomes: deliveries.map(() => ({ kind: "handled" })) };
        },
      };
      new Reader(stream, target, graves, settings, clock, from);
      stream.put("k", "c");
      await clock.advance(1000);
      assert.deepEqual(seen, expected);
      assert.equal(stream.offsetOf(0, clock.now() - 1500), 1, "the first record that is not older");
    }
  });

  it("buries what is too old when its turn comes, untried", async () => {
    const { clock, stream, reader, graves, calls } = make(() => false, { maxRecordAgeSeconds: 60 });
    stream.put("k", "fresh");
    await clock.advance(1000);
    stream.put("k", "a");
    reader.seek("oldest");
    await clock.advance(100_000);
    reader.seek("oldest");
    await clock.advance(1000);
    assert.equal(calls.flat().filter((body) => body === "fresh").length, 2);
    const letters = graves.deadLetters.list();
    assert.equal(letters.length, 2);
    for (const { error, attempts } of letters) {
      assert.match(error, /^Expired: older than 60 s/);
      assert.equal(attempts, 0);
    }
  });

  it("waits for a batch to become full, and no longer than its window", async () => {
    const { clock, stream, calls } = make(() => false, { windowSeconds: 5, batchSize: 3 });
    stream.put("k", "a");
    await clock.advance(4000);
    assert.deepEqual(calls, []);
    await clock.advance(2000);
    assert.deepEqual(calls, [["a"]]);
    for (const body of ["b", "c", "d"]) stream.put("k", body);
    await clock.advance(1);
    assert.deepEqual(calls[1], ["b", "c", "d"]);
  });

  it("reads keys beside each other within a partition, where parallelism is asked for", async () => {
    const waiting = new Set<string>();
    const clock = new TurnableClock();
    const stream = new Stream("s", { partitions: 1, retentionSeconds: 3600, maxRecordBytes: 100 }, clock);
    const { graves } = make(() => false);
    let most = 0;
    const target = {
      timeoutSeconds: 30,
      invoke: async (event: unknown) => {
        const { deliveries } = event as QueueEvent;
        for (const { key = "" } of deliveries) {
          assert.ok(!waiting.has(key), `two calls for ${key}`);
          waiting.add(key);
        }
        most = Math.max(most, waiting.size);
        await new Promise<void>((resolve) => clock.schedule(clock.now() + 10, resolve));
        for (const { key = "" } of deliveries) waiting.delete(key);
        return { outcomes: deliveries.map(() => ({ kind: "handled" })) };
      },
    };
    const reader = new Reader(stream, target, graves, { ...settings, batchSize: 1, parallelism: 4 }, clock, "oldest");
    for (let n = 0; n < 40; n++) stream.put(`k${n % 8}`, String(n));
    await clock.advance(10_000);
    assert.ok(most > 1 && most <= 4, `${most} at once`);
    assert.equal(reader.lag, 0);
    assert.equal(reader.idle, true);
  });

  it("forgets records when the stream's retention is over", async () => {
    const { clock, stream } = make(() => false, {}, "latest");
    stream.put("k", "a");
    assert.equal(stream.size, 1);
    await clock.advance(86_400_001);
    assert.equal(stream.size, 0);
    assert.equal(stream.offsetOf(0, "oldest"), 1);
  });
});
