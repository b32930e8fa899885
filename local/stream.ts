import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { LocalCloudError } from "./errors";

export interface StreamSettings {
  readonly partitions: number;
  readonly retentionSeconds: number;
  readonly maxRecordBytes: number;
}

/** A record where it lies. */
export interface LogRecord {
  readonly partition: number;
  /** Its number in the partition, from 0. */
  readonly offset: number;
  readonly key: string;
  readonly body: string;
  /** When the stream took it: ms since the epoch. */
  readonly at: number;
  readonly traceparent: string | undefined;
}

/** Where a reader begins: the oldest record that is still there, what comes from now on, or a time in ms. */
export type Start = "oldest" | "latest" | number;

interface Partition {
  /** Offset of the first record that is still there. */
  base: number;
  records: LogRecord[];
}

/** An ordered log in partitions. Records of one key are in one partition; reading takes nothing away, retention does. */
export class Stream {
  readonly #partitions: Partition[];
  readonly #listeners = new Set<() => void>();
  readonly #expiry: Alarm;
  #written = 0;

  constructor(
    readonly name: string,
    private settings: StreamSettings,
    private readonly clock: Clock,
  ) {
    this.#partitions = Array.from({ length: settings.partitions }, () => ({ base: 0, records: [] }));
    this.#expiry = new Alarm(clock, () => this.#expireDue());
  }

  /** Retention and record size may change; the number of partitions is part of every key's place. */
  configure(settings: StreamSettings): void {
    this.settings = settings;
    this.#expireDue();
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  /** Records ever written. */
  get written(): number {
    return this.#written;
  }

  /** Records that are still there. */
  get size(): number {
    return this.#partitions.reduce((total, { records }) => total + records.length, 0);
  }

  get retentionSeconds(): number {
    return this.settings.retentionSeconds;
  }

  onChange(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  put(key: string, body: string, traceparent?: string): void {
    const bytes = Buffer.byteLength(body);
    if (bytes > this.settings.maxRecordBytes) {
      const message = `the record has ${bytes} bytes; this stream accepts ${this.settings.maxRecordBytes}`;
      throw new LocalCloudError("MessageTooLarge", message);
    }
    const number = hash(key) % this.#partitions.length;
    const partition = this.#partitions[number];
    if (partition === undefined) return;
    const offset = partition.base + partition.records.length;
    const at = this.clock.now();
    partition.records.push({ partition: number, offset, key, body, at, traceparent });
    this.#written++;
    this.#expiry.setIfNone(at + this.settings.retentionSeconds * 1000);
    for (const listener of this.#listeners) listener();
  }

  /** Up to `max` records of a partition from `offset` on, oldest first. What retention has taken is skipped. */
  read(partition: number, offset: number, max: number): readonly LogRecord[] {
    const { base, records } = this.#partitions[partition] ?? { base: 0, records: [] };
    const from = Math.max(0, offset - base);
    return records.slice(from, from + max);
  }

  /** The offset at which a reader begins that wants to begin there. */
  offsetOf(partition: number, start: Start): number {
    const { base, records } = this.#partitions[partition] ?? { base: 0, records: [] };
    if (start === "oldest") return base;
    if (start === "latest") return base + records.length;
    const index = records.findIndex(({ at }) => at >= start);
    return base + (index < 0 ? records.length : index);
  }

  close(): void {
    this.#expiry.cancel();
    this.#listeners.clear();
  }

  #expireDue(): void {
    const oldest = this.clock.now() - this.settings.retentionSeconds * 1000;
    let next: number | undefined;
    for (const partition of this.#partitions) {
      const kept = partition.records.findIndex(({ at }) => at > oldest);
      const gone = kept < 0 ? partition.records.length : kept;
      if (gone > 0) {
        partition.base += gone;
        partition.records = partition.records.slice(gone);
      }
      const first = partition.records[0];
      if (first && (next === undefined || first.at < next)) next = first.at;
    }
    this.#expiry.cancel();
    if (next !== undefined) this.#expiry.setIfNone(next + this.settings.retentionSeconds * 1000);
  }
}

/** FNV-1a over UTF-16 code units: spreads short keys well, and is the same everywhere. */
export function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    value ^= key.charCodeAt(index);
    value = Math.imul(value, 0x01000193) >>> 0;
  }
  return value;
}
