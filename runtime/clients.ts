/**
 * The clients a handler can be given, the same on every cloud. Members are properties, not methods: only then does
 * the compiler compare their parameters strictly, so a grant for another message type is refused.
 */

/** Sends to a queue. Granted by `worker.sender()`. */
export interface QueueSender<Body> {
  /** Resolves when the queue has stored the message. Rejects with `MessageTooLarge` before anything is sent. */
  readonly send: (message: Body) => Promise<{ readonly id: string }>;
}

/** A key: the partition key's value, with the sort key's where the table has one. */
export type TableKey = string | { readonly partition: string; readonly sort: string };

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; hand it back as `after` for the next page. Absent on the last one. */
  readonly next?: string;
}

/** Reads a table. Reads see every earlier write by the same caller (strong where the cloud offers it). */
export interface TableReader<Item> {
  /** Undefined when there is no such item, or when it has expired. */
  readonly get: (key: TableKey) => Promise<Item | undefined>;
  /** All items of one partition in the order of the sort key. `limit` 1 to 100, default 25. */
  readonly query: (
    partition: string,
    options?: { readonly limit?: number; readonly after?: string; readonly descending?: boolean },
  ) => Promise<Page<Item>>;
}

/** Reads and writes a table. */
export interface TableReadWriter<Item> extends TableReader<Item> {
  /**
   * Writes the whole item. `ifAbsent` refuses to overwrite. On a table with a `version` attribute the item's version
   * must be the stored one (absent or 0 for a new item) and is stored as one more.
   * Rejects with `Conflict` when the condition does not hold; nothing is written then. Resolves to the item as stored.
   */
  readonly put: (item: Item, options?: { readonly ifAbsent?: boolean }) => Promise<Item>;
  /** Deletes the item; resolves also when there is none. */
  readonly delete: (key: TableKey) => Promise<void>;
}

/** Reads a secret's current value from the cloud's store, kept in memory for five minutes. */
export interface SecretReader {
  readonly read: () => Promise<string>;
}

/** A conditional write met another state than it expected. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** A message is larger than its queue accepts. */
export class MessageTooLarge extends Error {
  override readonly name = "MessageTooLarge";
  constructor(bytes: number, limit: number) {
    super(`the message has ${bytes} bytes; this queue accepts ${limit}`);
  }
}

/** The handler called something that its `uses` does not grant. */
export class NotGranted extends Error {
  override readonly name = "NotGranted";
}
