/**
 * Azure Functions (Node.js programming model v4) behind a Service Bus queue trigger; the host completes the messages of a
 * call when it returns and abandons them when it throws.
 *
 * Service Bus delivers an abandoned message again at once and writes no cause on a dead letter; REST and the trigger
 * offer neither delay nor dead-lettering. Emulated:
 * - backoff: a copy, scheduled for later, that carries the attempts so far, the original id and the time of the first
 *   send; then the original is completed. The copy has a message id of its own, because duplicate detection would drop it.
 *   A crash between the two leaves both: at-least-once, as ever. With a backoff of 0 the message is just abandoned.
 * - dead letter: after the last attempt a copy with the cause goes to `settings.deadLetter`, the queue that the
 *   native dead letters (crashed calls, expired messages) are forwarded to as well; then the original is completed.
 * If a copy cannot be sent the call throws: the message is abandoned, and the queue's own delivery count takes over.
 * In a batch each failed message has its copy and the batch is completed; where one cannot be sent, all come again.
 * With sessions a copy would lose its place: the call waits out the backoff, as far as its time goes, and abandons.
 */
import { app, type InvocationContext } from "@azure/functions";
import { causeOf, causeText, StartupError } from "../errors";
import { causeFields, createLog, type LogSink } from "../log";
import { backoffSeconds } from "../message";
import { type AnyQueueHandler, createQueueWorker, type Outcome, type QueueWorker, type Source } from "../queue-worker";
import type { Parts, QueueWorkerSettings } from "../settings";
import { parseTraceparent } from "../trace";
import { RESERVED_FIELDS, readBusMessage } from "./bus-message";
import { contextSink } from "./log";
import { type BusQueue, sendToBus } from "./service-bus";

/** What the trigger needs besides `SB_SETTINGS`; the same settings that connect the trigger itself. */
const NAMESPACE = "SB_BUS__fullyQualifiedNamespace";
const QUEUE = "SB_QUEUE";

type Failed = Extract<Outcome, { kind: "failed" }>;
type Received = ReturnType<typeof readBusMessage>;

export function queueWorker(handler: AnyQueueHandler, parts: Parts) {
  return worked(handler, parts);
}

/** A queue with any source in front of it. `traceOf`: the trace that a message's body brings, where its properties do not. */
export function worked(
  handler: AnyQueueHandler,
  parts: Parts,
  source?: Source,
  traceOf?: (body: string) => string | undefined,
) {
  const { settings, run } = createQueueWorker(handler, parts, source ? { source } : {});
  if (process.env.SB_STORE__queueServiceUri !== undefined) {
    // Loaded by workers of the economy tier only.
    const { fromStorage } = require("./storage-worker") as typeof import("./storage-worker");
    return fromStorage(settings, run);
  }
  return fromQueue(settings, run, traceOf);
}

