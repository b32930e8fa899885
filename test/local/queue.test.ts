import assert from "node:assert/strict";
import fc from "fast-check";
import { TurnableClock } from "../../local/clock";
import { type FaultPlan, Faults } from "../../local/faults";
import type { Received } from "../../local/message";
import { Queue, type QueueSettings } from "../../local/queue";

const settings: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  maxDeliveries: 3,
  retentionSeconds: 3600,
  maxMessageBytes: 100,
  backoffMinSeconds: 2,
  backoffMaxSeconds: 5,
  deadLetterRetentionSeconds: 7200,
};

function make(more: Partial<QueueSettings> = {}, plan?: FaultPlan) {
  const clock = new TurnableClock();
  const queue = new Queue("q", { ...settings, ...more }, clock, plan ? new Faults(plan) : Faults.none);
  return { clock, queue };
}

function one(queue: Queue): Received {
  const [message] = queue.receive(1);
  assert.ok(message, "a message is visible");
  return message;
}

describe("local queue", () => {
  it("hides a received message for the visibility timeout and counts deliveries", async () => {
    const { clock, queue } = make({ backoffMinSeconds: 0, backoffMaxSeconds: 0 });
    queue.send("a");
    assert.equal(one(queue).attempt, 1);
    await clock.advance(29_999);
    assert.deepEqual(queue.receive(1), []);
    await clock.advance(1);
    assert.equal(one(queue).attempt, 2);
  });

  it("waits twice as long after each failure, from the least backoff to the most", async () => {
    const { clock, queue } = make({ maxDeliveries: 10 });
    queue.send("a");
    for (const seconds of [2, 4, 5, 5]) {
      const { id, receipt } = one(queue);
      queue.failed(id, receipt, "Error: no");
      await clock.advance(seconds * 1000 - 1);
      assert.deepEqual(queue.receive(1), [], `still hidden just before ${seconds} s`);
      await clock.advance(1);
    }
    assert.equal(one(queue).attempt, 5);
  });

  it("dead-letters at the last failed delivery, with cause, attempts, trace and times", async () => {
    const { clock, queue } = make({ maxDeliveries: 2 });
    const sentAt = clock.now();
    const { id } = queue.send("body", { traceparent: "00-trace" });
    for (const error of ["Error: first", "Error: last"]) {
      const delivery = one(queue);
      queue.failed(delivery.id, delivery.receipt, error);
      await clock.advance(5000);
    }
    assert.deepEqual(queue.deadLetters.list(), [
      {
        id,
        body: "body",
        error: "Error: last",
        attempts: 2,
        traceparent: "00-trace",
        firstSentAt: sentAt,
        deadAt: sentAt + 5000,
        redrives: 0,
        key: undefined,
      },
    ]);
    assert.equal(queue.empty, true);
  });

  it("counts a delivery whose visibility timeout passes as failed", async () => {
    const { clock, queue } = make({ maxDeliveries: 1 });
    queue.send("a");
    one(queue);
    await clock.advance(30_000);
    assert.match(queue.deadLetters.list()[0]?.error ?? "", /VisibilityTimeout: .*30 s/);
  });

  it("settles nothing by a receipt that is not of the latest delivery", async () => {
    const { clock, queue } = make({ backoffMinSeconds: 0, backoffMaxSeconds: 0 });
    queue.send("a");
    const first = one(queue);
    await clock.advance(30_000);
    assert.equal(queue.handled(first.id, first.receipt), false, "it is visible again");
    const second = one(queue);
    assert.equal(queue.handled(first.id, first.receipt), false);
    assert.equal(queue.handled(second.id, second.receipt), true);
    assert.equal(queue.handled(second.id, second.receipt), false, "a second time");
    assert.equal(queue.counters.handled, 1);
  });

  it("refuses a message above the limit in bytes, and takes one at it", () => {
    const { queue } = make();
    queue.send("x".repeat(100));
    assert.throws(() => queue.send("ä".repeat(51)), { name: "MessageTooLarge", message: /102 bytes.*100/ });
    assert.equal(queue.counters.sent, 1);
  });

  it("moves what outlives its retention to the dead letters, but lets a delivery that runs finish", async () => {
    const { clock, queue } = make({ retentionSeconds: 10 });
    queue.send("waits");
    await clock.advance(9000);
    assert.equal(queue.deadLetters.size, 0);
    queue.send("runs");
    await clock.advance(1000);
    assert.equal(queue.counters.expired, 1);
    assert.match(queue.deadLetters.list()[0]?.error ?? "", /Expired.*10 s/);
    const running = one(queue);
    await clock.advance(20_000);
    assert.equal(queue.handled(running.id, running.receipt), true);
    assert.equal(queue.counters.expired, 1);
  });

  it("drops dead letters after their own retention, counted from death", async () => {
    const { clock, queue } = make({ maxDeliveries: 1 });
    for (const gap of [0, 1000]) {
      await clock.advance(gap);
      queue.send("a");
      const { id, receipt } = one(queue);
      queue.failed(id, receipt, "x");
    }
    await clock.advance(7_199_000);
    assert.equal(queue.deadLetters.size, 1);
    await clock.advance(1000);
    assert.equal(queue.deadLetters.size, 0);
    assert.equal(queue.deadLetters.dropped, 2);
  });

  it("redrives the named or all, with the count reset and a mark, under the same id", () => {
    const { queue } = make({ maxDeliveries: 1 });
    const ids = ["a", "b", "c"].map((body) => queue.send(body).id);
    for (const { id, receipt } of queue.receive(3)) queue.failed(id, receipt, "x");
    assert.equal(queue.redrive([ids[1] ?? "", "unknown"]), 1);
    const again = one(queue);
    assert.deepEqual([again.id, again.attempt, again.redrives, again.body], [ids[1], 1, 1, "b"]);
    assert.equal(queue.redrive(), 2);
    assert.equal(queue.deadLetters.size, 0);
    queue.failed(again.id, again.receipt, "again");
    assert.equal(queue.deadLetters.get(again.id)?.redrives, 1);
  });

  it("purges messages wherever they are, and leaves dead letters", () => {
    const { queue } = make({ maxDeliveries: 1 });
    for (let n = 0; n < 4; n++) queue.send(String(n));
    const [dead, inFlight] = queue.receive(2);
    assert.ok(dead && inFlight);
    queue.failed(dead.id, dead.receipt, "x");
    assert.equal(queue.purge(), 3);
    assert.equal(queue.handled(inFlight.id, inFlight.receipt), false);
    assert.deepEqual([queue.empty, queue.deadLetters.size], [true, 1]);
  });

  it("hurries messages in backoff, not those in flight", () => {
    const { queue } = make();
    queue.send("backs off");
    const failed = one(queue);
    queue.failed(failed.id, failed.receipt, "x");
    queue.send("in flight");
    one(queue);
    queue.hurry();
    assert.equal(one(queue).body, "backs off");
    assert.deepEqual(queue.receive(1), []);
  });

  it("forgets the timeouts of thousands of settled messages, and not that of one that is still out", async () => {
    const { clock, queue } = make();
    queue.send("still out");
    const out = one(queue);
    for (let n = 0; n < 10_000; n++) {
      queue.send("settled");
      const { id, receipt } = one(queue);
      queue.handled(id, receipt);
    }
    await clock.advance(30_000);
    assert.equal(queue.counters.retried, 1);
    await clock.advance(2000);
    assert.equal(one(queue).id, out.id);
  });

  it("loses nothing and settles each message once, whatever the order of things and the faults", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: "send" as const }) },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("receive" as const), max: fc.integer({ min: 1, max: 5 }) }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("handled" as const), at: fc.nat(20) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("failed" as const), at: fc.nat(20) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: "redrive" as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: "hurry" as const }) },
    );
    const chance = fc.constantFrom(0, 0.2, 0.7);
    const plan = fc.record({ seed: fc.nat(), duplicate: chance, delay: chance, reorder: chance });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        plan,
        fc.integer({ min: 1, max: 4 }),
        async (steps, faults, maxDeliveries) => {
          const { clock, queue } = make({ maxDeliveries }, faults);
          const sent = new Set<string>();
          const handled = new Map<string, number>();
          const deliveries = new Map<string, number>();
          const held: Received[] = [];
          const receive = (max: number) => {
            for (const delivery of queue.receive(max)) {
              held.push(delivery);
              if (delivery.receipt.endsWith("#repeat")) continue; // a fault's own, beyond the count
              const life = `${delivery.id}.${delivery.redrives}`;
              deliveries.set(life, (deliveries.get(life) ?? 0) + 1);
              assert.equal(delivery.attempt, deliveries.get(life));
            }
          };
          const settle = ({ id, receipt }: Received, well: boolean) => {
            if (!well) queue.failed(id, receipt, "Error: no");
            else if (queue.handled(id, receipt)) handled.set(id, (handled.get(id) ?? 0) + 1);
          };
          for (const action of steps) {
            if (action.kind === "send") sent.add(queue.send("x").id);
            else if (action.kind === "receive") receive(action.max);
            else if (action.kind === "advance") await clock.advance(action.ms);
            else if (action.kind === "redrive") queue.redrive();
            else if (action.kind === "hurry") queue.hurry();
            else {
              const [delivery] = held.splice(action.at % Math.max(1, held.length), 1);
              if (delivery) settle(delivery, action.kind === "handled");
            }
            const { visible, inFlight, delayed } = queue.depth();
            const { counters } = queue;
            const living = counters.sent + counters.redriven - counters.handled - counters.deadLettered;
            assert.equal(visible + inFlight + delayed, living, "the books agree with the queue");
          }
          for (let round = 0; !queue.empty; round++) {
            assert.ok(round < 1000, "the queue empties");
            receive(10);
            for (const delivery of held.splice(0)) settle(delivery, true);
            await clock.advance(10_000);
          }
          const dead = new Set(queue.deadLetters.list().map(({ id }) => id));
          for (const id of sent) assert.equal((handled.get(id) ?? 0) + (dead.has(id) ? 1 : 0), 1, "exactly one end");
          assert.equal(handled.size + dead.size, sent.size, "no message from nowhere");
          for (const count of deliveries.values()) assert.ok(count <= maxDeliveries);
          queue.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});
