import { randomUUID } from "node:crypto";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { type DeadLetter, DeadLetters } from "./dead-letters";
import { LocalCloudError } from "./errors";
import { Faults } from "./faults";
import { Fifo } from "./fifo";
import { Heap } from "./heap";
import {
  noCounters,
  outside,
  type QueueCounters,
  type QueueDepth,
  type Received,
  receiptOf,
  type SendOptions,
  type State,
  type Stored,
} from "./message";

export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly maxDeliveries: number;
  readonly retentionSeconds: number;
  readonly maxMessageBytes: number;
  readonly backoffMinSeconds: number;
  readonly backoffMaxSeconds: number;
  readonly deadLetterRetentionSeconds: number;
  /** How long a deduplication id is known; undefined: not at all. */
  readonly deduplicationSeconds?: number | undefined;
  /** Longest delay that a sender may ask for. Default 0. */
  readonly maxDelaySeconds?: number | undefined;
}

interface Wake {
  readonly at: number;
  readonly message: Stored;
  readonly epoch: number;
}

/** How far a reordering fault reaches, in messages. */
const reorderReach = 16;

/**
 * A queue: at least once; messages of one key in order, one at a time, and others in no promised order. A message stays
 * until it is handled, or it goes to the dead letters after `maxDeliveries` failed deliveries or when its retention is
 * over. All operations take constant or logarithmic time.
 */
