/**
 * Azure Functions (Node.js programming model v4) behind a Service Bus queue trigger, one message a call; the host
 * completes the message when the call returns and abandons it when it throws.
 *
 * Service Bus delivers an abandoned message again at once and writes no cause on a dead letter; REST and the trigger
 * offer neither delay nor dead-lettering. Emulated:
 * - backoff: a copy, scheduled for later, that carries the attempts so far, the original id and the time of the first
 *   send; then the original is completed. The copy has a message id of its own, because duplicate detection would drop it.
 *   A crash between the two leaves both: at-least-once, as ever. With a backoff of 0 the message is just abandoned.
 * - dead letter: after the last attempt a copy with the cause goes to `settings.deadLetter`, the queue that the
 *   native dead letters (crashed calls, expired messages) are forwarded to as well; then the original is completed.
 * If a copy cannot be sent the call throws: the message is abandoned, and the queue's own delivery count takes over.
 */
import { app, type InvocationContext } from "@azure/functions";
import { causeOf, causeText, StartupError } from "../errors";
import { causeFields, createLog } from "../log";
import { backoffSeconds } from "../message";
import { type AnyQueueHandler, createQueueWorker, type Outcome } from "../queue-worker";
import type { Parts, QueueWorkerSettings } from "../settings";
import { parseTraceparent } from "../trace";
import { readBusMessage } from "./bus-message";
import { contextSink } from "./log";
import { type BusQueue, sendToBus } from "./service-bus";

/** What the trigger needs besides `SB_SETTINGS`; the same settings that connect the trigger itself. */
const NAMESPACE = "SB_BUS__fullyQualifiedNamespace";
const QUEUE = "SB_QUEUE";

type Failed = Extract<Outcome, { kind: "failed" }>;
type Received = ReturnType<typeof readBusMessage>;

export function queueWorker(handler: AnyQueueHandler, parts: Parts) {
  const { settings, run } = createQueueWorker(handler, parts);
  const own = ownQueue(settings);
  const receive = async (message: unknown, context: InvocationContext): Promise<void> => {
    const started = Date.now();
    const sink = contextSink(context);
    const received = readBusMessage(message, context.triggerMetadata ?? {});
    const { attempt } = received.delivery;
    if (attempt > settings.maxDeliveries && settings.deadLetter === undefined)
      throw new Abandoned(`delivered ${attempt} times; left to the queue's own dead-lettering`);
    const remainingMs = () => Math.max(0, started + settings.timeoutSeconds * 1000 - Date.now());
    const outcome: Outcome | undefined = (await run([received.delivery], remainingMs, sink))[0];
    if (outcome?.kind !== "failed") return;
    const last = attempt >= settings.maxDeliveries || received.delivery.refused !== undefined;
    try {
      if (last ? await deadLetter(settings, received, outcome) : await retryLater(settings, own, received)) return;
    } catch (error) {
      const traceId = parseTraceparent(outcome.traceparent)?.traceId ?? "";
      createLog(settings.component, traceId, sink).warn(last ? "dead letter not sent" : "backoff not set", {
        messageId: received.delivery.id,
        ...causeFields(causeOf(error)),
      });
    }
    throw new Abandoned(causeText(outcome.cause));
  };
  app.serviceBusQueue("worker", {
    connection: "SB_BUS",
    queueName: `%${QUEUE}%`,
    cardinality: "one",
    handler: receive,
  });
  return receive;
}

/** Makes the host abandon the message. Its text is the cause, because the host logs it. */
class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** True when the message is where dead letters are. */
async function deadLetter(settings: QueueWorkerSettings, received: Received, outcome: Failed): Promise<boolean> {
  if (settings.deadLetter === undefined) return false; // the native dead-letter queue, after its own count
  const target = new URL(settings.deadLetter);
  const { id, attempt } = received.delivery;
  // A message that is sent back starts anew: it keeps its id, not its count.
  const { "sb-attempt": _, ...properties } = received.properties;
  await sendToBus(
    { namespace: target.origin, queue: decodeURIComponent(target.pathname.slice(1)) },
    {
      id,
      body: received.text,
      properties: {
        ...properties,
        "sb-error": causeText(outcome.cause),
        "sb-attempts": attempt,
        "sb-sent": received.delivery.sentAt.toISOString(),
        traceparent: outcome.traceparent,
      },
    },
  );
  return true;
}

/** The worker's own queue, where copies are scheduled; not needed without a backoff. */
function ownQueue(settings: QueueWorkerSettings): BusQueue | undefined {
  if (settings.backoff.maxSeconds === 0) return undefined;
  const { [NAMESPACE]: namespace, [QUEUE]: queue } = process.env;
  if (!namespace || !queue) throw new StartupError([`the backoff needs ${NAMESPACE} and ${QUEUE}`]);
  return { namespace, queue };
}

/** True when a copy is scheduled. */
async function retryLater(
  settings: QueueWorkerSettings,
  own: BusQueue | undefined,
  received: Received,
): Promise<boolean> {
  const { id, attempt, sentAt } = received.delivery;
  const seconds = backoffSeconds(settings.backoff, attempt);
  if (own === undefined || seconds === 0) return false;
  await sendToBus(own, {
    id: `${id}:${attempt}`,
    body: received.text,
    properties: { ...received.properties, "sb-id": id, "sb-attempt": attempt, "sb-sent": sentAt.toISOString() },
    scheduledFor: new Date(Date.now() + seconds * 1000),
  });
  return true;
}
