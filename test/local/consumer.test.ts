import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { TurnableClock } from "../../local/clock";
import { Consumer, type ConsumerSettings } from "../../local/consumer";
import { type FaultPlan, Faults } from "../../local/faults";
import { Queue } from "../../local/queue";
import type { QueueEvent, QueueReply } from "../../runtime/local/events";

type Handle = (event: QueueEvent) => Promise<unknown>;

function make(handle: Handle, more: Partial<ConsumerSettings & { maxDeliveries: number }> = {}, plan?: FaultPlan) {
  const clock = new TurnableClock();
  const { maxDeliveries = 3, ...consumerSettings } = more;
  const queueSettings = {
    visibilityTimeoutSeconds: 60,
    maxDeliveries,
    retentionSeconds: 86_400,
    maxMessageBytes: 1000,
    backoffMinSeconds: 1,
    backoffMaxSeconds: 8,
    deadLetterRetentionSeconds: 86_400,
  };
  const faults = plan ? new Faults(plan) : Faults.none;
  const queue = new Queue("q", queueSettings, clock, faults);
  const target = { timeoutSeconds: 30, invoke: (event: unknown) => handle(event as QueueEvent) };
  const consumer = new Consumer(
    queue,
    target,
    { batchSize: 1, windowSeconds: 0, maxConcurrency: 5, ...consumerSettings },
    clock,
  );
  return { clock, queue, consumer, faults };
}

const all = (event: QueueEvent, kind: "handled" | "duplicate"): QueueReply => ({
  outcomes: event.deliveries.map(() => ({ kind })),
});

/** A call that ends when the test says so. */
function gate() {
  const open: (() => void)[] = [];
  return { open, wait: () => new Promise<void>((resolve) => open.push(resolve)) };
}

