/**
 * Sends to an Azure Storage queue over its REST interface. Text as it is: the trigger is told so with
 * `messageEncoding: none`. The queue keeps no properties beside a message's text, so whatever travels with the body is in
 * an envelope around it. https://learn.microsoft.com/rest/api/storageservices/put-message
 */
import { rest } from "../rest";
import { isObject } from "../shape";
import { storageHeaders } from "./storage";

export interface StorageQueue {
  /** `https://<account>.queue.core.windows.net` */
  readonly account: string;
  readonly queue: string;
}

/**
 * What a message of a Storage queue is. No field has the name of one of the trigger's own facts, over which the Functions
 * host lays the fields of a message.
 */
export interface Envelope {
  /** The message as a JSON value, or `text` where it is none. */
  readonly body?: unknown;
  readonly text?: string;
  readonly traceparent?: string;
  /** On a copy: the first message's id and time, and the deliveries so far. */
  readonly firstId?: string;
  readonly firstSentAt?: string;
  readonly earlier?: number;
  /** On a dead letter: `Name: message`, and how often it was delivered. */
  readonly error?: string;
  readonly attempts?: number;
}

/** Names the format, so that a body which only looks like an envelope is none. */
const FORMAT = "sb.1";

export interface StorageSend {
  /** How long nobody sees the message. Default 0. */
  readonly delaySeconds?: number;
  /** How long it is kept from when it can be seen; then the service drops it. */
  readonly retentionSeconds: number;
}

/** Resolves to the message's id. */
export async function sendToStorage(
  { account, queue }: StorageQueue,
  envelope: Envelope,
  { delaySeconds = 0, retentionSeconds }: StorageSend,
): Promise<string> {
  const hidden = Math.ceil(delaySeconds);
  // The service counts a message's life from its sending, the time that it is hidden included.
  const query = new URLSearchParams({
    visibilitytimeout: String(hidden),
    messagettl: String(hidden + retentionSeconds),
  });
  const { bytes } = await rest({
    method: "POST",
    url: `${account.replace(/\/+$/, "")}/${encodeURIComponent(queue)}/messages?${query}`,
    headers: { ...(await storageHeaders()), "content-type": "application/xml" },
    body: queueMessage(encodeEnvelope(envelope)),
    operation: "Storage queue send",
  });
  const id = /<MessageId>([^<]+)<\/MessageId>/.exec(new TextDecoder().decode(bytes))?.[1];
  if (id === undefined) throw new Error("Storage queue send was answered without a message id");
  return id;
}

export function encodeEnvelope(envelope: Envelope): string {
  return JSON.stringify({ format: FORMAT, ...envelope });
}

/** `message`: what the trigger hands over, parsed. Undefined for what this library did not send. */
export function decodeEnvelope(message: unknown): Envelope | undefined {
  return isObject(message) && message.format === FORMAT ? message : undefined;
}

/** JSON as the service takes it: in XML. JSON has escaped what XML 1.0 cannot hold, but for two characters. */
export function queueMessage(json: string): string {
  const text = json
    .replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
    .replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`;
}
