/** Sends to a queue: publishes to its Pub/Sub topic. */
import type { QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object, optional } from "../shape";
import { currentTraceparent } from "../trace";
import { orderingKey, publish } from "./pubsub";

export interface GcpQueueConfig {
  /** `projects/<project>/topics/<topic>` */
  readonly topic: string;
  readonly maxMessageBytes: number;
  /** Field of the message whose messages are kept in order; set together with `region`. */
  readonly orderBy?: string;
  /** The topic's region: `europe-west3`. */
  readonly region?: string;
}

export function sender(config: unknown): QueueSender<unknown> {
  const { topic, maxMessageBytes, orderBy, region } = configured<GcpQueueConfig>(
    config,
    object({ topic: "string", maxMessageBytes: "number", orderBy: optional("string"), region: optional("string") }),
  );
  if (orderBy !== undefined && region === undefined)
    throw new Error("configuration.region must be a text where orderBy is one");
  return {
    send: async (message) => {
      const traceparent = currentTraceparent();
      const queued = {
        body: encodeMessage(message, maxMessageBytes),
        attributes: { ...(traceparent !== undefined && { traceparent }) },
        ...(orderBy !== undefined && { orderingKey: orderingKey(message, orderBy) }),
      };
      return { id: await publish(topic, queued, region) };
    },
  };
}
