/** Sends to an SQS queue. */
import { randomUUID } from "node:crypto";
import type { DelayedSender, QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object, optional } from "../shape";
import { currentTraceparent } from "../trace";
import { groupId, keyOf, repeatOf } from "./group";
import { sendMessage } from "./sqs";

export interface AwsQueueConfig {
  /** The queue's URL. */
  readonly url: string;
  readonly maxMessageBytes: number;
  /** On a FIFO queue: the field whose values are kept in order. */
  readonly orderBy?: string;
  /** On a FIFO queue: the field whose repeats are dropped. */
  readonly deduplicateBy?: string;
  readonly maxDelaySeconds?: number;
}

export function delayedSender(config: unknown): DelayedSender<unknown> {
  const {
    url,
    maxMessageBytes,
    orderBy,
    deduplicateBy,
    maxDelaySeconds = 0,
  } = configured<AwsQueueConfig>(
    config,
    object({
      url: "string",
      maxMessageBytes: "number",
      orderBy: optional("string"),
      deduplicateBy: optional("string"),
      maxDelaySeconds: optional("number"),
    }),
  );
  const deduplicationOf = (message: unknown) =>
    deduplicateBy === undefined ? randomUUID() : groupId(repeatOf(message, deduplicateBy));
  return {
    send: async (message, { delaySeconds = 0 } = {}) => {
      if (!(delaySeconds >= 0 && delaySeconds <= maxDelaySeconds))
        throw new RangeError(`delaySeconds=${delaySeconds} is not from 0 to this queue's maxDelay, ${maxDelaySeconds}`);
      const body = encodeMessage(message, maxMessageBytes);
      const traceparent = currentTraceparent();
      const key = orderBy === undefined ? undefined : keyOf(message, orderBy);
      const group = key === undefined ? undefined : { id: groupId(key), deduplicationId: deduplicationOf(message) };
      const attributes = {
        ...(traceparent !== undefined && { traceparent: text(traceparent) }),
        // The handler is told the key, not its digest.
        ...(group && key !== undefined && group.id !== key && { "sb-key": text(key) }),
      };
      return { id: await sendMessage(url, body, { attributes, group, delaySeconds: Math.ceil(delaySeconds) }) };
    },
  };
}

export function sender(config: unknown): QueueSender<unknown> {
  const { send } = delayedSender(config);
  return { send: (message) => send(message) };
}

const text = (value: string) => ({ DataType: "String", StringValue: value });
