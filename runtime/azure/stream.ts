/**
 * Writes to an event hub over its REST interface. One request a record: only there is the partition key documented, and
 * with it the order of a key's records. https://learn.microsoft.com/rest/api/eventhub/event-hubs-runtime-rest
 */
import type { StreamProducer } from "../clients";
import { encodeMessage } from "../message";
import { rest } from "../rest";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { headerJson, keyOf } from "./key";
import { addressOf } from "./service-bus";
import { token } from "./token";

export interface AzureStreamConfig {
  /** Host name, `ns.servicebus.windows.net`, or a URL where it is reached otherwise. */
  readonly namespace: string;
  readonly hub: string;
  /** The field of a record whose records are kept in order. */
  readonly key: string;
  readonly maxRecordBytes: number;
}

/** Requests at the same time, each of its own key. */
const AT_ONCE = 16;

export function producer(config: unknown): StreamProducer<unknown> {
  const { namespace, hub, key, maxRecordBytes } = configured<AzureStreamConfig>(
    config,
    object({ namespace: "string", hub: "string", key: "string", maxRecordBytes: "number" }),
  );
  const send = async (partitionKey: string, body: string, traceparent: string | undefined) =>
    rest({
      method: "POST",
      url: `${addressOf(namespace)}/${encodeURIComponent(hub)}/messages`,
      headers: {
        authorization: `Bearer ${await token("https://eventhubs.azure.net")}`,
        "content-type": "application/json; charset=utf-8",
        brokerproperties: headerJson({ PartitionKey: partitionKey }),
        ...(traceparent !== undefined && { traceparent }), // becomes the event's own property
      },
      body,
      operation: "Event Hubs send",
    });

  const putAll = async (records: readonly unknown[]) => {
    const traceparent = currentTraceparent();
    const byKey = new Map<string, string[]>();
    for (const record of records) {
      const body = encodeMessage(record, maxRecordBytes);
      const own = keyOf(record, key);
      const same = byKey.get(own);
      if (same) same.push(body);
      else byKey.set(own, [body]);
    }
    const waiting = [...byKey];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        for (const body of next[1]) await send(next[0], body, traceparent);
    };
    const stopping = () =>
      work().catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    const results = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, stopping));
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  };
  return { put: (record) => putAll([record]), putAll };
}
