import { decodeObject } from "../identity";
import { type AnyObjectHandler, objectHandler, type ReadObjectChange } from "../object-trigger";
import type { Parts } from "../settings";
import { type HttpFunction, worked } from "./worked";

/** An object trigger: its messages are Cloud Storage's notifications. */
export function objectTrigger(handler: AnyObjectHandler, parts: Parts): HttpFunction {
  const { handler: each, source } = objectHandler(handler, readChange);
  return worked(each, parts, source);
}

/** A generation has at most 19 digits: microseconds since the epoch. */
const GENERATION_DIGITS = 20;
/** A version that was not the live one any more for so long was not deleted together with its object. */
const SETTLED_MS = 60_000;

/** https://cloud.google.com/storage/docs/pubsub-notifications: the attributes tell what happened, the body is the object's metadata. */
const readChange: ReadObjectChange = ({ body, attributes = {} }) => {
  const { eventType, bucketId, objectId, objectGeneration, eventTime, overwrittenByGeneration } = attributes;
  const at = new Date(eventTime ?? Number.NaN);
  if (!eventType || !bucketId || !objectId || !/^\d+$/.test(objectGeneration ?? "") || Number.isNaN(at.getTime()))
    return undefined;
  const generation = String(objectGeneration);
  const metadata = decodeObject(Buffer.from(body).toString("base64")) ?? {};
  // The new object's own notification tells what an overwriting was.
  const replaced = overwrittenByGeneration !== undefined;
  const kind =
    eventType === "OBJECT_FINALIZE"
      ? "created"
      : !replaced && (eventType === "OBJECT_ARCHIVE" || (eventType === "OBJECT_DELETE" && wasLive(metadata, at)))
        ? "deleted"
        : undefined;
  return {
    id: `${bucketId}/${objectId}#${generation}/${kind ?? eventType}`,
    kind,
    key: objectId,
    ...(kind === "created" && { etag: generation, ...(isCount(metadata.size) && { bytes: Number(metadata.size) }) }),
    // A generation is deleted after it was created, and before the next one is.
    sequencer: `${generation.padStart(GENERATION_DIGITS, "0")}-${kind === "deleted" ? 1 : 0}`,
    at,
  };
};

/** Numbers of 64 bits are texts in Google's JSON. */
const isCount = (value: unknown): boolean => typeof value === "string" && /^\d+$/.test(value);

/** In a versioned bucket a deletion first archives the live version; that an old version's time is up is no news. */
function wasLive({ timeDeleted }: Readonly<Record<string, unknown>>, at: Date): boolean {
  const archived = typeof timeDeleted === "string" ? Date.parse(timeDeleted) : Number.NaN;
  return !(at.getTime() - archived > SETTLED_MS);
}
