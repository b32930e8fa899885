import type { QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { currentTraceparent } from "../trace";
import { call } from "./host";

export interface QueueConfig {
  /** The queue's name in the local cloud. */
  readonly resource: string;
}

/** The queue itself knows its limit and refuses a message that is too large before it stores anything. */
export function sender(config: unknown): QueueSender<unknown> {
  const { resource } = configured<QueueConfig>(config, object({ resource: "string" }));
  return {
    send: async (message) => {
      const body = encodeMessage(message, Number.POSITIVE_INFINITY);
      return (await call(resource, "send", [body, currentTraceparent()])) as { readonly id: string };
    },
  };
}
