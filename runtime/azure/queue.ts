/** Sends to a Service Bus queue. */
import { randomUUID } from "node:crypto";
import type { QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { type BusQueue, sendToBus } from "./service-bus";

export interface AzureQueueConfig extends BusQueue {
  readonly maxMessageBytes: number;
}

export function sender(config: unknown): QueueSender<unknown> {
  const bus = configured<AzureQueueConfig>(
    config,
    object({ namespace: "string", queue: "string", maxMessageBytes: "number" }),
  );
  return {
    send: async (message) => {
      const body = encodeMessage(message, bus.maxMessageBytes);
      const id = randomUUID(); // Service Bus takes the sender's id and answers none
      const traceparent = currentTraceparent();
      await sendToBus(bus, { id, body, properties: traceparent === undefined ? {} : { traceparent } });
      return { id };
    },
  };
}
