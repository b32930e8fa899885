import type { QueueEvent, QueueReply } from "../runtime/local/events";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { causeOf } from "./errors";
import type { Invoker } from "./function";
import type { Received } from "./message";
import type { Queue } from "./queue";

export interface ConsumerSettings {
  readonly batchSize: number;
  /** How long a batch may wait to become full; 0 takes what is there. */
  readonly windowSeconds: number;
  /** Calls at the same time. */
  readonly maxConcurrency: number;
}

/**
 * An event source mapping: takes batches from a queue, calls a function with each, settles every message by its own
 * outcome. Sleeps until the queue says that something has become visible; it never polls.
 */
export class Consumer {
  #running = 0;
  #windowStart: number | undefined;
  #pumping = false;
  #paused = false;
  readonly #window: Alarm;
  readonly #unsubscribe: () => void;
  #idleWaiters: (() => void)[] = [];

  constructor(
    readonly queue: Queue,
    private readonly target: Invoker & { readonly timeoutSeconds: number },
    private settings: ConsumerSettings,
    private readonly clock: Clock,
    /** Told of each batch that is settled, with ms from each message's sending to its outcome where it was handled. */
    private readonly settled: (latenciesMs: readonly number[]) => void = () => undefined,
  ) {
    this.#window = new Alarm(clock, () => this.#pumpSoon());
    this.#unsubscribe = queue.onChange(() => this.#pumpSoon());
    this.#pumpSoon();
  }

  get running(): number {
    return this.#running;
  }

  configure(settings: ConsumerSettings): void {
    this.settings = settings;
    this.#pumpSoon();
  }

  /** Takes nothing more; resolves when all calls that run have been settled. */
  async drain(): Promise<void> {
    this.#paused = true;
    this.#unsubscribe();
    this.#window.cancel();
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** After everything that happens in this turn, so that messages sent together can make one batch. */
  #pumpSoon(): void {
    if (this.#pumping || this.#paused) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { batchSize, windowSeconds, maxConcurrency } = this.settings;
    while (!this.#paused && this.#running < maxConcurrency && this.queue.waiting > 0) {
      if (windowSeconds > 0 && this.queue.waiting < batchSize && !this.#windowOver()) return;
      this.#windowStart = undefined;
      const batch = this.queue.receive(batchSize);
      if (batch.length > 0) void this.#call(batch);
    }
  }

  #windowOver(): boolean {
    this.#windowStart ??= this.clock.now();
    const end = this.#windowStart + this.settings.windowSeconds * 1000;
    if (this.clock.now() >= end) return true;
    this.#window.setIfEarlier(end);
    return false;
  }

  async #call(batch: readonly Received[]): Promise<void> {
    this.#running++;
    const deliveries = batch.map(({ id, body, attempt, sentAt, traceparent, key }) => ({
      id,
      body,
      attempt,
      sentAt,
      traceparent,
      key,
    }));
    const event: QueueEvent = { deliveries, timeoutMs: this.target.timeoutSeconds * 1000 };
    let outcomes: QueueReply["outcomes"] | undefined;
    let error = "";
    try {
      outcomes = outcomesOf(await this.target.invoke(event), batch.length);
      if (!outcomes) error = "InvalidReply: the function did not answer with one outcome for each message";
    } catch (thrown) {
      error = causeOf(thrown);
    }
    this.#running--;
    this.#settle(batch, outcomes, error);
    if (this.#running === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    this.#pumpSoon();
  }

  #settle(batch: readonly Received[], outcomes: QueueReply["outcomes"] | undefined, error: string): void {
    const now = this.clock.now();
    const latencies: number[] = [];
    for (const [index, { id, receipt, sentAt }] of batch.entries()) {
      const outcome = outcomes?.[index] ?? { kind: "failed" as const, error };
      if (outcome.kind === "failed") {
        this.queue.failed(id, receipt, outcome.error);
        continue;
      }
      if (outcome.kind === "duplicate") this.queue.counters.duplicatesSuppressed++;
      if (this.queue.handled(id, receipt)) latencies.push(now - sentAt);
    }
    this.settled(latencies);
  }
}

/** A wrong answer must not count as success. */
export function outcomesOf(reply: unknown, count: number): QueueReply["outcomes"] | undefined {
  const outcomes = (reply as Partial<QueueReply> | undefined)?.outcomes;
  if (!Array.isArray(outcomes) || outcomes.length !== count) return undefined;
  const known = (kind: unknown) => kind === "handled" || kind === "duplicate" || kind === "failed";
  return outcomes.every((outcome) => known(outcome?.kind)) ? outcomes : undefined;
}
