import type { CloudEvent } from "../runtime/event";
import { type Filter, matches } from "../runtime/filter";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { LocalCloudError } from "./errors";
import { Fifo } from "./fifo";
import type { Queue } from "./queue";

export interface BusSettings {
  readonly maxEventBytes: number;
  /** How long what was published can be replayed; 0: not at all. */
  readonly archiveSeconds: number;
  /** Whether events of one subject keep their order in the subscriptions' queues. */
  readonly ordered: boolean;
}

/** Which events go to which queue. */
export interface Rule {
  readonly types: readonly string[];
  readonly filter?: Filter | undefined;
  readonly queue: Queue;
}

interface Archived {
  readonly event: CloudEvent;
  /** ms since the epoch. */
  readonly at: number;
}

/** Of what was published from `from` on and before `to`; both in ms. */
export interface Replay {
  /** Told to subscribers as the event's `replay`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Only for this rule; default all. */
  readonly rule?: string | undefined;
}

/** Copies each event into the queue of every rule that it meets. */
export class Bus {
  readonly #rules = new Map<string, Rule>();
  readonly #archive = new Fifo<Archived>();
  readonly #expiry: Alarm;
  readonly counters = { published: 0, routed: 0, unrouted: 0, replayed: 0 };

  constructor(
    readonly name: string,
    private settings: BusSettings,
    private readonly clock: Clock,
  ) {
    this.#expiry = new Alarm(clock, () => this.#forget());
  }

  configure(settings: BusSettings): void {
    this.settings = settings;
    this.#forget();
  }

  get archived(): number {
    return this.#archive.size;
  }

  setRule(name: string, rule: Rule): void {
    this.#rules.set(name, rule);
  }

  removeRule(name: string): void {
    this.#rules.delete(name);
  }

  publish(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > this.settings.maxEventBytes) {
      const message = `the event has ${bytes} bytes; this bus accepts ${this.settings.maxEventBytes}`;
      throw new LocalCloudError("MessageTooLarge", message);
    }
    const event = JSON.parse(text) as CloudEvent;
    this.counters.published++;
    if (this.settings.archiveSeconds > 0) {
      const at = this.clock.now();
      this.#archive.push({ event, at });
      this.#expiry.setIfNone(at + this.settings.archiveSeconds * 1000);
    }
    if (this.#route(event, text, undefined) === 0) this.counters.unrouted++;
  }

  /**
   * Sends archived events again, marked with the replay's name, in the order in which they were published. Returns how
   * many of them somebody listens to.
   */
  replay({ name, from, to, rule }: Replay): number {
    if (this.settings.archiveSeconds === 0)
      throw new LocalCloudError("InvalidInput", `bus "${this.name}" keeps no archive; set archive on it`);
    let count = 0;
    for (const { event, at } of this.#archive) {
      if (at < from || at >= to) continue;
      const marked = { ...event, replay: name };
      if (this.#route(marked, JSON.stringify(marked), rule) > 0) count++;
    }
    this.counters.replayed += count;
    return count;
  }

  close(): void {
    this.#expiry.cancel();
    this.#rules.clear();
  }

  #route(event: CloudEvent, text: string, only: string | undefined): number {
    let routed = 0;
    for (const [name, { types, filter, queue }] of this.#rules) {
      if (only !== undefined && name !== only) continue;
      if (!types.includes(event.type) || (filter && !matches(filter, event))) continue;
      queue.send(text, {
        traceparent: event.traceparent,
        ...(this.settings.ordered ? { key: event.partitionkey } : {}),
      });
      routed++;
    }
    this.counters.routed += routed;
    return routed;
  }

  #forget(): void {
    const oldest = this.clock.now() - this.settings.archiveSeconds * 1000;
    for (let first = this.#archive.first; first && first.at <= oldest; first = this.#archive.first)
      this.#archive.shift();
    this.#expiry.cancel();
    const next = this.#archive.first;
    if (next) this.#expiry.setIfNone(next.at + this.settings.archiveSeconds * 1000);
  }
}
