/**
 * A Functions Framework HTTP function behind a Pub/Sub push subscription: 204 acknowledges, 500 has the message
 * delivered again after the subscription's own backoff. Cloud Run lets only the subscription's account in.
 * Pub/Sub's dead-lettering keeps no cause: the last attempt is published to the dead-letter topic with it and then
 * acknowledged. Where that fails, or Pub/Sub tells no attempt, the subscription's own dead-letter policy holds.
 */
import { causeOf, causeText } from "../errors";
import { causeFields, createLog } from "../log";
import { type AnyQueueHandler, createQueueWorker, type Outcome } from "../queue-worker";
import type { Parts } from "../settings";
import { parseTraceparent } from "../trace";
import { cloudLogging, type FrameworkRequest, type FrameworkResponse, takeBodiesAsTheyCome } from "./http";
import { publish } from "./pubsub";
import { type Pushed, readPush } from "./push";

type Failed = Extract<Outcome, { kind: "failed" }>;

export function queueWorker(handler: AnyQueueHandler, parts: Parts) {
  takeBodiesAsTheyCome();
  const { settings, run } = createQueueWorker(handler, parts, { sink: cloudLogging });

  const settle = async (pushed: Pushed, outcome: Failed): Promise<204 | 500> => {
    if (settings.deadLetter === undefined || (pushed.attempt ?? 0) < settings.maxDeliveries) return 500;
    try {
      await publish(settings.deadLetter, {
        body: pushed.delivery.body,
        attributes: deadLetterAttributes(pushed, outcome),
      });
      return 204;
    } catch (error) {
      const traceId = parseTraceparent(outcome.traceparent)?.traceId ?? "";
      createLog(settings.component, traceId, cloudLogging).warn("dead letter not sent", {
        messageId: pushed.delivery.id,
        ...causeFields(causeOf(error)),
      });
      return 500;
    }
  };

  return async (request: FrameworkRequest, response: FrameworkResponse): Promise<void> => {
    const started = Date.now();
    const pushed = readPush(request);
    if (pushed === undefined) {
      response.statusCode = 400;
      response.end();
      return;
    }
    const remainingMs = () => Math.max(0, started + settings.timeoutSeconds * 1000 - Date.now());
    const outcome = (await run([pushed.delivery], remainingMs))[0];
    response.statusCode = outcome?.kind === "failed" ? await settle(pushed, outcome) : 204;
    response.end();
  };
}

/** Attributes that Pub/Sub writes itself and refuses from publishers. */
const RESERVED = /^goog|^CloudPubSubDeadLetter/;
/** Pub/Sub accepts a hundred attributes a message. */
const MAX_ATTRIBUTES = 100;

function deadLetterAttributes(pushed: Pushed, outcome: Failed): Record<string, string> {
  const own = {
    "sb-error": causeText(outcome.cause),
    "sb-attempts": String(pushed.delivery.attempt),
    "sb-id": pushed.delivery.id,
    "sb-sent": pushed.delivery.sentAt.toISOString(),
    traceparent: outcome.traceparent,
  };
  const theirs = Object.entries(pushed.attributes).filter(
    ([name]) => !Object.hasOwn(own, name) && !RESERVED.test(name),
  );
  return { ...Object.fromEntries(theirs.slice(0, MAX_ATTRIBUTES - Object.keys(own).length)), ...own };
}
