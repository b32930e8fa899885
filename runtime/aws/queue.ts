/** Sends to an SQS queue. */
import { randomUUID } from "node:crypto";
import type { DelayedSender, QueueSender } from "../clients";
import { fieldOf } from "../field";
import { encodeMessage } from "../message";
import { configured, object, optional } from "../shape";
import { currentTraceparent } from "../trace";
import { groupId } from "./group";
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
  const groupOf = (message: unknown) => {
    if (orderBy === undefined) return undefined;
    const repeats = deduplicateBy === undefined ? undefined : fieldOf(message, deduplicateBy);
    return {
      id: groupId(String(fieldOf(message, orderBy))),
      deduplicationId: repeats === undefined ? randomUUID() : groupId(String(repeats)),
    };
  };
  return {
    send: async (message, { delaySeconds = 0 } = {}) => {
      if (!(delaySeconds >= 0 && delaySeconds <= maxDelaySeconds))
        throw new RangeError(`delaySeconds=${delaySeconds} is not from 0 to this queue's maxDelay, ${maxDelaySeconds}`);
      const traceparent = currentTraceparent();
      const attributes = traceparent === undefined ? undefined : { traceparent: text(traceparent) };
      const options = { attributes, group: groupOf(message), delaySeconds: Math.ceil(delaySeconds) };
      return { id: await sendMessage(url, encodeMessage(message, maxMessageBytes), options) };
    },
  };
}

export function sender(config: unknown): QueueSender<unknown> {
  const { send } = delayedSender(config);
  return { send: (message) => send(message) };
}

const text = (value: string) => ({ DataType: "String", StringValue: value });
