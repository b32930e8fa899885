/** Objects of a Cloud Storage bucket over its JSON interface. https://cloud.google.com/storage/docs/json_api/v1 */
import {
  MessageTooLarge,
  type ObjectInfo,
  type ObjectReader,
  type ObjectReadWriter,
  type ObjectWriter,
} from "../clients";
import { type RestReply, type RestRequest, rest } from "../rest";
import { configured, object } from "../shape";
import { endpoint } from "./token";

export interface GcpBucketConfig {
  readonly bucket: string;
}

/** Largest object in bytes, as on every cloud: it is sent in one request and held in memory. */
const MAX_OBJECT_BYTES = 64 * 2 ** 20;
/** Longest name in bytes. */
const MAX_KEY_BYTES = 1024;
const TRANSFER_MS = 60_000;

export function reader(config: unknown): ObjectReader {
  const bucket = storage(config);
  return {
    get: async (key) => {
      const reply = await bucket.call("get", { method: "GET", path: `/o/${nameOf(key)}?alt=media`, expected: [404] });
      if (reply.status === 404) return undefined;
      const contentType = reply.headers.get("content-type") ?? "application/octet-stream";
      return { body: reply.bytes, contentType, etag: reply.headers.get("x-goog-generation") ?? "" };
    },
    list: async ({ prefix = "", limit = 100, after } = {}) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError("limit must be from 1 to 1000");
      const found = await listed(bucket, prefix, after, limit + 1);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return found.length > limit && last ? { items, next: last.key } : { items };
    },
  };
}

export function writer(config: unknown): ObjectWriter {
  const bucket = storage(config);
  return {
    put: async (key, body, { contentType = "application/octet-stream" } = {}) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      if (bytes.byteLength > MAX_OBJECT_BYTES) throw new MessageTooLarge(bytes.byteLength, MAX_OBJECT_BYTES);
      const path = `/o?uploadType=media&name=${nameOf(key)}`;
      const headers = { "content-type": contentType };
      const { json } = await bucket.call("put", { method: "POST", path, headers, body: bytes });
      const { generation } = (json ?? {}) as StoredObject;
      if (generation === undefined) throw new Error("Cloud Storage put was answered without a generation");
      return { etag: generation };
    },
    delete: async (key) => {
      await bucket.call("delete", { method: "DELETE", path: `/o/${nameOf(key)}`, expected: [404] });
    },
  };
}

export function readWriter(config: unknown): ObjectReadWriter {
  return { ...reader(config), ...writer(config) };
}

interface StoredObject {
  readonly name?: string;
  /** 64 bits, as text. Another with every content; the service's own `etag` differs between its interfaces. */
  readonly generation?: string;
  readonly size?: string;
  /** When this generation was written; `updated` is also of its metadata. */
  readonly timeCreated?: string;
}

interface Storage {
  readonly call: (
    verb: string,
    request: Pick<RestRequest, "method" | "body" | "expected"> & {
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) => Promise<RestReply>;
}

function storage(config: unknown): Storage {
  const { bucket } = configured<GcpBucketConfig>(config, object({ bucket: "string" }));
  return {
    call: async (verb, { path, headers: own, ...request }) => {
      const { base, headers } = await endpoint("storage.googleapis.com", "STORAGE_EMULATOR_HOST");
      const upload = request.body === undefined ? "" : "/upload";
      return rest({
        ...request,
        url: `${base}${upload}/storage/v1/b/${encodeURIComponent(bucket)}${path}`,
        headers: { ...headers, ...own },
        timeoutMs: TRANSFER_MS,
        operation: `Cloud Storage ${verb}`,
      });
    },
  };
}

function nameOf(key: string): string {
  if (key === "" || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new TypeError(`an object's key has 1 to ${MAX_KEY_BYTES} bytes`);
  // Refused by the service too; as part of an address they would name something else.
  if (key === "." || key === "..") throw new TypeError(`${JSON.stringify(key)} cannot be an object's key`);
  return encodeURIComponent(key);
}

/**
 * At most `count` objects beyond the key `after`, in the order of their names' UTF-8 bytes. The service begins with the
 * name it is given, which is therefore left out; a page of its may hold fewer than were asked for.
 */
async function listed(bucket: Storage, prefix: string, after: string | undefined, count: number) {
  const found: ObjectInfo[] = [];
  let pageToken: string | undefined;
  do {
    const query = new URLSearchParams({
      prefix,
      maxResults: String(Math.min(1000, count - found.length + 1)),
      fields: "items(name,generation,size,timeCreated),nextPageToken",
      ...(after !== undefined && { startOffset: after }),
      ...(pageToken !== undefined && { pageToken }),
    });
    const { json } = await bucket.call("list", { method: "GET", path: `/o?${query}` });
    const page = (json ?? {}) as { readonly items?: readonly StoredObject[]; readonly nextPageToken?: string };
    found.push(...(page.items ?? []).map(infoOf).filter(({ key }) => key !== after));
    pageToken = page.nextPageToken;
  } while (pageToken && found.length < count);
  return found;
}

function infoOf({ name = "", generation = "", size, timeCreated = "" }: StoredObject): ObjectInfo {
  return { key: name, bytes: Number(size), etag: generation, modifiedAt: new Date(timeCreated) };
}
