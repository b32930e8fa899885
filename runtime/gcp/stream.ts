/** Writes to a stream: publishes to its Pub/Sub topic, with the record's key as the ordering key. */
import type { StreamProducer } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { orderingKey, type PubsubMessage, publishAll } from "./pubsub";

export interface GcpStreamConfig {
  /** `projects/<project>/topics/<topic>` */
  readonly topic: string;
  /** The field of a record whose records are kept in order. */
  readonly key: string;
  readonly maxRecordBytes: number;
  /** The topic's region: `europe-west3`. */
  readonly region: string;
}

/** A request takes a thousand messages, and 10 MB; a record's bytes grow by a third on the way. */
const MAX_MESSAGES = 1000;
const MAX_BYTES = 7_000_000;
/** A message's key and attributes, at most. */
const OVERHEAD = 1200;
/** Requests at the same time, each of its own keys. */
const AT_ONCE = 8;

export function producer(config: unknown): StreamProducer<unknown> {
  const { topic, key, maxRecordBytes, region } = configured<GcpStreamConfig>(
    config,
    object({ topic: "string", key: "string", maxRecordBytes: "number", region: "string" }),
  );
  const putAll = async (records: readonly unknown[]) => {
    const traceparent = currentTraceparent();
    const attributes = { ...(traceparent !== undefined && { traceparent }) };
    const byKey = new Map<string, PubsubMessage[]>();
    for (const record of records) {
      const message = {
        body: encodeMessage(record, maxRecordBytes),
        attributes,
        orderingKey: orderingKey(record, key),
      };
      const same = byKey.get(message.orderingKey);
      if (same) same.push(message);
      else byKey.set(message.orderingKey, [message]);
    }
    const waiting = [...byKey.values()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        for (const request of requestsOf(next)) await publishAll(topic, request, region);
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

/** One key's records, in as few requests as take them, in order. */
function requestsOf(messages: readonly PubsubMessage[]): readonly (readonly PubsubMessage[])[] {
  const requests: PubsubMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body) + OVERHEAD;
    const last = requests.at(-1);
    if (last && last.length < MAX_MESSAGES && bytes + size <= MAX_BYTES) {
      last.push(message);
      bytes += size;
    } else {
      requests.push([message]);
      bytes = size;
    }
  }
  return requests;
}
