/**
 * As much of Cosmos DB's REST interface as the table client uses: ids, upserts, entity tags, queries in short pages,
 * session tokens. Documents outlive their `ttl` here, which is the harder case.
 */
import assert from "node:assert/strict";
import type { Answer, RecordedRequest } from "./support";

interface Stored {
  readonly id: string;
  readonly p: string;
  readonly s?: string;
  readonly item: unknown;
  readonly _etag: string;
}

/** Fewer than a client asks for, so that it has to follow the continuation. */
const PAGE = 2;

export function cosmosStandIn() {
  const documents = new Map<string, Stored>();
  let writes = 0;

  const store = (body: string, status: number): Answer => {
    const document = JSON.parse(body) as Stored;
    assert.match(document.id, /^[^/\\?#]{1,1023}$/);
    const stored = { ...document, _etag: `"${++writes}"` };
    documents.set(JSON.stringify([document.p, document.id]), stored);
    return { status, headers: { "x-ms-session-token": `0:-1#${writes}` }, json: stored };
  };

  const query = (request: RecordedRequest, partition: string): Answer => {
    const { query: sql, parameters } = JSON.parse(request.body) as {
      query: string;
      parameters: { name: string; value: string }[];
    };
    const value = (name: string) => parameters.find((parameter) => parameter.name === name)?.value;
    assert.match(
      sql,
      /^SELECT VALUE c\.item FROM c WHERE c\.p = @p( AND c\.s [<>] @after)?( ORDER BY c\.s (ASC|DESC))?$/,
    );
    assert.equal(value("@p"), partition);
    const compare = (a: string, b: string) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)) * (sql.endsWith("DESC") ? -1 : 1);
    const after = value("@after");
    const all = [...documents.values()]
      .filter((document) => document.p === partition)
      .sort((a, b) => compare(a.s ?? "", b.s ?? ""))
      .filter((document) => after === undefined || compare(document.s ?? "", after) > 0);
    const start = Number(request.headers["x-ms-continuation"] ?? 0);
    const end = start + Math.min(PAGE, Number(request.headers["x-ms-max-item-count"]));
    const headers: Record<string, string> = end < all.length ? { "x-ms-continuation": String(end) } : {};
    return { headers, json: { Documents: all.slice(start, end).map(({ item }) => item) } };
  };

  const answer = (request: RecordedRequest): Answer => {
    const { method, url, headers, body } = request;
    const [partition] = JSON.parse(String(headers["x-ms-documentdb-partitionkey"])) as [string];
    const id = decodeURIComponent(/\/docs\/(.+)$/.exec(url)?.[1] ?? "");
    if (headers["x-ms-documentdb-isquery"] === "True") return query(request, partition);
    if (method === "POST") {
      const { id: wanted } = JSON.parse(body) as Stored;
      const exists = documents.has(JSON.stringify([partition, wanted]));
      if (exists && headers["x-ms-documentdb-is-upsert"] !== "True") return { status: 409, json: { code: "Conflict" } };
      return store(body, exists ? 200 : 201);
    }
    const stored = documents.get(JSON.stringify([partition, id]));
    if (stored === undefined) return { status: 404, json: { code: "NotFound" } };
    if (method === "GET") return { json: stored };
    if (method === "DELETE") {
      documents.delete(JSON.stringify([partition, id]));
      return { status: 204 };
    }
    if (headers["if-match"] !== undefined && headers["if-match"] !== stored._etag)
      return { status: 412, json: { code: "PreconditionFailed" } };
    return store(body, 200);
  };
  return { answer, documents };
}
