import type { StreamProducer } from "../clients";
import { fieldOf } from "../field";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { call } from "./host";

export interface StreamConfig {
  /** The stream's name in the local cloud. */
  readonly resource: string;
  /** The field whose records are kept in order. */
  readonly key: string;
}

export function producer(config: unknown): StreamProducer<unknown> {
  const { resource, key } = configured<StreamConfig>(config, object({ resource: "string", key: "string" }));
  const putAll = async (records: readonly unknown[]) => {
    const entries = records.map((record) => {
      const body = encodeMessage(record, Number.POSITIVE_INFINITY);
      return { key: String(fieldOf(record, key) ?? ""), body };
    });
    await call(resource, "putRecords", [entries, currentTraceparent()]);
  };
  return { put: (record) => putAll([record]), putAll };
}
