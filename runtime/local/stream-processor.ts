import type { Parts } from "../settings";
import { type AnyStreamHandler, records } from "../stream-processor";
import { worked } from "./queue-worker";

/** A stream processor as the local cloud calls it, for the stream's records and for redriven ones. */
export function streamProcessor(handler: AnyStreamHandler, parts: Parts) {
  return worked(records(handler), parts);
}
