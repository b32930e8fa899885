import type { DelayedSender, QueueSender } from "../clients";
import { fieldOf } from "../field";
import { encodeMessage } from "../message";
import { configured, object, optional } from "../shape";
import { currentTraceparent } from "../trace";
import { call } from "./host";

export interface QueueConfig {
  /** The queue's name in the local cloud. */
  readonly resource: string;
  /** Fields of the message that say its place in the order, and what it repeats. */
  readonly orderBy?: string;
  readonly deduplicateBy?: string;
}

/** The queue itself knows its limits and refuses a message that is too large, or held back too long, before it stores anything. */
export function delayedSender(config: unknown): DelayedSender<unknown> {
  const { resource, orderBy, deduplicateBy } = configured<QueueConfig>(
    config,
    object({ resource: "string", orderBy: optional("string"), deduplicateBy: optional("string") }),
  );
  const text = (message: unknown, field: string | undefined) => {
    const value = field === undefined ? undefined : fieldOf(message, field);
    return value === undefined ? undefined : String(value);
  };
  return {
    send: async (message, { delaySeconds } = {}) => {
      const body = encodeMessage(message, Number.POSITIVE_INFINITY);
      const options = {
        traceparent: currentTraceparent(),
        key: text(message, orderBy),
        deduplicationId: text(message, deduplicateBy),
        delaySeconds,
      };
      return (await call(resource, "send", [body, options])) as { readonly id: string };
    },
  };
}

export function sender(config: unknown): QueueSender<unknown> {
  const { send } = delayedSender(config);
  return { send: (message) => send(message) };
}
