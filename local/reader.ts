import type { QueueEvent } from "../runtime/local/events";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { outcomesOf } from "./consumer";
import { causeOf } from "./errors";
import { Faults } from "./faults";
import type { Invoker } from "./function";
import type { Queue } from "./queue";
import { hash, type LogRecord, type Start, type Stream } from "./stream";

export interface ReaderSettings {
  readonly batchSize: number;
  /** How long a batch may wait to become full; 0 takes what is there. */
  readonly windowSeconds: number;
  /** Calls at the same time for one partition, by key. */
  readonly parallelism: number;
  readonly maxDeliveries: number;
  readonly backoffMinSeconds: number;
  readonly backoffMaxSeconds: number;
  /** Whether a batch that fails as a whole is halved. */
  readonly bisect: boolean;
  /** Older records are buried without having been tried. */
  readonly maxRecordAgeSeconds: number;
}

/** Since the reader was made. */
export interface ReaderCounters {
  /** Records handled, repeats included. */
  handled: number;
  /** Deliveries of a record after its first. */
  retried: number;
  buried: number;
  duplicatesSuppressed: number;
}

/** Records that are to be handled together, before all that lie behind them. */
interface Work {
  readonly records: readonly LogRecord[];
  readonly attempt: number;
  /** Not before this time: its backoff. */
  readonly notBefore: number;
}

/** The part of a partition that one call at a time works on. */
interface Lane {
  readonly partition: number;
  readonly number: number;
  /** Everything before it is handled or buried. */
  checkpoint: number;
  /** Where the next batch begins; between the two lies the work. */
  next: number;
  work: Work[];
  busy: boolean;
  windowEnd: number | undefined;
}

/**
 * Reads a stream for a function: each partition in order, so that records of one key are handled one after another.
 * A batch that fails is halved until the failing record stands alone; that one is retried with backoff and holds back
 * its partition meanwhile; after its last delivery it is buried with its cause and the records behind it go on.
 */
export class Reader {
  readonly counters: ReaderCounters = { handled: 0, retried: 0, buried: 0, duplicatesSuppressed: 0 };
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  #lanes: Lane[] = [];
  /** Grows when the reader begins elsewhere: what is called for the old place counts no more. */
  #epoch = 0;
  #running = 0;
  #pumping = false;
  #paused = false;
  #idleWaiters: (() => void)[] = [];

  constructor(
    private readonly stream: Stream,
    private readonly target: Invoker & { readonly timeoutSeconds: number },
    /** Has the dead letters. */
    readonly graves: Queue,
    private settings: ReaderSettings,
    private readonly clock: Clock,
    from: Start,
    private readonly faults: Faults = Faults.none,
    /** Told of each call that is settled, with ms from each record's writing to its outcome where it was handled. */
    private readonly settled: (latenciesMs: readonly number[]) => void = () => undefined,
  ) {
    this.#alarm = new Alarm(clock, () => this.#pumpSoon());
    this.#unsubscribe = stream.onChange(() => this.#pumpSoon());
    this.seek(from);
  }

  get running(): number {
    return this.#running;
  }

  /** Records that are neither handled nor buried. */
  get lag(): number {
    return this.#lanes.reduce((total, lane) => total + this.#behind(lane, lane.checkpoint), 0);
  }

  get idle(): boolean {
    return this.#running === 0 && this.#lanes.every((lane) => lane.work.length === 0 && !this.#hasMore(lane));
  }

