/** Sends to a Service Bus queue, or to a Storage queue where a worker's tier is `economy`. */
import { randomUUID } from "node:crypto";
import type { DelayedSender, QueueSender } from "../clients";
import { encodeMessage } from "../message";
import { configured, isObject, object, optional } from "../shape";
import { currentTraceparent } from "../trace";
import { keyOf, repeatOf } from "./key";
import { type BusQueue, sendToBus } from "./service-bus";
import { type StorageQueue, sendToStorage } from "./storage-queue";

export interface AzureQueueConfig extends BusQueue {
  readonly maxMessageBytes: number;
  /** Field of the message whose messages are kept in order: the session. */
  readonly orderBy?: string;
  /** Field of the message that says what it repeats: the message's id. */
  readonly deduplicateBy?: string;
  /** The longest that a message may be held back. Absent where none may. */
  readonly maxDelaySeconds?: number;
}

export interface AzureStorageQueueConfig extends StorageQueue {
  readonly maxMessageBytes: number;
  readonly retentionSeconds: number;
  readonly maxDelaySeconds?: number;
}

type Send = (message: unknown, delaySeconds: number) => Promise<string>;

export function sender(config: unknown): QueueSender<unknown> {
  const { send } = sending(config);
  return { send: async (message) => ({ id: await send(message, 0) }) };
}

export function delayedSender(config: unknown): DelayedSender<unknown> {
  const { send, maxDelaySeconds } = sending(config);
  return {
    send: async (message, { delaySeconds = 0 } = {}) => {
      if (!(delaySeconds >= 0 && delaySeconds <= maxDelaySeconds))
        throw new RangeError(`delaySeconds must be from 0 to ${maxDelaySeconds}`);
      return { id: await send(message, delaySeconds) };
    },
  };
}

function sending(config: unknown): { readonly send: Send; readonly maxDelaySeconds: number } {
  const { maxDelaySeconds = 0 } = configured<{ readonly maxDelaySeconds?: number }>(
    config,
    object({ maxMessageBytes: "number", queue: "string", maxDelaySeconds: optional("number") }),
  );
  return { send: isObject(config) && "account" in config ? toStorage(config) : toBus(config), maxDelaySeconds };
}

function toBus(config: unknown): Send {
  const bus = configured<AzureQueueConfig>(
    config,
    object({ namespace: "string", orderBy: optional("string"), deduplicateBy: optional("string") }),
  );
  return async (message, delaySeconds) => {
    const { orderBy, deduplicateBy } = bus;
    const body = encodeMessage(message, bus.maxMessageBytes);
    // Service Bus takes the sender's id and answers none.
    const id = deduplicateBy === undefined ? randomUUID() : repeatOf(message, deduplicateBy);
    const traceparent = currentTraceparent();
    await sendToBus(bus, {
      id,
      body,
      properties: traceparent === undefined ? {} : { traceparent },
      ...(orderBy !== undefined && { session: keyOf(message, orderBy) }),
      ...(delaySeconds > 0 && { scheduledFor: new Date(Date.now() + delaySeconds * 1000) }),
    });
    return id;
  };
}

function toStorage(config: unknown): Send {
  const storage = configured<AzureStorageQueueConfig>(
    config,
    object({ account: "string", retentionSeconds: "number" }),
  );
  return async (message, delaySeconds) => {
    const body: unknown = JSON.parse(encodeMessage(message, storage.maxMessageBytes));
    const traceparent = currentTraceparent();
    const { retentionSeconds } = storage;
    const envelope = { body, ...(traceparent !== undefined && { traceparent }) };
    return sendToStorage(storage, envelope, { delaySeconds, retentionSeconds });
  };
}
