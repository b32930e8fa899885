/** How a message is put on a queue, on every cloud: as JSON, within the queue's limit, with the sender's trace. */
import { MessageTooLarge } from "./clients";

export function encodeMessage(message: unknown, maxBytes: number): string {
  const text = JSON.stringify(message);
  if (text === undefined) throw new TypeError("a message must be a JSON value");
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new MessageTooLarge(bytes, maxBytes);
  return text;
}

/** Attributes of a dead letter, beside those that the message came with. */
export interface DeadLetterAttributes {
  readonly "sb-error": string;
  readonly "sb-attempts": string;
  readonly traceparent: string;
}

/** Seconds until the next delivery: doubling from the least, up to the most. */
export function backoffSeconds(
  backoff: { readonly minSeconds: number; readonly maxSeconds: number },
  attempt: number,
): number {
  return Math.min(backoff.maxSeconds, backoff.minSeconds * 2 ** Math.min(attempt - 1, 30));
}
