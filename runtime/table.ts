/**
 * What a table means, the same on every cloud: keys, expiry, versions and pages. A cloud's client says only how one
 * row is read, written and listed.
 */
import { Conflict, type Page, type TableKey } from "./clients";
import { object, optional, type Shape } from "./shape";

/** The attributes that have a meaning. Deployment writes this into every table client's configuration. */
export interface TableLayout {
  readonly key: string;
  readonly sort?: string;
  /** Seconds since the epoch; an item past it does not exist, although the cloud removes it later. */
  readonly expires?: string;
  readonly version?: string;
}

/** A configuration of the layout and `location`, where the cloud keeps the table. */
export function tableShape(location: Readonly<Record<string, Shape>>): Shape {
  const attributes = { sort: optional("string"), expires: optional("string"), version: optional("string") };
  return object({ key: "string", ...attributes, ...location });
}

export type Row = Readonly<Record<string, unknown>>;

export interface Key {
  readonly partition: string;
  readonly sort?: string;
}

/** Bytes of a key's part: what fits a Cosmos DB id and a Firestore document id once encoded. */
const MAX_KEY_BYTES = 512;

export function keyOf(layout: TableLayout, key: TableKey): Key {
  const parts = typeof key === "string" ? { partition: key } : { partition: key.partition, sort: key.sort };
  return checkedKey(layout, parts.partition, parts.sort);
}

function checkedKey(layout: TableLayout, partition: unknown, sort: unknown): Key {
  const part = checkPart(layout.key, partition);
  if (layout.sort === undefined) {
    if (sort !== undefined) throw new TypeError("this table has no sort key");
    return { partition: part };
  }
  return { partition: part, sort: checkPart(layout.sort, sort) };
}

export function checkPart(attribute: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new TypeError(`the key attribute ${attribute} must be a text`);
  if (Buffer.byteLength(value) > MAX_KEY_BYTES)
    throw new TypeError(`the key attribute ${attribute} is longer than ${MAX_KEY_BYTES} bytes`);
  return value;
}

/** A write in neutral terms: the row to store, and what must be stored now. An expired row counts as none. */
export interface Write {
  readonly key: Key;
  readonly row: Row;
  readonly expect: "anything" | "nothing" | { readonly version: number };
  /** Seconds since the epoch. */
  readonly expires?: number;
}

export function prepareWrite(layout: TableLayout, item: unknown, ifAbsent = false): Write {
  // JSON and nothing else: what `undefined`, a date or a class would become must not depend on the cloud.
  const row = JSON.parse(JSON.stringify(item)) as Row;
  const key = checkedKey(layout, row[layout.key], layout.sort === undefined ? undefined : row[layout.sort]);
  const expires = expiry(layout, row);
  const write = { key, row, ...(expires !== undefined && { expires }) };
  if (layout.version === undefined) return { ...write, expect: ifAbsent ? "nothing" : "anything" };
  const version = row[layout.version] ?? 0;
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 0)
    throw new TypeError(`the version attribute ${layout.version} must be a whole number, or absent for a new item`);
  if (ifAbsent && version > 0) throw new Conflict(`an item of version ${version} cannot be absent`);
  const next = { ...write, row: { ...row, [layout.version]: version + 1 } };
  return { ...next, expect: version === 0 ? "nothing" : { version } };
}

/** A row's expiry, where its table has one. Any other value than a number would silently never expire. */
function expiry(layout: TableLayout, row: Row): number | undefined {
  const value = layout.expires === undefined ? undefined : row[layout.expires];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new TypeError(`the attribute ${layout.expires} must be seconds since the epoch`);
  return value;
}

export function isLive(layout: TableLayout, row: Row, nowSeconds = Date.now() / 1000): boolean {
  const value = layout.expires === undefined ? undefined : row[layout.expires];
  return typeof value !== "number" || value > nowSeconds;
}

/** For clouds without a condition of that kind: whether `stored` (undefined: nothing) is what a write expects. */
export function checkExpectation(layout: TableLayout, write: Write, stored: Row | undefined): void {
  const live = stored !== undefined && isLive(layout, stored) ? stored : undefined;
  if (write.expect === "anything") return;
  if (write.expect === "nothing" && live === undefined) return;
  if (write.expect !== "nothing" && live?.[layout.version ?? ""] === write.expect.version) return;
  throw conflict(write);
}

export function conflict(write: Write): Conflict {
  if (write.expect === "nothing") return new Conflict("an item with this key exists");
  return new Conflict("the item's stored version is another");
}

export interface QueryOptions {
  readonly limit?: number;
  readonly after?: string;
  readonly descending?: boolean;
}

/** Rows of one partition beyond the sort key `after`, at most `count`, in order; `more` if the partition may hold more. */
export type FetchRows = (request: {
  readonly after?: string;
  readonly count: number;
  readonly descending: boolean;
}) => Promise<{ readonly rows: readonly Row[]; readonly more: boolean }>;

/**
 * A page of live rows. Asks for one row more than the page holds, so that `next` is there exactly when a row is;
 * the cursor is the last sort key, so it can never lead into another partition.
 */
export async function queryPage<Item>(
  layout: TableLayout,
  options: QueryOptions,
  fetchRows: FetchRows,
): Promise<Page<Item>> {
  const { limit = 25, descending = false } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new RangeError("limit must be from 1 to 100");
  let after = options.after === undefined ? undefined : decodeCursor(options.after);
  const live: Row[] = [];
  for (let more = true; more && live.length <= limit; ) {
    const page = await fetchRows({ count: limit + 1 - live.length, descending, ...(after !== undefined && { after }) });
    live.push(...page.rows.filter((row) => isLive(layout, row)));
    const last = page.rows.at(-1);
    if (last !== undefined && layout.sort !== undefined) after = String(last[layout.sort]);
    more = page.more && last !== undefined;
  }
  const items = live.slice(0, limit);
  const last = items.at(-1);
  if (live.length <= limit || last === undefined || layout.sort === undefined) return { items: items as Item[] };
  return { items: items as Item[], next: encodeCursor(String(last[layout.sort])) };
}

function encodeCursor(sort: string): string {
  return Buffer.from(JSON.stringify([sort])).toString("base64url");
}

function decodeCursor(cursor: string): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && value[0] !== "") return value[0];
  } catch {
    // falls through: the caller's cursor is not worth more words than that
  }
  throw new TypeError("`after` is not a cursor of this table");
}

/** A key's part as a document id: every cloud forbids some characters (`/ \ ? #`) or names (`..`, `__x__`) in ids. */
export function documentId(part: string): string {
  return `k${Buffer.from(part).toString("base64url")}`;
}