export class Queue {
  readonly counters: QueueCounters = noCounters();
  readonly deadLetters: DeadLetters;
  /** In the order they entered, which is the order in which their retention ends. */
  readonly #messages = new Map<string, Stored>();
  readonly #visible = new Fifo<{ readonly message: Stored; readonly epoch: number; readonly repeat: boolean }>();
  readonly #hidden = new Heap<Wake>((a, b) => a.at - b.at);
  readonly #counts: Record<State, number> = { visible: 0, inFlight: 0, delayed: 0, held: 0 };
  /** Messages of one key, in order; only the first of them is ever visible, in flight or in backoff. */
  readonly #lines = new Map<string, Fifo<Stored>>();
  readonly #sent = new Map<string, { readonly id: string; readonly until: number }>();
  readonly #wake: Alarm;
  readonly #expiry: Alarm;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly name: string,
    private settings: QueueSettings,
    private readonly clock: Clock,
    private readonly faults: Faults = Faults.none,
  ) {
    this.#wake = new Alarm(clock, () => this.#wakeDue());
    this.#expiry = new Alarm(clock, () => this.#expireDue());
    this.deadLetters = new DeadLetters(clock, settings.deadLetterRetentionSeconds);
  }

  /** Changed settings hold for deliveries from now on; messages that are hidden already keep their time. */
  configure(settings: QueueSettings): void {
    this.settings = settings;
    this.deadLetters.configure(settings.deadLetterRetentionSeconds);
    this.#expireDue();
  }

  get maxMessageBytes(): number {
    return this.settings.maxMessageBytes;
  }

  get visibilityTimeoutSeconds(): number {
    return this.settings.visibilityTimeoutSeconds;
  }

  /** Whether nothing waits here and nothing is being worked on; dead letters do not count. */
  get empty(): boolean {
    return this.#messages.size === 0 && this.#visible.size === 0;
  }

  /** Entries that a receive would look at now. */
  get waiting(): number {
    return this.#visible.size;
  }

  /** Calls `fn` whenever a message has become visible or has left. Returns how to stop that. */
  onChange(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  send(body: string, options: SendOptions = {}): { readonly id: string } {
    const bytes = Buffer.byteLength(body);
    if (bytes > this.settings.maxMessageBytes) {
      const message = `the message has ${bytes} bytes; this queue accepts ${this.settings.maxMessageBytes}`;
      throw new LocalCloudError("MessageTooLarge", message);
    }
    const { traceparent, key, deduplicationId, delaySeconds = 0 } = options;
    const longest = this.settings.maxDelaySeconds ?? 0;
    if (delaySeconds > longest || delaySeconds < 0) {
      throw new LocalCloudError(
        "InvalidInput",
        `a delay of ${delaySeconds} s; this queue holds back for up to ${longest}`,
      );
    }
    const known = this.#repeated(deduplicationId);
    if (known !== undefined) {
      this.counters.deduplicated++;
      return { id: known };
    }
    const now = this.clock.now();
    this.counters.sent++;
    const id = randomUUID();
    if (deduplicationId !== undefined && this.settings.deduplicationSeconds !== undefined)
      this.#sent.set(deduplicationId, { id, until: now + this.settings.deduplicationSeconds * 1000 });
    return this.#enter({ id, body, sentAt: now, enteredAt: now, traceparent, redrives: 0, key }, delaySeconds * 1000);
  }

  /** Takes a message that died before it entered: a record of a stream, which has no dead letters of its own. */
  bury(letter: Omit<DeadLetter, "deadAt" | "redrives">): void {
    this.counters.sent++;
    this.counters.deadLettered++;
    this.deadLetters.add({ ...letter, deadAt: this.clock.now(), redrives: 0 });
    this.#changed();
  }

  /** Up to `max` visible messages, each hidden from now on for the visibility timeout. */
  receive(max: number): Received[] {
    const received: Received[] = [];
    while (received.length < max && this.#visible.size > 0) {
      const offset = this.faults.reorder(Math.min(reorderReach, this.#visible.size - 1));
      if (offset > 0) this.#visible.swapFirst(offset);
      const entry = this.#visible.shift();
      if (entry === undefined) break;
      const { message } = entry;
      if (entry.repeat) {
        // A fault's extra delivery: its receipt settles nothing, the books know the message's own delivery only.
        received.push({ ...outside(message), receipt: `${message.id}#repeat` });
        continue;
      }
      if (entry.epoch !== message.epoch) continue; // left, or was dealt with, since it was listed
      message.attempts++;
      this.#move(message, "inFlight");
      this.#hide(message, this.settings.visibilityTimeoutSeconds * 1000);
      // A repeat of an ordered message would be a second one of its key at the same time: no cloud does that.
      if (message.key === undefined && this.faults.duplicate())
        this.#visible.push({ message, epoch: message.epoch, repeat: true });
      received.push(outside(message));
    }
    this.counters.delivered += received.length;
    return received;
  }

  /** The message is handled and leaves. False when the receipt is not of its latest delivery: nothing happens then. */
  handled(id: string, receipt: string): boolean {
    const message = this.#held(id, receipt);
    if (message === undefined) return false;
    this.#leave(message);
    this.counters.handled++;
    this.#changed();
    return true;
  }

  /** The delivery failed: the message comes back after its backoff, or is dead-lettered when this was the last. */
  failed(id: string, receipt: string, error: string): boolean {
    const message = this.#held(id, receipt);
    if (message === undefined) return false;
    this.#retry(message, error);
    this.#changed();
    return true;
  }

  /** All messages in backoff become visible now, as if their time had passed. */
  hurry(): void {
    for (const message of this.#messages.values()) if (message.state === "delayed") this.#show(message);
    this.#changed();
  }

  /** Sends dead letters back, with a receive count of 0 and one more redrive. All of them without `ids`. */
  redrive(ids?: readonly string[]): number {
    const letters = this.deadLetters.take(ids);
    for (const { id, body, firstSentAt, traceparent, redrives, key } of letters) {
      this.counters.redriven++;
      const enteredAt = this.clock.now();
      this.#enter({ id, body, sentAt: firstSentAt, enteredAt, traceparent, redrives: redrives + 1, key });
    }
    return letters.length;
  }

  /** Deletes every message, in flight or not. Dead letters stay. */
  purge(): number {
    const count = this.#messages.size;
    // From the back, so that nobody's leaving shows the next in line.
    for (const message of [...this.#messages.values()].reverse()) this.#leave(message);
    this.#lines.clear();
    this.#visible.clear();
    this.counters.purged += count;
    this.#changed();
    return count;
  }

  depth(): QueueDepth {
    const oldest: Stored | undefined = this.#messages.values().next().value;
    const { held, delayed, ...counts } = this.#counts;
    return {
      ...counts,
      delayed: delayed + held,
      deadLetters: this.deadLetters.size,
      oldestAgeMs: oldest ? Math.max(0, Math.round(this.clock.now() - oldest.enteredAt)) : 0,
    };
  }

  close(): void {
    this.#wake.cancel();
    this.#expiry.cancel();
    this.deadLetters.close();
    this.#listeners.clear();
  }

  #enter(content: Omit<Stored, "attempts" | "state" | "epoch">, askedMs = 0): { readonly id: string } {
    const message: Stored = { ...content, attempts: 0, state: "held", epoch: 0 };
    this.#messages.set(message.id, message);
    this.#counts.held++;
    this.#expiry.setIfNone(message.enteredAt + this.settings.retentionSeconds * 1000);
    if (!this.#isNext(message)) return { id: message.id };
    const delay = askedMs + this.faults.delayMs();
    if (delay > 0) {
      this.#move(message, "delayed");
      this.#hide(message, delay);
    } else {
      this.#show(message);
      this.#changed();
    }
    return { id: message.id };
  }

  /** Lines up a message that has a key. True for whoever stands at the front. */
  #isNext(message: Stored): boolean {
    if (message.key === undefined) return true;
    const line = this.#lines.get(message.key) ?? new Fifo<Stored>();
    this.#lines.set(message.key, line);
    line.push(message);
    return line.first === message;
  }

  /** The id under which this message was sent before, within the window. Forgets what is older. */
  #repeated(deduplicationId: string | undefined): string | undefined {
    if (deduplicationId === undefined) return undefined;
    const now = this.clock.now();
    for (const [id, { until }] of this.#sent) {
      if (until > now) break;
      this.#sent.delete(id);
    }
    return this.#sent.get(deduplicationId)?.id;
  }

  #retry(message: Stored, error: string): void {
    if (message.attempts >= this.settings.maxDeliveries) {
      this.#bury(message, error);
      return;
    }
    if (this.#isExpired(message)) {
      this.#expire(message);
      return;
    }
    this.counters.retried++;
    this.#move(message, "delayed");
    const { backoffMinSeconds, backoffMaxSeconds } = this.settings;
    const seconds = Math.min(backoffMaxSeconds, backoffMinSeconds * 2 ** (message.attempts - 1));
    if (seconds > 0) this.#hide(message, seconds * 1000);
    else this.#show(message);
  }

  #bury(message: Stored, error: string): void {
    const { id, body, attempts, traceparent, sentAt, redrives, key } = message;
    const letter: DeadLetter = {
      id,
      body,
      error,
      attempts,
      traceparent,
      firstSentAt: sentAt,
      deadAt: this.clock.now(),
      redrives,
      key,
    };
    this.deadLetters.add(letter);
    this.#leave(message);
    this.counters.deadLettered++;
  }

  #expire(message: Stored): void {
    this.counters.expired++;
    this.#bury(message, `Expired: not handled within the queue's retention of ${this.settings.retentionSeconds} s`);
  }

  #isExpired(message: Stored): boolean {
    return message.enteredAt + this.settings.retentionSeconds * 1000 <= this.clock.now();
  }

  #move(message: Stored, state: State): void {
    this.#counts[message.state]--;
    this.#counts[state]++;
    message.state = state;
    message.epoch++;
  }

  #leave(message: Stored): void {
    this.#counts[message.state]--;
    message.epoch++;
    this.#messages.delete(message.id);
    if (message.key !== undefined) this.#letNext(message.key);
  }

  /** After somebody has left: the first of the line who is still here is shown. */
  #letNext(key: string): void {
    const line = this.#lines.get(key);
    for (let next = line?.first; next; next = line?.first) {
      if (this.#messages.get(next.id) !== next) line?.shift();
      else {
        if (next.state === "held") this.#show(next);
        return;
      }
    }
    this.#lines.delete(key);
  }

  #show(message: Stored): void {
    this.#move(message, "visible");
    this.#visible.push({ message, epoch: message.epoch, repeat: false });
  }

  #hide(message: Stored, ms: number): void {
    const at = this.clock.now() + ms;
    this.#hidden.push({ at, message, epoch: message.epoch });
    // Messages that were settled in time leave a stale entry behind; together they must not outgrow the living ones.
    if (this.#hidden.size > 1024 + 2 * (this.#counts.inFlight + this.#counts.delayed)) {
      this.#hidden.retain((wake) => wake.epoch === wake.message.epoch);
    }
    this.#wake.setIfEarlier(at);
  }

  #held(id: string, receipt: string): Stored | undefined {
    const message = this.#messages.get(id);
    return message?.state === "inFlight" && receiptOf(message) === receipt ? message : undefined;
  }

  #wakeDue(): void {
    const now = this.clock.now();
    for (let wake = this.#hidden.peek(); wake; wake = this.#hidden.peek()) {
      const { message, epoch, at } = wake;
      if (epoch === message.epoch && at > now) break;
      this.#hidden.pop();
      if (epoch !== message.epoch) continue;
      if (message.state === "delayed") this.#show(message);
      else this.#retry(message, `VisibilityTimeout: not settled within ${this.settings.visibilityTimeoutSeconds} s`);
    }
    const next = this.#hidden.peek();
    if (next) this.#wake.setIfEarlier(next.at);
    this.#changed();
  }

  /** What is in flight when its retention ends may still be handled; it expires when that delivery fails. */
  #expireDue(): void {
    const retention = this.settings.retentionSeconds * 1000;
    const now = this.clock.now();
    let next: number | undefined;
    for (const message of this.#messages.values()) {
      if (message.enteredAt + retention > now) {
        next = message.enteredAt + retention;
        break;
      }
      if (message.state !== "inFlight") this.#expire(message);
    }
    this.#expiry.cancel();
    if (next !== undefined) this.#expiry.setIfNone(next);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
