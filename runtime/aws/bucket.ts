/** Objects of an S3 bucket. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { MessageTooLarge, type ObjectReader, type ObjectReadWriter, type ObjectWriter } from "../clients";
import { configured, object } from "../shape";
import { translated } from "./errors";

export interface AwsBucketConfig {
  readonly bucket: string;
}

/** Largest object in bytes, as on every cloud: it is sent in one request and held in memory. */
const MAX_OBJECT_BYTES = 64 * 2 ** 20;

const bucketOf = (config: unknown) => configured<AwsBucketConfig>(config, object({ bucket: "string" })).bucket;

let client: S3Client | undefined;
const s3 = (): S3Client => {
  // Emulators have one host for all buckets.
  const pathStyle = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  client ??= new S3Client(pathStyle === undefined ? {} : { forcePathStyle: true });
  return client;
};

export function reader(config: unknown): ObjectReader {
  const bucket = bucketOf(config);
  return {
    get: async (key) => {
      try {
        const reply = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const body = (await reply.Body?.transformToByteArray()) ?? new Uint8Array();
        return { body, contentType: reply.ContentType ?? "application/octet-stream", etag: unquoted(reply.ETag) };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        return translated(Promise.reject(error));
      }
    },
    list: async ({ prefix = "", limit = 100, after } = {}) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError("limit must be from 1 to 1000");
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        ...(after !== undefined && { StartAfter: after }),
      });
      const { Contents = [], IsTruncated } = await translated(s3().send(command));
      const items = Contents.map(({ Key = "", Size = 0, ETag, LastModified = new Date(0) }) => ({
        key: Key,
        bytes: Size,
        etag: unquoted(ETag),
        modifiedAt: LastModified,
      }));
      const last = items.at(-1);
      return IsTruncated && last ? { items, next: last.key } : { items };
    },
  };
}

export function writer(config: unknown): ObjectWriter {
  const bucket = bucketOf(config);
  return {
    put: async (key, body, { contentType = "application/octet-stream" } = {}) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      if (bytes.byteLength > MAX_OBJECT_BYTES) throw new MessageTooLarge(bytes.byteLength, MAX_OBJECT_BYTES);
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType });
      return { etag: unquoted((await translated(s3().send(command))).ETag) };
    },
    delete: async (key) => {
      await translated(s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    },
  };
}

export function readWriter(config: unknown): ObjectReadWriter {
  return { ...reader(config), ...writer(config) };
}

const unquoted = (etag = "") => etag.replaceAll('"', "");
