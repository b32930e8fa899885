import type { TableEvent } from "../runtime/local/events";
import type { Key, Row, TableLayout, Write } from "../runtime/table";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { LocalCloudError } from "./errors";
import { Heap } from "./heap";
import { Stream } from "./stream";

export interface TableSettings {
  readonly key: string;
  readonly sort?: string | undefined;
  readonly expires?: string | undefined;
  readonly version?: string | undefined;
}

export interface TableQuery {
  readonly partition: string;
  /** Only what lies beyond this sort key. */
  readonly after?: string;
  readonly count: number;
  readonly descending?: boolean;
}

/** A table's changes stay for a day, as on AWS. */
const feedSettings = { partitions: 4, retentionSeconds: 86_400, maxRecordBytes: Number.POSITIVE_INFINITY };

interface Stored {
  readonly key: Key;
  readonly row: Row;
  /** Seconds since the epoch. */
  readonly expires: number | undefined;
}

/** Items in the order of their sort key (UTF-16 code units). */
interface Partition {
  readonly items: Stored[];
}

/** A table of JSON items by partition and optional sort key. An expired item is gone at once, for reads and conditions. */
export class Table {
  readonly #partitions = new Map<string, Partition>();
  readonly #expiring = new Heap<{ readonly key: Key; readonly expires: number }>((a, b) => a.expires - b.expires);
  readonly #sweep: Alarm;
  #size = 0;
  #changes: Stream | undefined;
  #sequence = 0;

  constructor(
    readonly name: string,
    private settings: TableSettings,
    private readonly clock: Clock,
  ) {
    this.#sweep = new Alarm(clock, () => this.#sweepDue());
  }

  /** Expiry and version attribute may change; items written before keep the expiry they were written with. */
  configure(settings: TableSettings): void {
    this.settings = settings;
  }

  /** The attributes that have a meaning, as clients need them. */
  get layout(): TableLayout {
    const { key, sort, expires, version } = this.settings;
    return { key, ...(sort && { sort }), ...(expires && { expires }), ...(version && { version }) };
  }

  /** What is written and deleted from the first asking on, in order for each key. */
  get changes(): Stream {
    this.#changes ??= new Stream(this.name, feedSettings, this.clock);
    return this.#changes;
  }

  /** Items, expired ones not yet swept included. */
  get size(): number {
    return this.#size;
  }

  get(key: Key): Row | undefined {
    const { found } = this.#find(key);
    return found && this.#isLive(found) ? found.row : undefined;
  }

  /** All live items, for those who look from outside. */
  rows(): Row[] {
    return [...this.#partitions.values()].flatMap(({ items }) =>
      items.filter((item) => this.#isLive(item)).map(({ row }) => row),
    );
  }

  query({ partition, after, count, descending = false }: TableQuery): Row[] {
    const items = this.#partitions.get(partition)?.items ?? [];
    const rows: Row[] = [];
    const step = descending ? -1 : 1;
    let at = descending ? items.length - 1 : 0;
    if (after !== undefined) {
      const { index, exact } = search(items, after);
      at = descending ? index - 1 : exact ? index + 1 : index;
    }
    for (; at >= 0 && at < items.length && rows.length < count; at += step) {
      const item = items[at];
      if (item && this.#isLive(item)) rows.push(item.row);
    }
    return rows;
  }

  /** All or nothing: rejects with `Conflict` when what is stored is not what the write expects. */
  put({ key, row, expect, expires }: Write): void {
    if (row[this.settings.key] !== key.partition || (this.settings.sort && row[this.settings.sort] !== key.sort)) {
      throw new LocalCloudError("InvalidInput", `the item does not hold the key attributes of table "${this.name}"`);
    }
    const { items, index, found } = this.#find(key);
    const live = found && this.#isLive(found) ? found : undefined;
    if (expect === "nothing" && live) throw new LocalCloudError("Conflict", "an item with this key exists");
    if (typeof expect === "object" && live?.row[this.settings.version ?? ""] !== expect.version) {
      throw new LocalCloudError("Conflict", "the item's stored version is another");
    }
    const stored: Stored = { key, row, expires };
    this.#tell(key, live ? "updated" : "inserted", { item: row, ...(live && { before: live.row }) });
    items.splice(index, found ? 1 : 0, stored);
    if (!found) this.#size++;
    if (items.length === 1) this.#partitions.set(key.partition, { items });
    if (expires === undefined) return;
    this.#expiring.push({ key, expires });
    this.#sweep.setIfEarlier(expires * 1000);
  }

  delete(key: Key): void {
    const { items, index, found } = this.#find(key);
    if (found) this.#remove(key, items, index);
  }

  close(): void {
    this.#sweep.cancel();
    this.#changes?.close();
  }

  #find({ partition, sort = "" }: Key): { items: Stored[]; index: number; found: Stored | undefined } {
    const items = this.#partitions.get(partition)?.items ?? [];
    const { index, exact } = search(items, sort);
    return { items, index, found: exact ? items[index] : undefined };
  }

  #tell(key: Key, kind: TableEvent["kind"], images: Pick<TableEvent, "item" | "before">): void {
    if (!this.#changes) return;
    const id = `${this.name}@${this.#sequence++}`;
    const event: TableEvent = { id, kind, ...key, ...images, at: this.clock.now() };
    this.#changes.put(JSON.stringify(key), JSON.stringify(event));
  }

  #remove(key: Key, items: Stored[], index: number): void {
    this.#tell(key, "deleted", { before: items[index]?.row });
    items.splice(index, 1);
    this.#size--;
    if (items.length === 0) this.#partitions.delete(key.partition);
  }

  #isLive({ expires }: Stored): boolean {
    return expires === undefined || expires * 1000 > this.clock.now();
  }

  #sweepDue(): void {
    for (let next = this.#expiring.peek(); next; next = this.#expiring.peek()) {
      if (next.expires * 1000 > this.clock.now()) {
        this.#sweep.setIfEarlier(next.expires * 1000);
        return;
      }
      this.#expiring.pop();
      const { items, index, found } = this.#find(next.key);
      if (found && !this.#isLive(found)) this.#remove(next.key, items, index); // it may have been rewritten since
    }
  }
}

function search(items: readonly Stored[], sort: string): { index: number; exact: boolean } {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.key.sort ?? "") < sort) low = middle + 1;
    else high = middle;
  }
  const at = items[low];
  return { index: low, exact: at !== undefined && (at.key.sort ?? "") === sort };
}
