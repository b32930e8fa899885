import { type AnyObjectHandler, objectHandler, type ReadObjectChange } from "../object-trigger";
import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { worked } from "./queue-worker";

/** An object trigger: Event Grid puts Blob Storage's events, as CloudEvents, into the queue. */
export function objectTrigger(handler: AnyObjectHandler, parts: Parts) {
  const { handler: each, source } = objectHandler(handler, readChange);
  return worked(each, parts, source);
}

const kinds: Readonly<Record<string, "created" | "deleted">> = {
  "Microsoft.Storage.BlobCreated": "created",
  "Microsoft.Storage.BlobDeleted": "deleted",
};

/** `/blobServices/default/containers/<container>/blobs/<key>`; the key is as it is, not encoded. */
const subjectShape = /^\/blobServices\/default\/containers\/[^/]+\/blobs\/(.+)$/s;

const readChange: ReadObjectChange = ({ body }) => {
  const event = parseJson(body);
  if (!isObject(event) || !isObject(event.data)) return undefined;
  const { id, type, subject, time, data } = event;
  const [, key] = subjectShape.exec(String(subject)) ?? [];
  if (key === undefined || typeof id !== "string") return undefined;
  const { contentLength, eTag, sequencer } = data;
  return {
    id,
    kind: kinds[String(type)],
    key,
    ...(typeof contentLength === "number" && { bytes: contentLength }),
    ...(typeof eTag === "string" && { etag: eTag.replaceAll('"', "") }),
    // Of one length for all of a blob's events.
    sequencer: String(sequencer ?? ""),
    at: new Date(String(time)),
  };
};
