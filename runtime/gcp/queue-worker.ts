import type { AnyQueueHandler } from "../queue-worker";
import type { Parts } from "../settings";
import { type HttpFunction, worked } from "./worked";

/** A queue worker: its messages are its queue's topic's. */
export function queueWorker(handler: AnyQueueHandler, parts: Parts): HttpFunction {
  return worked(handler, parts);
}