describe("local consumer", () => {
  it("handles what is sent, without being asked", async () => {
    const bodies: string[] = [];
    const { queue } = make(async (event) => {
      bodies.push(...event.deliveries.map(({ body }) => body));
      return all(event, "handled");
    });
    queue.send("a");
    queue.send("b");
    await nextTurn();
    assert.deepEqual(bodies.sort(), ["a", "b"]);
    assert.deepEqual([queue.empty, queue.counters.handled], [true, 2]);
  });

  it("settles every message of a batch by its own outcome", async () => {
    const { queue } = make(
      async ({ deliveries }) => ({
        outcomes: deliveries.map(({ body }) =>
          body === "bad"
            ? { kind: "failed", error: "Error: bad" }
            : { kind: body === "again" ? "duplicate" : "handled" },
        ),
      }),
      { batchSize: 10, maxDeliveries: 1 },
    );
    for (const body of ["good", "bad", "again"]) queue.send(body);
    await nextTurn();
    assert.deepEqual(
      queue.deadLetters.list().map(({ body, error }) => [body, error]),
      [["bad", "Error: bad"]],
    );
    assert.deepEqual([queue.counters.handled, queue.counters.duplicatesSuppressed], [2, 1]);
  });

  it("takes an answer that does not fit the batch for a failure", async () => {
    for (const reply of [undefined, {}, { outcomes: [] }, { outcomes: [{ kind: "fine" }] }]) {
      const { queue } = make(async () => reply, { maxDeliveries: 1 });
      queue.send("a");
      await nextTurn();
      assert.match(queue.deadLetters.list()[0]?.error ?? "", /InvalidReply/);
    }
  });

  it("runs no more calls at once than allowed", async () => {
    const { open, wait } = gate();
    let most = 0;
    let running = 0;
    const { queue } = make(
      async (event) => {
        most = Math.max(most, ++running);
        await wait();
        running--;
        return all(event, "handled");
      },
      { maxConcurrency: 3 },
    );
    for (let n = 0; n < 10; n++) queue.send("a");
    for (let round = 0; round < 10; round++) {
      await nextTurn();
      open.shift()?.();
    }
    await nextTurn();
    assert.deepEqual([most, queue.counters.handled], [3, 10]);
  });

  it("waits for a full batch as long as its window, and not longer", async () => {
    const sizes: number[] = [];
    const { queue, clock } = make(
      async (event) => {
        sizes.push(event.deliveries.length);
        return all(event, "handled");
      },
      { batchSize: 3, windowSeconds: 10 },
    );
    queue.send("a");
    await clock.advance(9999);
    assert.deepEqual(sizes, []);
    await clock.advance(1);
    assert.deepEqual(sizes, [1]);
    for (let n = 0; n < 3; n++) queue.send("a");
    await nextTurn();
    assert.deepEqual(sizes, [1, 3], "a full batch does not wait");
  });

  it("drains: takes nothing more and resolves when the calls that run are settled", async () => {
    const { open, wait } = gate();
    const { queue, consumer } = make(
      async (event) => {
        await wait();
        return all(event, "handled");
      },
      { maxConcurrency: 1 },
    );
    queue.send("runs");
    queue.send("waits");
    await nextTurn();
    let drained = false;
    const done = consumer.drain().then(() => {
      drained = true;
    });
    await nextTurn();
    assert.equal(drained, false);
    open.shift()?.();
    await done;
    await nextTurn();
    assert.deepEqual([queue.counters.handled, queue.depth().visible, open.length], [1, 1, 0]);
  });

  it("brings every message to exactly one end under crashes, throttling, duplicates, delays and reordering", async () => {
    const chance = fc.constantFrom(0, 0.1, 0.5);
    const plans = fc.record({
      seed: fc.nat(),
      duplicate: chance,
      delay: chance,
      reorder: chance,
      crash: chance,
      throttle: chance,
    });
    await fc.assert(
      fc.asyncProperty(
        plans,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 60 }),
        async (plan, batchSize, maxDeliveries, count) => {
          const effects = new Map<string, number>();
          const calls = new Map<string, number>();
          const { queue, clock, faults } = make(
            async (event) => {
              for (const { id } of event.deliveries) calls.set(id, (calls.get(id) ?? 0) + 1);
              if (faults.throttle()) throw new Error("throttled");
              const crash = faults.crash();
              if (crash === "before") throw new Error("died before");
              for (const { id } of event.deliveries) effects.set(id, (effects.get(id) ?? 0) + 1);
              if (crash === "after") throw new Error("died after");
              return all(event, "handled");
            },
            { batchSize, maxDeliveries },
            plan,
          );
          const sent = Array.from({ length: count }, (_, n) => queue.send(String(n)).id);
          for (let round = 0; !queue.empty && round < 200; round++) await clock.advance(5000);
          const { counters, deadLetters } = queue;
          assert.equal(queue.empty, true);
          assert.equal(counters.handled + deadLetters.size, count, "each ends once");
          assert.equal(counters.handled + counters.deadLettered, count);
          const dead = new Set(deadLetters.list().map(({ id }) => id));
          for (const id of sent) assert.ok(dead.has(id) || effects.has(id), "handled means that the handler ran");
          for (const { attempts } of deadLetters.list()) assert.equal(attempts, maxDeliveries);
          if (plan.duplicate === 0) for (const times of calls.values()) assert.ok(times <= maxDeliveries);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("meets the same faults again with the same seed", async () => {
    const run = async (seed: number) => {
      const { queue, clock, faults } = make(
        async (event) => {
          if (faults.crash()) throw new Error("died");
          return all(event, "handled");
        },
        { maxDeliveries: 2 },
        { seed, crash: 0.5, duplicate: 0.3 },
      );
      for (let n = 0; n < 40; n++) queue.send(String(n));
      for (let round = 0; round < 20; round++) await clock.advance(5000);
      return [queue.counters.delivered, queue.counters.handled, ...queue.deadLetters.list().map(({ body }) => body)];
    };
    assert.deepEqual(await run(7), await run(7));
    assert.notDeepEqual(await run(7), await run(8));
  });
});