  /** Begins again there; what was handled before is handled once more. */
  seek(from: Start): void {
    this.#epoch++;
    this.#lanes = Array.from({ length: this.stream.partitions * this.settings.parallelism }, (_, index) => {
      const partition = Math.floor(index / this.settings.parallelism);
      const offset = this.stream.offsetOf(partition, from);
      const number = index % this.settings.parallelism;
      return { partition, number, checkpoint: offset, next: offset, work: [], busy: false, windowEnd: undefined };
    });
    this.#pumpSoon();
  }

  /** Begins from the checkpoints with the new settings. */
  configure(settings: ReaderSettings): void {
    const lanes = this.#lanes;
    this.settings = settings;
    const reached = (partition: number) =>
      Math.min(...lanes.filter((lane) => lane.partition === partition).map(({ checkpoint }) => checkpoint));
    this.seek("oldest");
    for (const lane of this.#lanes) lane.checkpoint = lane.next = reached(lane.partition);
    this.#pumpSoon();
  }

  /** All backoffs end now. */
  hurry(): void {
    for (const lane of this.#lanes) lane.work = lane.work.map((work) => ({ ...work, notBefore: 0 }));
    this.#pumpSoon();
  }

  async drain(): Promise<void> {
    this.#paused = true;
    this.#unsubscribe();
    this.#alarm.cancel();
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #pumpSoon(): void {
    if (this.#pumping || this.#paused) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      for (const lane of this.#lanes) this.#pump(lane);
    });
  }

  #pump(lane: Lane): void {
    if (this.#paused || lane.busy) return;
    if (lane.work.length === 0) this.#fill(lane);
    const first = lane.work[0];
    if (!first) return;
    if (first.notBefore > this.clock.now()) this.#alarm.setIfEarlier(first.notBefore);
    else void this.#call(lane, first);
  }

  /** Takes the next batch, once it is full or has waited long enough; buries what is too old. */
  #fill(lane: Lane): void {
    const { batchSize, windowSeconds, maxRecordAgeSeconds } = this.settings;
    const now = this.clock.now();
    const batch: LogRecord[] = [];
    let next = lane.next;
    while (batch.length < batchSize) {
      const read = this.stream.read(lane.partition, next, batchSize);
      if (read.length === 0) break;
      for (const record of read) {
        if (batch.length === batchSize) break;
        next = record.offset + 1;
        if (!this.#isOf(lane, record)) continue;
        if (now - record.at <= maxRecordAgeSeconds * 1000) batch.push(record);
        else this.#bury(record, `Expired: older than ${maxRecordAgeSeconds} s when its turn came`, 0);
      }
    }
    lane.next = lane.checkpoint = batch[0]?.offset ?? next;
    if (batch.length === 0) return;
    if (windowSeconds > 0 && batch.length < batchSize) {
      lane.windowEnd ??= now + windowSeconds * 1000;
      if (now < lane.windowEnd) {
        this.#alarm.setIfEarlier(lane.windowEnd);
        return;
      }
    }
    lane.windowEnd = undefined;
    lane.next = next;
    const late = this.faults.delayMs();
    lane.work.push({ records: batch, attempt: 1, notBefore: late > 0 ? now + late : 0 });
    // A fault's repeat: the checkpoint was lost, so the same batch comes again before what lies behind it.
    if (this.faults.duplicate()) lane.work.push({ records: batch, attempt: 1, notBefore: 0 });
  }

  async #call(lane: Lane, work: Work): Promise<void> {
    const epoch = this.#epoch;
    lane.busy = true;
    this.#running++;
    this.counters.retried += work.attempt > 1 ? work.records.length : 0;
    const deliveries = work.records.map(({ partition, offset, key, body, at, traceparent }) => ({
      id: `${this.stream.name}/${partition}/${offset}`,
      body,
      attempt: work.attempt,
      sentAt: at,
      traceparent,
      key,
    }));
    const event: QueueEvent = { deliveries, timeoutMs: this.target.timeoutSeconds * 1000 };
    let outcomes: ReturnType<typeof outcomesOf>;
    let error = "";
    try {
      outcomes = outcomesOf(await this.target.invoke(event), deliveries.length);
      if (!outcomes) error = "InvalidReply: the function did not answer with one outcome for each record";
    } catch (thrown) {
      error = causeOf(thrown);
    }
    this.#running--;
    lane.busy = false;
    if (epoch === this.#epoch) this.#settle(lane, work, outcomes, error);
    if (this.#running === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    this.#pumpSoon();
  }

  #settle(lane: Lane, work: Work, outcomes: ReturnType<typeof outcomesOf>, error: string): void {
    const now = this.clock.now();
    const latencies: number[] = [];
    const failed: { readonly record: LogRecord; readonly error: string }[] = [];
    for (const [index, record] of work.records.entries()) {
      const outcome = outcomes?.[index] ?? { kind: "failed" as const, error };
      if (outcome.kind === "failed") failed.push({ record, error: outcome.error });
      else {
        this.counters.handled++;
        if (outcome.kind === "duplicate") this.counters.duplicatesSuppressed++;
        latencies.push(now - record.at);
      }
    }
    lane.work.shift();
    lane.work.unshift(...this.#after(work, failed));
    if (lane.work.length === 0) lane.checkpoint = lane.next;
    this.settled(latencies);
  }

  /** What is to be done before the rest, given what failed. */
  #after(work: Work, failed: readonly { readonly record: LogRecord; readonly error: string }[]): Work[] {
    if (failed.length === 0) return [];
    const whole = failed.length === work.records.length;
    if (whole && failed.length > 1 && this.settings.bisect) {
      const middle = work.records.length >> 1;
      // Halving is not a delivery that counts: nothing is known yet about any single record.
      return [work.records.slice(0, middle), work.records.slice(middle)].map((records) => ({ ...work, records }));
    }
    if (work.attempt >= this.settings.maxDeliveries) {
      for (const { record, error } of failed) this.#bury(record, error, work.attempt);
      return [];
    }
    const { backoffMinSeconds, backoffMaxSeconds } = this.settings;
    const seconds = Math.min(backoffMaxSeconds, backoffMinSeconds * 2 ** (work.attempt - 1));
    const again = { attempt: work.attempt + 1, notBefore: this.clock.now() + seconds * 1000 };
    if (whole && !this.settings.bisect) return [{ records: work.records, ...again }];
    return failed.map(({ record }) => ({ records: [record], ...again }));
  }

  #bury({ partition, offset, key, body, at, traceparent }: LogRecord, error: string, attempts: number): void {
    const id = `${this.stream.name}/${partition}/${offset}`;
    this.counters.buried++;
    this.graves.bury({ id, body, error, attempts, traceparent, firstSentAt: at, key });
  }

  #isOf(lane: Lane, record: LogRecord): boolean {
    const { parallelism } = this.settings;
    return parallelism === 1 || Math.floor(hash(record.key) / this.stream.partitions) % parallelism === lane.number;
  }

  #hasMore(lane: Lane): boolean {
    return this.#behind(lane, lane.next) > 0;
  }

  /** Records of a lane from `offset` on. */
  #behind(lane: Lane, offset: number): number {
    const { partition } = lane;
    const from = Math.max(offset, this.stream.offsetOf(partition, "oldest"));
    const count = this.stream.offsetOf(partition, "latest") - from;
    if (count === 0 || this.settings.parallelism === 1) return count;
    return this.stream.read(partition, from, count).filter((record) => this.#isOf(lane, record)).length;
  }
}
