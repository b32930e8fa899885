import { app, type InvocationContext } from "@azure/functions";
import type { Delivery } from "../queue-worker";
import type { Parts } from "../settings";
import { type AnyStreamHandler, records } from "../stream-processor";
import { fed, retry } from "./feed";

/** A stream processor behind Event Hubs, and behind its own queue for what was dead. */
export function streamProcessor(handler: AnyStreamHandler, parts: Parts) {
  const { receive, givenBack } = fed(records(handler), parts);
  const stream = (messages: unknown, context: InvocationContext) => receive(readBatch(messages, context), context);
  app.eventHub("stream", {
    connection: "SB_HUBS",
    eventHubName: "%SB_HUB%",
    consumerGroup: "%SB_CONSUMER_GROUP%",
    cardinality: "many",
    retry,
    handler: stream,
  });
  return { stream, givenBack };
}

/** A batch of one partition: the trigger's facts come in lists, one value a record. */
function readBatch(messages: unknown, { triggerMetadata = {} }: InvocationContext): Delivery[] {
  const list = Array.isArray(messages) ? messages : [messages];
  const of = (name: string, index: number): unknown => {
    const values = triggerMetadata[`${name}Array`];
    return Array.isArray(values) ? values[index] : undefined;
  };
  const { partitionId = "" } = (triggerMetadata.partitionContext ?? {}) as { readonly partitionId?: string };
  return list.map((message, index): Delivery => {
    const sentAt = new Date(String(of("enqueuedTimeUtc", index) ?? ""));
    const { traceparent } = (of("properties", index) ?? {}) as { readonly traceparent?: unknown };
    const body =
      typeof message === "string"
        ? message
        : message instanceof Uint8Array
          ? Buffer.from(message).toString()
          : (JSON.stringify(message) ?? "");
    return {
      id: `${partitionId}/${String(of("sequenceNumber", index) ?? index)}`,
      key: String(of("partitionKey", index) ?? ""),
      body,
      attempt: 1,
      sentAt: Number.isNaN(sentAt.getTime()) ? new Date() : sentAt,
      ...(typeof traceparent === "string" && { traceparent }),
    };
  });
}
