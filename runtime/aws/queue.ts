/** Sends to an SQS queue. */
import type { QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { sendMessage } from "./sqs";

export interface AwsQueueConfig {
  /** The queue's URL. */
  readonly url: string;
  readonly maxMessageBytes: number;
}

export function sender(config: unknown): QueueSender<unknown> {
  const { url, maxMessageBytes } = configured<AwsQueueConfig>(
    config,
    object({ url: "string", maxMessageBytes: "number" }),
  );
  return {
    send: async (message) => {
      const traceparent = currentTraceparent();
      const attributes = traceparent === undefined ? undefined : { traceparent: text(traceparent) };
      return { id: await sendMessage(url, encodeMessage(message, maxMessageBytes), attributes) };
    },
  };
}

const text = (value: string) => ({ DataType: "String", StringValue: value });
