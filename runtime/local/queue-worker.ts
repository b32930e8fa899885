import { causeText } from "../errors";
import { type AnyQueueHandler, createQueueWorker } from "../queue-worker";
import type { Parts } from "../settings";
import type { QueueEvent, QueueReply } from "./events";

/** A queue worker as the local cloud calls it. */
export function queueWorker(handler: AnyQueueHandler, parts: Parts): (event: QueueEvent) => Promise<QueueReply> {
  const worker = createQueueWorker(handler, parts);
  return async ({ deliveries, timeoutMs }) => {
    const deadline = performance.now() + timeoutMs;
    const received = deliveries.map(({ id, body, attempt, sentAt, traceparent }) => ({
      id,
      body,
      attempt,
      sentAt: new Date(sentAt),
      ...(traceparent !== undefined && { traceparent }),
    }));
    const outcomes = await worker.run(received, () => Math.max(0, deadline - performance.now()));
    return {
      outcomes: outcomes.map((outcome) =>
        outcome.kind === "failed" ? { kind: outcome.kind, error: causeText(outcome.cause) } : { kind: outcome.kind },
      ),
    };
  };
}
