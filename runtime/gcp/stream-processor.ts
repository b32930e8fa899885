import type { Parts } from "../settings";
import { type AnyStreamHandler, createStreamProcessor, records } from "../stream-processor";
import { cloudLogging } from "./http";
import { expired, type HttpFunction, isHopeless, pushFunction } from "./worked";

/**
 * A stream processor. Pub/Sub pushes one record of a key at a time, the next one when that is dealt with, and counts
 * the deliveries: a record that fails is delivered again, and the records of its key wait. One that no delivery can help
 * is buried at once, so that they do not wait for nothing.
 */
export function streamProcessor(handler: AnyStreamHandler, parts: Parts): HttpFunction {
  const { settings, attempt } = createStreamProcessor(records(handler), parts, { sink: cloudLogging });
  return pushFunction({ settings, run: attempt, doomed: expired(settings), hopeless: isHopeless });
}
