/** A small local cloud without threads: the engine's own queues, streams and buses, a clock that is turned, faults from a seed. */
import { TurnableClock } from "../../local/clock";
import { Consumer } from "../../local/consumer";
import { type FaultPlan, Faults } from "../../local/faults";
import { Queue, type QueueSettings } from "../../local/queue";
import { Reader, type ReaderSettings } from "../../local/reader";
import type { Start, Stream } from "../../local/stream";
import type { QueueEvent } from "../../runtime/local/events";

export const seeds = 200;

/** Runs a scenario with every seed, or with the one that SEED names; an error names its seed. */
export function everySeed(scenario: (world: World) => Promise<void>): () => Promise<void> {
  const only = process.env.SEED;
  const all = only === undefined ? Array.from({ length: seeds }, (_, seed) => seed) : [Number(only)];
  return async () => {
    for (const seed of all) {
      try {
        await scenario(new World(seed));
      } catch (error) {
        if (error instanceof Error) error.message = `seed ${seed} (SEED=${seed} runs it alone): ${error.message}`;
        throw error;
      }
    }
  };
}

type Delivery = QueueEvent["deliveries"][number];

/** What a handler does with one message or record; throwing fails it. */
export type Handle = (delivery: Delivery) => void;

export class World {
  readonly clock = new TurnableClock(Date.UTC(2026, 0, 1));
  readonly faults: Faults;
  readonly #busy: (() => boolean)[] = [];

  constructor(readonly seed: number) {
    const draw = (salt: number) => ((seed * 2_654_435_761 + salt * 40_503) % 1000) / 1000;
    const plan: FaultPlan = {
      seed,
      duplicate: 0.3 * draw(1),
      delay: 0.3 * draw(2),
      delaySeconds: 20,
      reorder: 0.5 * draw(3),
      crash: 0.3 * draw(4),
      throttle: 0.2 * draw(5),
    };
    this.faults = new Faults(plan);
  }

  /** Uniform in [0, 1), of this seed. */
  draw(salt: number): number {
    const mixed = Math.imul(this.seed * 31 + salt + 1, 0x9e3779b1) >>> 0;
    return (((mixed ^ (mixed >>> 15)) >>> 0) % 10_000) / 10_000;
  }

  /** A function: may be refused, may die before or after its work, takes a while. */
  function(handle: Handle, partial = true) {
    return {
      timeoutSeconds: 30,
      invoke: async (event: unknown) => {
        const { deliveries } = event as QueueEvent;
        if (this.faults.throttle()) throw new Error("throttled");
        const crash = this.faults.crash();
        if (crash === "before") throw new Error("died before");
        await new Promise<void>((resolve) => this.clock.schedule(this.clock.now() + 5, resolve));
        const outcomes = deliveries.map((delivery) => {
          try {
            handle(delivery);
            return { kind: "handled" as const };
          } catch (error) {
            if (!partial) throw error;
            return { kind: "failed" as const, error: String(error) };
          }
        });
        if (crash === "after") throw new Error("died after");
        return { outcomes };
      },
    };
  }

  queue(more: Partial<QueueSettings> = {}): Queue {
    const settings: QueueSettings = {
      visibilityTimeoutSeconds: 200,
      maxDeliveries: 5,
      retentionSeconds: 86_400,
      maxMessageBytes: 10_000,
      backoffMinSeconds: 1,
      backoffMaxSeconds: 8,
      deadLetterRetentionSeconds: 864_000,
      ...more,
    };
    return new Queue("q", settings, this.clock, this.faults);
  }

  consume(queue: Queue, handle: Handle, batchSize = 1): Consumer {
    const settings = { batchSize, windowSeconds: 0, maxConcurrency: 4 };
    const consumer = new Consumer(queue, this.function(handle), settings, this.clock);
    this.#busy.push(() => !queue.empty || consumer.running > 0);
    return consumer;
  }

  read(
    stream: Stream,
    graves: Queue,
    handle: Handle,
    more: Partial<ReaderSettings> = {},
    from: Start = "oldest",
  ): Reader {
    const settings: ReaderSettings = {
      batchSize: 1 + Math.floor(this.draw(9) * 8),
      windowSeconds: 0,
      parallelism: 1,
      maxDeliveries: 5,
      backoffMinSeconds: 1,
      backoffMaxSeconds: 8,
      bisect: true,
      maxRecordAgeSeconds: 86_400,
      ...more,
    };
    // Half of the seeds fail a batch as a whole, the others by record.
    const target = this.function(handle, this.seed % 2 === 0);
    const reader = new Reader(stream, target, graves, settings, this.clock, from, this.faults);
    this.#busy.push(() => !reader.idle);
    return reader;
  }

  /** Turns the clock until nothing is left to do. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5000; round++) {
      await this.clock.advance(round < 50 ? 200 : 5000);
      if (!this.#busy.some((busy) => busy())) return;
    }
    throw new Error("it does not come to rest");
  }
}
