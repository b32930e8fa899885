/**
 * A table in a Firestore collection (native mode). A conditional write reads the stored row first and commits on the
 * precondition that the document is still the one it read, so a write in between makes it a conflict.
 */
import type { TableReader, TableReadWriter } from "../clients";
import { RestError, type RestReply } from "../rest";
import { configured } from "../shape";
import {
  checkExpectation,
  checkPart,
  conflict,
  isLive,
  type Key,
  keyOf,
  prepareWrite,
  queryPage,
  type TableLayout,
  tableShape,
  type Write,
} from "../table";
import {
  type Firestore,
  type FirestoreCollection,
  type FirestoreDocument,
  firestore,
  fromFields,
  toFields,
} from "./firestore";

export interface GcpTableConfig extends TableLayout, FirestoreCollection {}

const LOCATION = { project: "string", database: "string", collection: "string" } as const;

export function reader<Item>(config: unknown): TableReader<Item> {
  const layout = configured<GcpTableConfig>(config, tableShape(LOCATION));
  const store = firestore(layout);
  return {
    get: async (key) => {
      const stored = await read(store, keyOf(layout, key));
      const row = stored && fromFields(stored);
      return row !== undefined && isLive(layout, row) ? (row as Item) : undefined;
    },
    query: (partition, options = {}) => {
      const above = { partition: checkPart(layout.key, partition) };
      return queryPage(layout, options, async ({ after, count, descending }) => {
        if (layout.sort === undefined) {
          const only = await read(store, above);
          return { rows: only === undefined ? [] : [fromFields(only)], more: false };
        }
        const structuredQuery = {
          from: [{ collectionId: layout.collection }],
          ...(after !== undefined && { where: beyond(after, descending) }),
          orderBy: [{ field: { fieldPath: "sort" }, direction: descending ? "DESCENDING" : "ASCENDING" }],
          limit: count,
        };
        const path = `${store.nameOf(above)}:runQuery`;
        const { json } = await store.call({ method: "POST", path, body: { structuredQuery } });
        const entries = (json ?? []) as readonly { readonly document?: FirestoreDocument }[];
        const rows = entries.flatMap(({ document }) => (document === undefined ? [] : [fromFields(document)]));
        return { rows, more: rows.length === count };
      });
    },
  };
}

export function readWriter<Item>(config: unknown): TableReadWriter<Item> {
  const layout = configured<GcpTableConfig>(config, tableShape(LOCATION));
  const store = firestore(layout);
  return {
    ...reader<Item>(config),
    put: async (item, options) => {
      const write = prepareWrite(layout, item, options?.ifAbsent);
      if (write.expect === "anything") await commit(store, write);
      else if (write.expect !== "nothing" || !(await commit(store, write, { exists: false })))
        await replace(layout, store, write);
      return write.row as Item;
    },
    delete: async (key) => {
      await store.call({ method: "DELETE", path: store.nameOf(keyOf(layout, key)) });
    },
  };
}

async function read(store: Firestore, key: Key): Promise<FirestoreDocument | undefined> {
  const { status, json } = await store.call({ method: "GET", path: store.nameOf(key), expected: [404] });
  return status === 404 ? undefined : (json as FirestoreDocument);
}

function beyond(after: string, descending: boolean) {
  const op = descending ? "LESS_THAN" : "GREATER_THAN";
  return { fieldFilter: { field: { fieldPath: "sort" }, op, value: { stringValue: after } } };
}

type Precondition = { readonly exists: boolean } | { readonly updateTime: string };

/** False when the precondition does not hold; nothing is written then. */
async function commit(store: Firestore, write: Write, currentDocument?: Precondition): Promise<boolean> {
  const name = store.nameOf(write.key);
  const fields = toFields(write.key, write.row, write.expires);
  const reply = await store.call({
    method: "POST",
    path: `${name.slice(0, name.indexOf("/documents") + "/documents".length)}:commit`,
    body: { writes: [{ update: { name, fields }, ...(currentDocument && { currentDocument }) }] },
    expected: [400, 404, 409],
  });
  if (reply.status < 300) return true;
  if (currentDocument !== undefined && REFUSED.includes(statusOf(reply))) return false;
  throw new RestError("Firestore commit", reply.status);
}

/** What a precondition that does not hold is answered with; ABORTED: another commit held the document. */
const REFUSED: readonly unknown[] = ["ALREADY_EXISTS", "FAILED_PRECONDITION", "NOT_FOUND", "ABORTED"];

function statusOf({ json }: RestReply): unknown {
  return (json as { readonly error?: { readonly status?: unknown } } | undefined)?.error?.status;
}

async function replace(layout: TableLayout, store: Firestore, write: Write): Promise<void> {
  const stored = await read(store, write.key);
  checkExpectation(layout, write, stored && fromFields(stored));
  // Gone since it was met: the caller's next try will be a new item.
  if (stored === undefined || !(await commit(store, write, { updateTime: stored.updateTime }))) throw conflict(write);
}
