import { app, type InvocationContext } from "@azure/functions";
import { StartupError } from "../errors";
import { type Delivery, parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { type AnyTableHandler, type ReadTableChange, tableHandler } from "../table-trigger";
import { fed, retry } from "./feed";

/** What `table.ts` has stored; `_ts` in seconds since the epoch, `_lsn` counts the partition's writes. */
interface StoredDocument {
  readonly id: string;
  readonly p: string;
  readonly s?: string;
  readonly item: unknown;
  readonly _ts: number;
  readonly _lsn?: number;
  readonly _etag?: string;
}

/**
 * A table trigger behind Cosmos DB's change feed, and behind its own queue for what was dead. The feed tells the latest
 * version of an item, not what it was, and no deletion.
 */
export function tableTrigger(handler: AnyTableHandler, parts: Parts) {
  const { handler: each, source } = tableHandler(handler, readChange);
  const { receive, givenBack } = fed(each, parts, source);
  const changes = (documents: unknown[], context: InvocationContext) => receive(documents.map(toDelivery), context);
  const { SB_FROM: from, SB_BATCH_SIZE, SB_POLL_MS } = process.env;
  if (!from || !SB_BATCH_SIZE || !SB_POLL_MS)
    throw new StartupError(["the trigger needs SB_FROM, SB_BATCH_SIZE and SB_POLL_MS"]);
  app.cosmosDB("changes", {
    connection: "SB_TABLES",
    databaseName: "%SB_DATABASE%",
    containerName: "%SB_CONTAINER%",
    leaseContainerName: "%SB_LEASES%",
    createLeaseContainerIfNotExists: false,
    maxItemsPerInvocation: Number(SB_BATCH_SIZE),
    feedPollDelay: Number(SB_POLL_MS),
    ...(from === "oldest" && { startFromBeginning: true }),
    ...(from !== "oldest" && from !== "latest" && { startFromTime: from }),
    retry,
    handler: changes,
  });
  return { changes, givenBack };
}

function toDelivery(document: unknown): Delivery {
  const { id, p, s, item, _ts, _lsn, _etag } = document as StoredDocument;
  const sentAt = new Date(_ts * 1000);
  const change = {
    change: `${id}@${_lsn ?? _etag ?? _ts}`,
    partition: p,
    ...(s !== undefined && { sort: s }),
    item,
    at: sentAt.toISOString(),
  };
  return { id: change.change, key: JSON.stringify([p, s]), body: JSON.stringify(change), attempt: 1, sentAt };
}

const readChange: ReadTableChange = ({ body }) => {
  const told = parseJson(body);
  if (!isObject(told) || typeof told.change !== "string" || typeof told.partition !== "string") return undefined;
  const { change, partition, sort, item, at } = told;
  return {
    id: change,
    kind: "written",
    key: typeof sort === "string" ? { partition, sort } : partition,
    ...(item !== undefined && { item }),
    at: new Date(String(at)),
  };
};
