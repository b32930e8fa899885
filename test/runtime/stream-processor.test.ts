import assert from "node:assert/strict";
import type { TableChange } from "../../runtime/handler";
import { type AnyQueueHandler, each } from "../../runtime/queue-worker";
import type { StreamProcessorSettings } from "../../runtime/settings";
import { type AnyStreamHandler, createStreamProcessor, type Grave, records } from "../../runtime/stream-processor";
import { recordingSink, WORKER } from "./support";

const START = Date.parse("2026-01-02T03:04:05Z");

/** A processor whose time passes only where it is said to: in the handler, and in waits. */
function world(settings: Partial<StreamProcessorSettings>, handler: Parameters<typeof createStreamProcessor>[0]) {
  let clock = START;
  const waits: number[] = [];
  const graves: string[] = [];
  const all = { ...WORKER, bisect: true, maxRecordAgeSeconds: 3600, ...settings };
  const processor = createStreamProcessor(
    handler,
    { uses: {} },
    {
      environment: { SB_SETTINGS: JSON.stringify(all) },
      sink: recordingSink().sink,
      now: () => clock,
      wait: async (ms) => {
        waits.push(ms);
        clock += ms;
      },
    },
  );
  const bury = async ({ delivery, attempts, cause }: Grave) => {
    graves.push(`${delivery.id} after ${attempts}: ${cause.name}`);
  };
  return {
    waits,
    graves,
    spend: (ms: number) => {
      clock += ms;
    },
    /** One call with records of these keys, which are their ids without digits. */
    call: (ids: readonly string[]) => {
      const end = clock + all.timeoutSeconds * 1000;
      const deliveries = ids.map((id) => ({
        id,
        key: id.replace(/\d/g, ""),
        body: JSON.stringify({ id }),
        attempt: 1,
        sentAt: new Date(START),
      }));
      return processor.run(deliveries, () => end - clock, bury);
    },
  };
}

type Seen = readonly { readonly id: string; readonly attempt: number }[];

describe("stream processor", () => {
  const seen: string[] = [];
  beforeEach(() => {
    seen.length = 0;
  });
  const keep = (given: Seen) => seen.push(given.map(({ id, attempt }) => `${id}.${attempt}`).join(" "));
  const failing = (ids: readonly string[], spend: () => void = () => {}) =>
    records((async (given: Seen) => {
      keep(given);
      spend();
      const failed = given.filter(({ id }) => ids.includes(id)).map(({ id }) => ({ id, error: "x" }));
      return failed.length > 0 ? { failed } : undefined;
    }) as AnyStreamHandler);

  it("waits as long as the backoff says where the call has the time", async () => {
    const { call, waits, graves } = world({ timeoutSeconds: 300 }, failing(["a1"]));
    assert.equal(await call(["a1"]), undefined);
    assert.deepEqual([waits, graves], [[10_000, 20_000, 40_000, 60_000], ["a1 after 5: Error"]]);
  });

  it("shortens its waits so that all deliveries fit into one call, and the record is buried with its cause", async () => {
    const { call, waits, graves } = world({ timeoutSeconds: 30 }, failing(["a1"]));
    assert.equal(await call(["a1", "b1"]), undefined);
    assert.deepEqual([waits, graves], [[7000, 7000, 7000, 7000], ["a1 after 5: Error"]]);
    assert.deepEqual(seen, ["a1.1 b1.1", "a1.2", "a1.3", "a1.4", "a1.5"]);
  });

  it("begins no delivery that would not end in time, and counts on in the next call", async () => {
    const slow = world(
      { timeoutSeconds: 30 },
      failing(["a1"], () => slow.spend(12_000)),
    );
    assert.equal(await slow.call(["a1", "a2"]), 0);
    assert.deepEqual(seen, ["a1.1 a2.1", "a1.2"]);
    assert.equal(await slow.call(["a1", "a2"]), 0);
    assert.equal(await slow.call(["a1", "a2"]), undefined);
    assert.deepEqual(seen.slice(2), ["a1.3 a2.1", "a1.4", "a1.5 a2.1"]);
    assert.deepEqual(slow.graves, ["a1 after 5: Error"]);
    assert.deepEqual(await slow.call(["a1"]), 0, "a new count once it has been buried");
    assert.equal(seen.at(-1), "a1.2");
  });

  it("tries again also in a call of one second", async () => {
    const { call, graves } = world({ timeoutSeconds: 1, maxDeliveries: 2 }, failing(["a1"]));
    assert.equal(await call(["a1"]), undefined);
    assert.deepEqual(graves, ["a1 after 2: Error"]);
  });

  it("retries, and buries, a batch as a whole where it is not halved", async () => {
    const { call, graves } = world({ bisect: false, maxDeliveries: 2 }, failing(["a1", "b1"]));
    assert.equal(await call(["a1", "b1"]), undefined);
    assert.deepEqual(seen, ["a1.1 b1.1", "a1.2 b1.2"]);
    assert.deepEqual(graves, ["a1 after 2: Error", "b1 after 2: Error"]);
  });

  it("hands out no change behind a failing one of its key, and does not count those held back", async () => {
    const handler = each(async ({ id }: TableChange<unknown>) => {
      seen.push(id);
      if (id === "a1") throw new Error("x");
    });
    const { call, graves, waits } = world({ maxDeliveries: 3 }, handler as AnyQueueHandler);
    assert.equal(await call(["a1", "b1", "a2", "b2"]), undefined);
    assert.deepEqual(seen, ["a1", "b1", "b2", "a1", "a1", "a2"]);
    assert.deepEqual([graves, waits.length], [["a1 after 3: Error"], 2]);
  });
});
