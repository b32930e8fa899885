/**
 * The clients a handler can be given, the same on every cloud. Members are properties, not methods: only then does
 * the compiler compare their parameters strictly, so a grant for another message type is refused.
 */

import type { EventDefinition, InputOf } from "./event";

/** Sends to a queue. Granted by `worker.sender()`. */
export interface QueueSender<Body> {
  /** Resolves when the queue has stored the message. Rejects with `MessageTooLarge` before anything is sent. */
  readonly send: (message: Body) => Promise<{ readonly id: string }>;
}

/** Sends to a queue that can hold messages back. Granted by `worker.delayedSender()`. */
export interface DelayedSender<Body> {
  /** As `QueueSender.send`. `delaySeconds`: how long nobody sees the message; 0 to 900 is portable. Rejects above the cloud's limit. */
  readonly send: (message: Body, options?: { readonly delaySeconds?: number }) => Promise<{ readonly id: string }>;
}

/** Publishes events of the granted definitions. Granted by `bus.publisher(…)`. */
export interface EventPublisher<Definition extends EventDefinition> {
  /** For the compiler only: a publisher of other events is another type. */
  readonly granted?: (definition: Definition) => void;
  /**
   * Resolves when the bus has stored the event. Rejects with `InvalidEvent` when the data are not what the event's schema
   * says, and with `MessageTooLarge`; nothing is sent then. `id`: given by a sender that may repeat itself, so that
   * subscribers know the repeat; default new.
   */
  readonly publish: <One extends Definition>(
    definition: One,
    data: InputOf<One>,
    options?: { readonly id?: string },
  ) => Promise<{ readonly id: string }>;
}

/** Writes to a stream. Granted by `stream.producer()`. */
export interface StreamProducer<Record> {
  /** Resolves when the stream has stored the record. Rejects with `MessageTooLarge` before anything is sent. */
  readonly put: (record: Record) => Promise<void>;
  /** All of them, in order for each key. Rejects when one cannot be stored; those before it of other keys may be stored already. */
  readonly putAll: (records: readonly Record[]) => Promise<void>;
}

/** What an object is, without its content. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Changes with the content; opaque. */
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** Reads objects of a bucket. Granted by `bucket.reader()`. */
export interface ObjectReader {
  /** Undefined when there is no such object. The whole content is held in memory: up to 64 MiB is portable. */
  readonly get: (
    key: string,
  ) => Promise<{ readonly body: Uint8Array; readonly contentType: string; readonly etag: string } | undefined>;
  /** In the order of keys (UTF-8). `limit` 1 to 1,000, default 100. */
  readonly list: (options?: {
    readonly prefix?: string;
    readonly limit?: number;
    readonly after?: string;
  }) => Promise<Page<ObjectInfo>>;
}

/** Writes objects. Granted by `bucket.writer()`. */
export interface ObjectWriter {
  /** Writes the whole object, over the one that was there. A text is stored as UTF-8. Default content type `application/octet-stream`. */
  readonly put: (
    key: string,
    body: Uint8Array | string,
    options?: { readonly contentType?: string },
  ) => Promise<{ readonly etag: string }>;
  /** Resolves also when there is no such object. */
  readonly delete: (key: string) => Promise<void>;
}

/** Granted by `bucket.readWriter()`. */
export interface ObjectReadWriter extends ObjectReader, ObjectWriter {}

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
