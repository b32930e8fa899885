/**
 * A Functions Framework HTTP function behind a Pub/Sub push subscription: 204 acknowledges, 500 has the message
 * delivered again after the subscription's own backoff. Cloud Run lets only the subscription's account in.
 * Pub/Sub's dead-lettering keeps no cause: the last attempt is published to the dead-letter topic with it and then
 * acknowledged. Where that fails, or Pub/Sub tells no attempt, the subscription's own dead-letter policy holds.
 */
import { type Cause, causeOf } from "../errors";
import { causeFields, createLog } from "../log";
import { type AnyQueueHandler, createQueueWorker, type Delivery, type QueueWorker, type Source } from "../queue-worker";
import type { Parts, QueueWorkerSettings, StreamProcessorSettings } from "../settings";
import { parseTraceparent } from "../trace";
import { bury, type DeadLetter } from "./dead-letter";
import { cloudLogging, type FrameworkRequest, type FrameworkResponse, takeBodiesAsTheyCome } from "./http";
import { readPush } from "./push";

export interface Worker {
  readonly settings: QueueWorkerSettings;
  readonly run: QueueWorker["run"];
  /** Why a message is a dead letter before it has been tried; undefined for one that is not. */
  readonly doomed?: (delivery: Delivery) => Cause | undefined;
  /** Whether no further delivery can help. Default: one always may. */
  readonly hopeless?: (cause: Cause) => boolean;
}

export type HttpFunction = (request: FrameworkRequest, response: FrameworkResponse) => Promise<void>;

/** Any handler of one message at a time. */
export function worked(handler: AnyQueueHandler, parts: Parts, source?: Source): HttpFunction {
  return pushFunction(createQueueWorker(handler, parts, { sink: cloudLogging, ...(source && { source }) }));
}

export function pushFunction(worker: Worker): HttpFunction {
  takeBodiesAsTheyCome();
  return async (request, response) => {
    response.statusCode = await takePush(worker, request);
    response.end();
  };
}

/** The status that tells Pub/Sub what has become of its message; 400 for what is no push. */
export async function takePush(worker: Worker, request: FrameworkRequest): Promise<204 | 400 | 500> {
  const { settings, run, doomed, hopeless } = worker;
  const remainingMs = deadline(settings);
  const pushed = readPush(request);
  if (pushed === undefined) return 400;
  const { delivery } = pushed;
  const doom = doomed?.(delivery);
  if (doom !== undefined) {
    const letter = { delivery, cause: doom, attempts: 0, traceparent: delivery.traceparent ?? "" };
    return (await buried(settings, letter)) ? 204 : 500;
  }
  const outcome = (await run([delivery], remainingMs))[0];
  if (outcome?.kind !== "failed") return 204;
  const { cause, traceparent } = outcome;
  if ((pushed.attempt ?? 0) < settings.maxDeliveries && !hopeless?.(cause)) return 500;
  return (await buried(settings, { delivery, cause, attempts: delivery.attempt, traceparent })) ? 204 : 500;
}

/** Milliseconds that are left of a call that began now. */
export function deadline({ timeoutSeconds }: QueueWorkerSettings): () => number {
  const end = Date.now() + timeoutSeconds * 1000;
  return () => Math.max(0, end - Date.now());
}

/** Whether a record is too old to be tried. Redriven ones are as old as their way back, or none could ever be redriven. */
export function expired({ maxRecordAgeSeconds }: StreamProcessorSettings): (delivery: Delivery) => Cause | undefined {
  return ({ sentAt }) =>
    Date.now() - sentAt.getTime() <= maxRecordAgeSeconds * 1000
      ? undefined
      : { name: "Expired", message: `older than ${maxRecordAgeSeconds} s when its turn came` };
}

/** What is no message of its kind will never be one. */
export const isHopeless = ({ name }: Cause): boolean => name === "InvalidMessage";

/** False where the dead letter could not be published: then the message has to come again. */
export async function buried({ component, deadLetter }: QueueWorkerSettings, letter: DeadLetter): Promise<boolean> {
  if (deadLetter === undefined) return false;
  try {
    await bury(deadLetter, letter);
    return true;
  } catch (error) {
    const traceId = parseTraceparent(letter.traceparent)?.traceId ?? "";
    createLog(component, traceId, cloudLogging).warn("dead letter not sent", {
      messageId: letter.delivery.id,
      ...causeFields(causeOf(error)),
    });
    return false;
  }
}
