/** Objects in a container of Azure Blob Storage, over its REST interface. https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api */
import { MessageTooLarge, type ObjectReader, type ObjectReadWriter, type ObjectWriter } from "../clients";
import { RestError, type RestReply, type RestRequest, rest } from "../rest";
import { configured, object } from "../shape";
import { readBlobList } from "./blob-list";
import { storageHeaders } from "./storage";

export interface AzureBucketConfig {
  /** `https://<account>.blob.core.windows.net` */
  readonly endpoint: string;
  readonly container: string;
}

/** Largest object in bytes, as on every cloud: it is sent in one request and held in memory. */
const MAX_OBJECT_BYTES = 64 * 2 ** 20;
/** Longest name in bytes, as on every cloud. */
const MAX_KEY_BYTES = 1024;
const MAX_SEGMENTS = 254;
const TRANSFER_MS = 60_000;

export function reader(config: unknown): ObjectReader {
  const call = blobs(config);
  return {
    get: async (key) => {
      const { status, bytes, headers } = await call("get", { method: "GET", path: pathOf(key), expected: [404] });
      if (status === 404) return undefined;
      const contentType = headers.get("content-type") ?? "application/octet-stream";
      return { body: bytes, contentType, etag: etagOf(headers) };
    },
    list: async ({ prefix = "", limit = 100, after } = {}) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError("limit must be from 1 to 1000");
      const page = await listed(call, prefix, limit, after);
      // The service may tell of a next page that has nothing on it.
      const more = page.next !== undefined && (await listed(call, prefix, 1, page.next)).items.length > 0;
      return more ? page : { items: page.items };
    },
  };
}

export function writer(config: unknown): ObjectWriter {
  const call = blobs(config);
  return {
    put: async (key, body, { contentType = "application/octet-stream" } = {}) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      if (bytes.byteLength > MAX_OBJECT_BYTES) throw new MessageTooLarge(bytes.byteLength, MAX_OBJECT_BYTES);
      const headers = { "x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": contentType };
      const reply = await call("put", { method: "PUT", path: pathOf(key), headers, body: bytes });
      return { etag: etagOf(reply.headers) };
    },
    delete: async (key) => {
      await call("delete", { method: "DELETE", path: pathOf(key), expected: [404] });
    },
  };
}

export function readWriter(config: unknown): ObjectReadWriter {
  return { ...reader(config), ...writer(config) };
}

type Call = (
  verb: string,
  request: Pick<RestRequest, "method" | "body" | "expected"> & {
    /** What follows the container's address. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<RestReply>;

function blobs(config: unknown): Call {
  const { endpoint, container } = configured<AzureBucketConfig>(
    config,
    object({ endpoint: "string", container: "string" }),
  );
  const base = `${endpoint.replace(/\/+$/, "")}/${encodeURIComponent(container)}`;
  return async (verb, { path, headers, ...request }) => {
    const operation = `Blob Storage ${verb}`;
    const reply = await rest({
      ...request,
      url: `${base}${path}`,
      headers: { ...(await storageHeaders()), ...headers },
      timeoutMs: TRANSFER_MS,
      operation,
    });
    // No such object is an answer; no such bucket is a mistake.
    if (reply.status === 404 && reply.headers.get("x-ms-error-code") !== "BlobNotFound")
      throw new RestError(operation, 404);
    return reply;
  };
}

/** Names that the service or an HTTP client would take for others are refused: they would name another object. */
function pathOf(key: string): string {
  if (key === "" || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new TypeError(`an object's key has 1 to ${MAX_KEY_BYTES} bytes`);
  const segments = key.split("/");
  const named = !/\p{Cs}/u.test(key) && !key.includes("\\") && !key.endsWith("/");
  if (!named || segments.length > MAX_SEGMENTS || segments.some((segment) => segment.endsWith(".")))
    throw new TypeError(
      `${JSON.stringify(key)} cannot be an object's key on Azure: no backslash, no dot at the end of a part, no slash at the end`,
    );
  return `/${segments.map(encodeURIComponent).join("/")}`;
}

/** At most `limit` objects from `marker` on; a page of the service may hold fewer, or none, with more to come. */
async function listed(call: Call, prefix: string, limit: number, marker: string | undefined) {
  const items: ReturnType<typeof readBlobList>["items"][number][] = [];
  let next = marker;
  do {
    const query = new URLSearchParams({
      restype: "container",
      comp: "list",
      maxresults: String(limit - items.length),
      ...(prefix !== "" && { prefix }),
      ...(next !== undefined && { marker: next }),
    });
    const { bytes } = await call("list", { method: "GET", path: `?${query}` });
    const page = readBlobList(new TextDecoder().decode(bytes));
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined && items.length < limit);
  return { items, ...(next !== undefined && { next }) };
}

/** Without its quotes, which lists leave out. */
function etagOf(headers: Headers): string {
  return (headers.get("etag") ?? "").replaceAll('"', "");
}
