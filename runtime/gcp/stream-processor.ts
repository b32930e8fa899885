import type { Parts } from "../settings";
import { type AnyStreamHandler, createStreamProcessor, records } from "../stream-processor";
import { cloudLogging } from "./http";
import { type HttpFunction, pushFunction } from "./worked";

/**
 * A stream processor. Pub/Sub pushes one record of a key at a time, the next one when that is dealt with, and counts
 * the deliveries: a record that fails is delivered again, and the records of its key wait. One that no delivery can help
 * is buried at once, so that they do not wait for nothing.
 */
export function streamProcessor(handler: AnyStreamHandler, parts: Parts): HttpFunction {
  const { settings, attempt } = createStreamProcessor(records(handler), parts, { sink: cloudLogging });
  return pushFunction({
    settings,
    run: attempt,
    // Redriven records are as old as their way back, or none could ever be redriven.
    doomed: ({ sentAt }) =>
      Date.now() - sentAt.getTime() <= settings.maxRecordAgeSeconds * 1000
        ? undefined
        : { name: "Expired", message: `older than ${settings.maxRecordAgeSeconds} s when its turn came` },
    hopeless: ({ name }) => name === "InvalidMessage",
  });
}
