/**
 * Firestore's events about a table's documents, in the neutral form that waits in the trigger's queue.
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto
 */
import { InvalidMessage } from "../errors";
import type { TableChange } from "../handler";
import { isObject } from "../shape";
import { lengthDelimited, only } from "./protobuf";

/** A change of a table, as JSON. */
export interface StoredChange {
  readonly id: string;
  readonly kind: "inserted" | "updated" | "deleted";
  readonly partition: string;
  readonly sort?: string;
  readonly item?: unknown;
  readonly before?: unknown;
  /** RFC 3339. */
  readonly at: string;
}

/** Field numbers of `DocumentEventData`, `Document`, the entries of a map, and `Value`. */
const VALUE = 1;
const OLD_VALUE = 2;
const FIELDS = 2;
const ENTRY = { key: 1, value: 2 };
const STRING_VALUE = 17;

/** A CloudEvent in binary form whose data are a `DocumentEventData`; throws for what is none of a table's. */
export function readDocumentEvent(
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
): StoredChange {
  const { "ce-id": id, "ce-time": time } = headers;
  const at = new Date(time ?? Number.NaN);
  if (!id || Number.isNaN(at.getTime())) throw new InvalidMessage("the event has no id or no time");
  const data = decoded(() => lengthDelimited(body));
  const now = rowOf(only(data, VALUE));
  const before = rowOf(only(data, OLD_VALUE));
  const row = now ?? before;
  if (row === undefined) throw new InvalidMessage("the event holds no document");
  return {
    id,
    kind: now === undefined ? "deleted" : before === undefined ? "inserted" : "updated",
    partition: row.partition,
    ...(row.sort !== undefined && { sort: row.sort }),
    ...(now && { item: now.item }),
    ...(before && { before: before.item }),
    at: at.toISOString(),
  };
}

interface StoredRow {
  readonly partition: string;
  readonly sort?: string;
  readonly item: unknown;
}

/** What `toFields` of `firestore.ts` has written. An empty document is none: that is how the event says so. */
function rowOf(document: Uint8Array | undefined): StoredRow | undefined {
  if (document === undefined || document.length === 0) return undefined;
  const texts = decoded(() =>
    Object.fromEntries(
      (lengthDelimited(document).get(FIELDS) ?? []).map((bytes) => {
        const entry = lengthDelimited(bytes);
        const value = only(lengthDelimited(only(entry, ENTRY.value) ?? new Uint8Array()), STRING_VALUE);
        return [textOf(only(entry, ENTRY.key)), value && textOf(value)];
      }),
    ),
  );
  const { partition, sort, item } = texts;
  if (partition === undefined || item === undefined)
    throw new InvalidMessage("the event's document is no row of a table");
  return { partition, ...(sort !== undefined && { sort }), item: decoded(() => JSON.parse(item) as unknown) };
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

function decoded<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch {
    throw new InvalidMessage("the event's data are no document of Firestore");
  }
}

/** The change that the queue's message holds; undefined for what is none. */
export function toChange<Item>(stored: unknown): Omit<TableChange<Item>, "attempt"> | undefined {
  if (!isObject(stored)) return undefined;
  const { id, kind, partition, sort, item, before, at } = stored as Partial<StoredChange>;
  if (typeof id !== "string" || typeof partition !== "string" || Number.isNaN(Date.parse(at ?? ""))) return undefined;
  if (kind !== "inserted" && kind !== "updated" && kind !== "deleted") return undefined;
  return {
    id,
    kind,
    key: sort === undefined ? partition : { partition, sort },
    ...(item !== undefined && { item: item as Item }),
    ...(before !== undefined && { before: before as Item }),
    at: new Date(at ?? ""),
  };
}
