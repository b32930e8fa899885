/** Puts a dead letter with its cause on the component's dead-letter topic. */
import { type Cause, causeText } from "../errors";
import type { Delivery } from "../queue-worker";
import { publish } from "./pubsub";

export interface DeadLetter {
  readonly delivery: Delivery;
  readonly cause: Cause;
  readonly attempts: number;
  readonly traceparent: string;
}

/** Attributes that Pub/Sub writes itself and refuses from publishers. */
const RESERVED = /^goog|^CloudPubSubDeadLetter/;
/** Pub/Sub accepts a hundred attributes a message. */
const MAX_ATTRIBUTES = 100;

/** The message's own attributes and ordering key stay with it: a redriven one must be what it was. */
export async function bury(topic: string, { delivery, cause, attempts, traceparent }: DeadLetter): Promise<void> {
  const { id, key, attributes = {} } = delivery;
  const own = {
    "sb-error": causeText(cause),
    "sb-attempts": String(attempts),
    "sb-id": id,
    // One that died again after it had been redriven was first sent when it was.
    "sb-sent": firstSentAt(delivery).toISOString(),
    ...(traceparent !== "" && { traceparent }),
  };
  const theirs = Object.entries(attributes).filter(([name]) => !Object.hasOwn(own, name) && !RESERVED.test(name));
  await publish(topic, {
    body: delivery.body,
    attributes: { ...Object.fromEntries(theirs.slice(0, MAX_ATTRIBUTES - Object.keys(own).length)), ...own },
    ...(key !== undefined && { orderingKey: key }),
  });
}

/** When the message was first sent: a redriven one says so itself, because Pub/Sub tells its last way only. */
export function firstSentAt({ sentAt, attributes }: Delivery): Date {
  const said = new Date(attributes?.["sb-sent"] ?? Number.NaN);
  return Number.isNaN(said.getTime()) ? sentAt : said;
}
