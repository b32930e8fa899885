/** As much of Firestore's REST interface as the table client uses: names, commits with preconditions, ordered queries. */
import assert from "node:assert/strict";
import type { Answer, RecordedRequest } from "./support";

type Fields = Readonly<Record<string, { readonly stringValue?: string; readonly timestampValue?: string }>>;

interface Stored {
  readonly name: string;
  readonly fields: Fields;
  readonly updateTime: string;
}

interface Write {
  readonly update: { readonly name: string; readonly fields: Fields };
  readonly currentDocument?: { readonly exists?: boolean; readonly updateTime?: string };
}

interface Query {
  readonly from: readonly { readonly collectionId: string }[];
  readonly where?: { readonly fieldFilter: { readonly op: string; readonly value: { readonly stringValue: string } } };
  readonly orderBy: readonly { readonly field: { readonly fieldPath: string }; readonly direction: string }[];
  readonly limit: number;
}

const failure = (status: number, name: string): Answer => ({ status, json: { error: { code: status, status: name } } });

export function firestoreStandIn() {
  const documents = new Map<string, Stored>();
  let clock = 0;

  const commit = ({ update, currentDocument }: Write): Answer => {
    for (const id of update.name.split("/").slice(5))
      assert.ok(!/^(\.\.?|__.*__)$/.test(id) && Buffer.byteLength(id) <= 1500);
    const stored = documents.get(update.name);
    if (currentDocument?.exists === false && stored !== undefined) return failure(409, "ALREADY_EXISTS");
    if (currentDocument?.updateTime !== undefined && currentDocument.updateTime !== stored?.updateTime)
      return failure(400, "FAILED_PRECONDITION");
    const updateTime = new Date(++clock).toISOString();
    documents.set(update.name, { ...update, updateTime });
    return { json: { writeResults: [{ updateTime }], commitTime: updateTime } };
  };

  const run = (parent: string, { from, where, orderBy, limit }: Query): Answer => {
    assert.deepEqual(
      orderBy.map(({ field }) => field.fieldPath),
      ["sort"],
    );
    const sign = orderBy[0]?.direction === "DESCENDING" ? -1 : 1;
    const compare = (a: string, b: string) => sign * Buffer.compare(Buffer.from(a), Buffer.from(b));
    const sortOf = (document: Stored) => document.fields.sort?.stringValue ?? "";
    const within = `${parent}/${from[0]?.collectionId}/`;
    if (where !== undefined) assert.equal(where.fieldFilter.op, sign < 0 ? "LESS_THAN" : "GREATER_THAN");
    const found = [...documents.values()]
      .filter(({ name, fields }) => name.startsWith(within) && !name.slice(within.length).includes("/") && fields.sort)
      .sort((a, b) => compare(sortOf(a), sortOf(b)))
      .filter((document) => where === undefined || compare(sortOf(document), where.fieldFilter.value.stringValue) > 0)
      .slice(0, limit);
    const readTime = new Date(clock).toISOString();
    return { json: found.length === 0 ? [{ readTime }] : found.map((document) => ({ document, readTime })) };
  };

  const answer = ({ method, url, body }: RecordedRequest): Answer => {
    const path = decodeURIComponent(url).replace(/^\/v1\//, "");
    if (path.endsWith(":commit")) return commit((JSON.parse(body) as { writes: [Write] }).writes[0]);
    if (path.endsWith(":runQuery"))
      return run(path.slice(0, -":runQuery".length), (JSON.parse(body) as { structuredQuery: Query }).structuredQuery);
    if (method === "DELETE") {
      documents.delete(path);
      return { json: {} };
    }
    const stored = documents.get(path);
    return stored === undefined ? failure(404, "NOT_FOUND") : { json: stored };
  };
  return { answer, documents };
}
