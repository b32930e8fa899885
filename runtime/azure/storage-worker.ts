/**
 * Azure Functions behind a Storage queue trigger: the economy tier. The queue knows one delay for all and keeps no cause:
 * a failed message is sent again, hidden for its backoff, and a last one goes to the poison queue with its cause; then
 * the host deletes the original. Where a copy cannot be sent the call throws, and the host's own count takes over.
 */
import { app, type InvocationContext } from "@azure/functions";
import { causeOf, causeText, StartupError } from "../errors";
import { causeFields, createLog } from "../log";
import { backoffSeconds } from "../message";
import type { Delivery, Outcome, QueueWorker } from "../queue-worker";
import type { QueueWorkerSettings } from "../settings";
import { parseTraceparent } from "../trace";
import { contextSink } from "./log";
import { decodeEnvelope, type Envelope, sendToStorage } from "./storage-queue";

type Failed = Extract<Outcome, { kind: "failed" }>;

export function fromStorage(settings: QueueWorkerSettings, run: QueueWorker["run"]) {
  const place = placeOf();
  const receive = async (message: unknown, context: InvocationContext): Promise<void> => {
    const started = Date.now();
    const sink = contextSink(context);
    const { delivery, envelope } = read(message, context.triggerMetadata ?? {});
    const remainingMs = () => Math.max(0, started + settings.timeoutSeconds * 1000 - Date.now());
    const outcome = (await run([delivery], remainingMs, sink))[0];
    if (outcome?.kind !== "failed") return;
    const last = delivery.attempt >= settings.maxDeliveries;
    try {
      await (last
        ? bury(delivery, envelope, outcome)
        : sendToStorage(place.own, later(delivery, envelope), hidden(delivery)));
    } catch (error) {
      const traceId = parseTraceparent(outcome.traceparent)?.traceId ?? "";
      createLog(settings.component, traceId, sink).warn(last ? "dead letter not sent" : "backoff not set", {
        messageId: delivery.id,
        ...causeFields(causeOf(error)),
      });
      throw new Error(causeText(outcome.cause));
    }
  };

  const hidden = ({ attempt }: Delivery) => ({
    delaySeconds: backoffSeconds(settings.backoff, attempt),
    retentionSeconds: place.retentionSeconds,
  });
  const bury = (delivery: Delivery, envelope: Envelope, { cause, traceparent }: Failed) => {
    const target = new URL(settings.deadLetter ?? "");
    const queue = decodeURIComponent(target.pathname.slice(1));
    const { earlier: _, ...kept } = later(delivery, envelope);
    const letter = { ...kept, traceparent, error: causeText(cause), attempts: delivery.attempt };
    return sendToStorage({ account: target.origin, queue }, letter, { retentionSeconds: place.deadRetentionSeconds });
  };

  app.storageQueue("worker", { connection: "SB_STORE", queueName: "%SB_QUEUE%", handler: receive });
  return receive;
}

/** The copy that is delivered next: it counts on, and keeps the first one's id and time. */
function later({ id, attempt, sentAt }: Delivery, envelope: Envelope): Envelope {
  return { ...envelope, firstId: id, firstSentAt: sentAt.toISOString(), earlier: attempt };
}

function read(message: unknown, metadata: Readonly<Record<string, unknown>>) {
  const envelope = decodeEnvelope(message) ?? (typeof message === "string" ? { text: message } : { body: message });
  const sentAt = new Date(String(envelope.firstSentAt ?? metadata.insertionTime ?? Date.now()));
  const count = Number(metadata.dequeueCount ?? 1);
  const delivery: Delivery = {
    id: String(envelope.firstId ?? metadata.id ?? ""),
    body: envelope.text ?? JSON.stringify(envelope.body) ?? "",
    attempt: (envelope.earlier ?? 0) + (Number.isInteger(count) && count > 0 ? count : 1),
    sentAt: Number.isNaN(sentAt.getTime()) ? new Date() : sentAt,
    ...(envelope.traceparent !== undefined && { traceparent: envelope.traceparent }),
  };
  return { delivery, envelope };
}

/** The worker's own queue, and how long messages and dead letters are kept. */
function placeOf() {
  const { SB_STORE__queueServiceUri: account, SB_QUEUE: queue, SB_RETENTION, SB_DEAD_RETENTION } = process.env;
  const [retentionSeconds, deadRetentionSeconds] = [Number(SB_RETENTION), Number(SB_DEAD_RETENTION)];
  if (!account || !queue || !(retentionSeconds > 0) || !(deadRetentionSeconds > 0))
    throw new StartupError(["SB_STORE__queueServiceUri, SB_QUEUE, SB_RETENTION and SB_DEAD_RETENTION must be set"]);
  return { own: { account, queue }, retentionSeconds, deadRetentionSeconds };
}
