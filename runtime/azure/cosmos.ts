/**
 * The few calls of Cosmos DB's REST interface that a table needs, with an Entra token.
 * https://learn.microsoft.com/rest/api/cosmos-db/
 */
import { type RestReply, rest } from "../rest";
import { documentId, type Key, type Row } from "../table";
import { headerJson } from "./key";
import { token } from "./token";

export interface CosmosContainer {
  /** `https://<account>.documents.azure.com` */
  readonly endpoint: string;
  readonly database: string;
  /** Its partition key path is `/p`, its default time to live -1. */
  readonly container: string;
}

/** A row in its envelope, so that no attribute can meet one of Cosmos DB's own (`id`, `ttl`, `_etag`). */
export interface CosmosDocument {
  readonly id: string;
  /** Partition key. */
  readonly p: string;
  /** Sort key. */
  readonly s?: string;
  readonly item: Row;
  /** Seconds from the write on; Cosmos DB hides the document from then on. */
  readonly ttl?: number;
}

export interface StoredDocument extends CosmosDocument {
  readonly _etag: string;
}

export function idOf(key: Key): string {
  return documentId(key.sort ?? key.partition);
}

interface CosmosRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly partition: string;
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly expected?: readonly number[];
}

export type Cosmos = (request: CosmosRequest) => Promise<RestReply>;

export function cosmos({ endpoint, database, container }: CosmosContainer): Cosmos {
  const path = ["dbs", database, "colls", container, "docs"].map(encodeURIComponent).join("/");
  const base = `${endpoint.replace(/\/+$/, "")}/${path}`;
  // Session consistency holds for whoever sends the tokens back: the newest one of each partition range.
  const session = new Map<string, string>();

  return async ({ method, partition, id, headers = {}, body, expected }) => {
    const accessToken = await token("https://cosmos.azure.com");
    const reply = await rest({
      method,
      url: id === undefined ? base : `${base}/${encodeURIComponent(id)}`,
      headers: {
        authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${accessToken}`),
        "x-ms-version": "2020-07-15",
        "x-ms-date": new Date().toUTCString(),
        "x-ms-documentdb-partitionkey": headerJson([partition]),
        ...(session.size > 0 && { "x-ms-session-token": [...session.values()].join(",") }),
        "content-type": "application/json",
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      operation: `Cosmos DB ${method}`,
      ...(expected && { expected }),
    });
    const sessionToken = reply.headers.get("x-ms-session-token");
    if (sessionToken) session.set(sessionToken.split(":")[0] ?? "", sessionToken);
    return reply;
  };
}
