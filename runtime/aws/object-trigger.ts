import { type AnyObjectHandler, objectHandler, type ReadObjectChange } from "../object-trigger";
import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { worked } from "./queue-worker";

/** An object trigger behind SQS: EventBridge tells what became of an S3 object. */
export function objectTrigger(handler: AnyObjectHandler, parts: Parts) {
  const { handler: each, source } = objectHandler(handler, readChange);
  return worked(each, parts, source);
}

const kinds: Readonly<Record<string, "created" | "deleted">> = {
  "Object Created": "created",
  "Object Deleted": "deleted",
};

/** Digits of a sequencer once it is filled up, so that it can be compared as text. */
const SEQUENCER_DIGITS = 32;

const readChange: ReadObjectChange = ({ body }) => {
  const message = parseJson(body);
  const detail = isObject(message) ? message.detail : undefined;
  const found = isObject(detail) ? detail.object : undefined;
  if (!isObject(message) || !isObject(found) || typeof found.key !== "string") return undefined;
  const { key, size, etag, sequencer } = found;
  const { bucket } = detail as { readonly bucket?: { readonly name?: unknown } };
  return {
    // S3 may tell one change twice: as two events, with one sequencer.
    id: sequencer === undefined ? String(message.id) : `${bucket?.name}/${key}@${sequencer}`,
    kind: kinds[String(message["detail-type"])],
    key,
    ...(typeof size === "number" && { bytes: size }),
    ...(typeof etag === "string" && { etag }),
    // Hexadecimal digits of varying number: the shorter one is filled up on the right.
    sequencer: String(sequencer ?? "").padEnd(SEQUENCER_DIGITS, "0"),
    at: new Date(String(message.time)),
  };
};
