/** Sends to a queue: publishes to its Pub/Sub topic. */
import type { QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { publish } from "./pubsub";

export interface GcpQueueConfig {
  /** `projects/<project>/topics/<topic>` */
  readonly topic: string;
  readonly maxMessageBytes: number;
}

export function sender(config: unknown): QueueSender<unknown> {
  const { topic, maxMessageBytes } = configured<GcpQueueConfig>(
    config,
    object({ topic: "string", maxMessageBytes: "number" }),
  );
  return {
    send: async (message) => {
      const traceparent = currentTraceparent();
      const attributes = traceparent === undefined ? undefined : { traceparent };
      return { id: await publish(topic, encodeMessage(message, maxMessageBytes), attributes ?? {}) };
    },
  };
}
