import type { ObjectInfo, ObjectReader, ObjectReadWriter, ObjectWriter } from "../clients";
import { configured, object } from "../shape";
import { call } from "./host";

export interface BucketConfig {
  /** The bucket's name in the local cloud. */
  readonly resource: string;
}

const resourceOf = (config: unknown) => configured<BucketConfig>(config, object({ resource: "string" })).resource;

interface Found {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
}
type Listed = Omit<ObjectInfo, "modifiedAt"> & { readonly modifiedAt: number };

export function reader(config: unknown): ObjectReader {
  const resource = resourceOf(config);
  return {
    get: async (key) => (await call(resource, "getObject", [key])) as Found | undefined,
    list: async ({ prefix = "", limit = 100, after } = {}) => {
      const listed = (await call(resource, "listObjects", [prefix, after, limit])) as readonly Listed[];
      const items = listed.map((one) => ({ ...one, modifiedAt: new Date(one.modifiedAt) }));
      const last = items.at(-1);
      return items.length < limit || !last ? { items } : { items, next: last.key };
    },
  };
}

export function writer(config: unknown): ObjectWriter {
  const resource = resourceOf(config);
  return {
    put: async (key, body, { contentType = "application/octet-stream" } = {}) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      return (await call(resource, "putObject", [key, bytes, contentType])) as { readonly etag: string };
    },
    delete: async (key) => {
      await call(resource, "deleteObject", [key]);
    },
  };
}

export function readWriter(config: unknown): ObjectReadWriter {
  return { ...reader(config), ...writer(config) };
}