/** Registers the trigger of the component's own queue, and of the topic's subscription where there is one. */
export function fromQueue(
  settings: QueueWorkerSettings,
  run: QueueWorker["run"],
  traceOf?: (body: string) => string | undefined,
) {
  const own = ownQueue(settings);
  const sessions = process.env.SB_SESSIONS === "true";
  const batched = process.env.SB_BATCH === "true";
  const receive = async (message: unknown, context: InvocationContext): Promise<void> => {
    const started = Date.now();
    const sink = contextSink(context);
    const received = (
      batched ? readBatch(message, context) : [readBusMessage(message, context.triggerMetadata ?? {})]
    ).map((one) => traced(one, traceOf));
    const first = received[0]?.delivery.attempt ?? 1;
    if (first > settings.maxDeliveries && settings.deadLetter === undefined)
      throw new Abandoned(`delivered ${first} times; left to the queue's own dead-lettering`);
    const remainingMs = () => Math.max(0, started + settings.timeoutSeconds * 1000 - Date.now());
    const outcomes = await run(
      received.map(({ delivery }) => delivery),
      remainingMs,
      sink,
    );
    let abandoned: Failed | undefined;
    for (const [index, one] of received.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind !== "failed") continue;
      if (!(await settled(one, outcome, remainingMs, sink))) abandoned = outcome;
    }
    if (abandoned) throw new Abandoned(causeText(abandoned.cause));
  };

  /** True when the message may be completed. */
  const settled = async (received: Received, outcome: Failed, remainingMs: () => number, sink: LogSink) => {
    const { attempt } = received.delivery;
    const last = attempt >= settings.maxDeliveries || received.delivery.refused !== undefined;
    try {
      if (last) return await deadLetter(settings, received, outcome);
      if (sessions) {
        const ms = backoffSeconds(settings.backoff, attempt) * 1000;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(ms, remainingMs() - reserveMs))));
        return false;
      }
      return await retryLater(settings, own, received, batched);
    } catch (error) {
      const traceId = parseTraceparent(outcome.traceparent)?.traceId ?? "";
      createLog(settings.component, traceId, sink).warn(last ? "dead letter not sent" : "backoff not set", {
        messageId: received.delivery.id,
        ...causeFields(causeOf(error)),
      });
      return false;
    }
  };

  const trigger = { connection: "SB_BUS", handler: receive, ...(sessions && { isSessionsEnabled: true }) };
  if (batched) app.serviceBusQueue("worker", { ...trigger, queueName: `%${QUEUE}%`, cardinality: "many" });
  else app.serviceBusQueue("worker", { ...trigger, queueName: `%${QUEUE}%`, cardinality: "one" });
  if (process.env.SB_TOPIC !== undefined)
    app.serviceBusTopic("events", {
      ...trigger,
      topicName: "%SB_TOPIC%",
      subscriptionName: "%SB_SUBSCRIPTION%",
      cardinality: "one",
    });
  return receive;
}

/** Left of a call's time when it has waited for a session's backoff, in ms. */
const reserveMs = 2000;

/** A batch: the trigger's facts come in lists, one value a message. */
function readBatch(messages: unknown, { triggerMetadata = {} }: InvocationContext): Received[] {
  const list = Array.isArray(messages) ? messages : [messages];
  const of = (name: string, index: number): unknown => {
    const values = triggerMetadata[`${name}Array`];
    return Array.isArray(values) ? values[index] : undefined;
  };
  return list.map((message, index) =>
    readBusMessage(
      message,
      Object.fromEntries([...RESERVED_FIELDS, "sessionId"].map((name) => [name, of(name, index)])),
    ),
  );
}

function traced(received: Received, traceOf: ((body: string) => string | undefined) | undefined): Received {
  if (!traceOf || received.delivery.traceparent !== undefined) return received;
  const traceparent = traceOf(received.delivery.body);
  return traceparent === undefined ? received : { ...received, delivery: { ...received.delivery, traceparent } };
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
      ...(received.delivery.key !== undefined && { session: received.delivery.key }),
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
  if (settings.backoff.maxSeconds === 0 && process.env.SB_BATCH !== "true") return undefined;
  const { [NAMESPACE]: namespace, [QUEUE]: queue } = process.env;
  if (!namespace || !queue) throw new StartupError([`the backoff needs ${NAMESPACE} and ${QUEUE}`]);
  return { namespace, queue };
}

/** True when a copy is scheduled. */
async function retryLater(
  settings: QueueWorkerSettings,
  own: BusQueue | undefined,
  received: Received,
  always: boolean,
): Promise<boolean> {
  const { id, attempt, sentAt } = received.delivery;
  const seconds = backoffSeconds(settings.backoff, attempt);
  if (own === undefined || (seconds === 0 && !always)) return false;
  await sendToBus(own, {
    id: `${id}:${attempt}`,
    body: received.text,
    properties: { ...received.properties, "sb-id": id, "sb-attempt": attempt, "sb-sent": sentAt.toISOString() },
    scheduledFor: new Date(Date.now() + seconds * 1000),
  });
  return true;
}
