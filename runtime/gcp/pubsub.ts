/** Publishes to a Pub/Sub topic over its REST interface; the vendor's client costs 185 ms of cold start. */
import { fieldOf } from "../field";
import { rest } from "../rest";
import { endpoint } from "./token";

export interface PubsubMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Messages of one key come in the order in which they were published. */
  readonly orderingKey?: string;
}

/**
 * Publishes in one request; with ordering keys, all of one key, as the service asks. `topic`:
 * `projects/<project>/topics/<topic>`. `region`: order holds among the messages that one region took, so whoever sets
 * keys publishes to the topic's region instead of the nearest one. Resolves to the messages' ids.
 */
export async function publishAll(
  topic: string,
  messages: readonly PubsubMessage[],
  region?: string,
): Promise<readonly string[]> {
  const host = region === undefined ? "pubsub.googleapis.com" : `${region}-pubsub.googleapis.com`;
  const { base, headers } = await endpoint(host, "PUBSUB_EMULATOR_HOST");
  const { json } = await rest({
    method: "POST",
    url: `${base}/v1/${topic}:publish`,
    headers,
    body: JSON.stringify({
      messages: messages.map(({ body, attributes, orderingKey }) => ({
        data: Buffer.from(body).toString("base64"),
        attributes,
        ...(orderingKey !== undefined && { orderingKey }),
      })),
    }),
    operation: "Pub/Sub publish",
  });
  return (json as { readonly messageIds?: readonly string[] } | undefined)?.messageIds ?? [];
}

/** Publishes one message and resolves to its id. */
export async function publish(topic: string, message: PubsubMessage, region?: string): Promise<string> {
  return (await publishAll(topic, [message], region))[0] ?? "";
}

/** Pub/Sub takes keys and values of attributes up to this many bytes. */
export const MAX_ATTRIBUTE_BYTES = 1024;

/** The message's place in the order. An empty key would be no key, and silently no order. */
export function orderingKey(message: unknown, field: string): string {
  const value = fieldOf(message, field);
  const key = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof key !== "string" || key === "")
    throw new TypeError(`${field} must be there: messages of one ${field} are kept in order`);
  if (Buffer.byteLength(key) > MAX_ATTRIBUTE_BYTES)
    throw new TypeError(`${field} is longer than the ${MAX_ATTRIBUTE_BYTES} bytes that Pub/Sub takes as a key`);
  return key;
}
