import { causeText } from "../errors";
import { type AnyQueueHandler, createQueueWorker, type Source } from "../queue-worker";
import type { Parts } from "../settings";
import type { QueueEvent, QueueReply } from "./events";

/** A queue worker as the local cloud calls it. */
export function queueWorker(handler: AnyQueueHandler, parts: Parts): (event: QueueEvent) => Promise<QueueReply> {
  return worked(handler, parts);
}

/** Whatever the local cloud calls with a batch. It retries, bisects and buries by itself. */
export function worked(
  handler: AnyQueueHandler,
  parts: Parts,
  source?: Source,
): (event: QueueEvent) => Promise<QueueReply> {
  const worker = createQueueWorker(handler, parts, source ? { source } : {});
  return async ({ deliveries, timeoutMs }) => {
    const deadline = performance.now() + timeoutMs;
    const received = deliveries.map(({ id, body, attempt, sentAt, traceparent, key }) => ({
      id,
      body,
      attempt,
      sentAt: new Date(sentAt),
      ...(traceparent !== undefined && { traceparent }),
      ...(key !== undefined && { key }),
    }));
    const outcomes = await worker.run(received, () => Math.max(0, deadline - performance.now()));
    return {
      outcomes: outcomes.map((outcome) =>
        outcome.kind === "failed" ? { kind: outcome.kind, error: causeText(outcome.cause) } : { kind: outcome.kind },
      ),
    };
  };
}
