/** Publishes to a Pub/Sub topic over its REST interface; the vendor's client costs 185 ms of cold start. */
import { rest } from "../rest";
import { endpoint } from "./token";

/** `topic`: `projects/<project>/topics/<topic>`. Resolves to the message's id. */
export async function publish(
  topic: string,
  body: string,
  attributes: Readonly<Record<string, string>>,
): Promise<string> {
  const { base, headers } = await endpoint("pubsub.googleapis.com", "PUBSUB_EMULATOR_HOST");
  const { json } = await rest({
    method: "POST",
    url: `${base}/v1/${topic}:publish`,
    headers,
    body: JSON.stringify({ messages: [{ data: Buffer.from(body).toString("base64"), attributes }] }),
    operation: "Pub/Sub publish",
  });
  return (json as { readonly messageIds?: readonly string[] } | undefined)?.messageIds?.[0] ?? "";
}
