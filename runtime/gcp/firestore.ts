/**
 * The few calls of Firestore's REST interface that a table needs.
 * https://firebase.google.com/docs/firestore/reference/rest
 */
import { type RestReply, rest } from "../rest";
import { documentId, type Key, type Row } from "../table";
import { endpoint } from "./token";

export interface FirestoreCollection {
  readonly project: string;
  readonly database: string;
  /** A row is `<collection>/<partition>`, with a sort key `<collection>/<partition>/<collection>/<sort>`: one group, no index of its own. */
  readonly collection: string;
}

export interface FirestoreDocument {
  readonly name: string;
  readonly fields: Readonly<Record<string, FirestoreValue>>;
  readonly updateTime: string;
}

interface FirestoreValue {
  readonly stringValue?: string;
  readonly timestampValue?: string;
}

export interface Firestore {
  /** The name of a row's document, or of the document above a partition's rows. */
  readonly nameOf: (key: Key) => string;
  readonly call: (request: {
    readonly method: "GET" | "POST" | "DELETE";
    readonly path: string;
    readonly body?: unknown;
    readonly expected?: readonly number[];
  }) => Promise<RestReply>;
}

export function firestore({ project, database, collection }: FirestoreCollection): Firestore {
  const root = `projects/${project}/databases/${database}/documents`;
  return {
    nameOf: ({ partition, sort }) => {
      const parent = `${root}/${collection}/${documentId(partition)}`;
      return sort === undefined ? parent : `${parent}/${collection}/${documentId(sort)}`;
    },
    call: async ({ method, path, body, expected }) => {
      const { base, headers } = await endpoint("firestore.googleapis.com", "FIRESTORE_EMULATOR_HOST");
      return rest({
        method,
        url: `${base}/v1/${path}`,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(expected && { expected }),
        operation: `Firestore ${method}`,
      });
    },
  };
}

/**
 * A row's fields. The item is JSON text: Firestore knows no list in a list and reserves names like `__x__`, and nothing
 * in it is to be indexed. `expires` is a timestamp, as the collection group's TTL policy wants it.
 */
export function toFields(key: Key, row: Row, expires: number | undefined): Record<string, FirestoreValue> {
  return {
    partition: { stringValue: key.partition },
    ...(key.sort !== undefined && { sort: { stringValue: key.sort } }),
    item: { stringValue: JSON.stringify(row) },
    ...(expires !== undefined && { expires: { timestampValue: timestamp(expires) } }),
  };
}

export function fromFields(document: FirestoreDocument): Row {
  return JSON.parse(document.fields.item?.stringValue ?? "{}") as Row;
}

/** Within what Firestore stores: the years 1 to 9999. */
function timestamp(seconds: number): string {
  return new Date(Math.min(Math.max(seconds, 0), 253_402_300_799) * 1000).toISOString();
}
