/**
 * A table in a Cosmos DB container. Cosmos DB compares entity tags, not attributes: a conditional write reads the
 * stored version first and replaces exactly the document it read, so a write in between makes it a conflict.
 */
import { Conflict, type TableReader, type TableReadWriter } from "../clients";
import { RestError } from "../rest";
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
  type Row,
  type TableLayout,
  tableShape,
  type Write,
} from "../table";
import { type Cosmos, type CosmosContainer, type CosmosDocument, cosmos, idOf, type StoredDocument } from "./cosmos";

export interface AzureTableConfig extends TableLayout, CosmosContainer {}

const LOCATION = { endpoint: "string", database: "string", container: "string" } as const;

export function reader<Item>(config: unknown): TableReader<Item> {
  const layout = configured<AzureTableConfig>(config, tableShape(LOCATION));
  return reading(layout, cosmos(layout));
}

export function readWriter<Item>(config: unknown): TableReadWriter<Item> {
  const layout = configured<AzureTableConfig>(config, tableShape(LOCATION));
  const call = cosmos(layout); // one for both: reads carry the session of the writes
  return {
    ...reading<Item>(layout, call),
    put: async (item, options) => {
      const write = prepareWrite(layout, item, options?.ifAbsent);
      if (write.expect === "anything") await upsert(call, write);
      else if (write.expect !== "nothing" || !(await create(call, write))) await replace(layout, call, write);
      return write.row as Item;
    },
    delete: async (key) => {
      const at = keyOf(layout, key);
      await call({ method: "DELETE", partition: at.partition, id: idOf(at), expected: [404] });
    },
  };
}

function reading<Item>(layout: TableLayout, call: Cosmos): TableReader<Item> {
  return {
    get: async (key) => {
      const stored = await read(call, keyOf(layout, key));
      return stored !== undefined && isLive(layout, stored.item) ? (stored.item as Item) : undefined;
    },
    query: (partition, options = {}) => {
      const p = checkPart(layout.key, partition);
      return queryPage(layout, options, async ({ after, count, descending }) => {
        const beyond = after === undefined ? "" : ` AND c.s ${descending ? "<" : ">"} @after`;
        const order = layout.sort === undefined ? "" : ` ORDER BY c.s ${descending ? "DESC" : "ASC"}`;
        const body = {
          query: `SELECT VALUE c.item FROM c WHERE c.p = @p${beyond}${order}`,
          parameters: [{ name: "@p", value: p }, ...(after === undefined ? [] : [{ name: "@after", value: after }])],
        };
        const rows: Row[] = [];
        let continuation: string | undefined;
        do {
          const { json, headers } = await call({
            method: "POST",
            partition: p,
            headers: {
              "content-type": "application/query+json",
              "x-ms-documentdb-isquery": "True",
              "x-ms-max-item-count": String(count - rows.length),
              ...(continuation !== undefined && { "x-ms-continuation": continuation }),
            },
            body,
          });
          rows.push(...((json as { readonly Documents?: readonly Row[] } | undefined)?.Documents ?? []));
          continuation = headers.get("x-ms-continuation") ?? undefined; // a page may end early, even empty
        } while (continuation !== undefined && rows.length < count);
        return { rows, more: continuation !== undefined };
      });
    },
  };
}

async function read(call: Cosmos, key: Key): Promise<StoredDocument | undefined> {
  const { status, json } = await call({ method: "GET", partition: key.partition, id: idOf(key), expected: [404] });
  return status === 404 ? undefined : (json as StoredDocument);
}

async function upsert(call: Cosmos, write: Write): Promise<void> {
  const headers = { "x-ms-documentdb-is-upsert": "True" };
  await call({ method: "POST", partition: write.key.partition, headers, body: toDocument(write) });
}

/** False when there is a document with this key, expired or not. */
async function create(call: Cosmos, write: Write): Promise<boolean> {
  const { status } = await call({
    method: "POST",
    partition: write.key.partition,
    body: toDocument(write),
    expected: [409],
  });
  return status !== 409;
}

/** Replaces the stored document if it is as the write expects, and still is when the replacement arrives. */
async function replace(layout: TableLayout, call: Cosmos, write: Write): Promise<void> {
  const stored = await read(call, write.key);
  checkExpectation(layout, write, stored?.item);
  if (stored === undefined) throw conflict(write); // gone since `create` met it: the next try will be a new item
  const { status } = await call({
    method: "PUT",
    partition: write.key.partition,
    id: idOf(write.key),
    headers: { "if-match": stored._etag },
    body: toDocument(write),
    expected: [404, 409, 412],
  });
  if (status === 412 || status === 404) throw conflict(write);
  if (status === 409) throw new Conflict("another write to this item is under way");
  if (status >= 300) throw new RestError("Cosmos DB PUT", status);
}

function toDocument(write: Write): CosmosDocument {
  const { partition, sort } = write.key;
  const ttl = write.expires === undefined ? undefined : Math.max(1, Math.ceil(write.expires - Date.now() / 1000));
  return {
    id: idOf(write.key),
    p: partition,
    ...(sort !== undefined && { s: sort }),
    item: write.row,
    ...(ttl !== undefined && { ttl }),
  };
}
