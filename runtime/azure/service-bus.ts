/**
 * Sends to Service Bus over its REST interface. As a batch of one: there, body and properties are JSON and may hold
 * any character; in the single-message form every property is an HTTP header.
 * https://learn.microsoft.com/rest/api/servicebus/send-message-batch
 */
import { rest } from "../rest";
import { token } from "./token";

export interface BusQueue {
  /** Host name, `ns.servicebus.windows.net`, or a URL where it is reached otherwise. */
  readonly namespace: string;
  /** A queue, or a topic. */
  readonly queue: string;
}

export interface BusMessage {
  readonly id: string;
  readonly body: string;
  readonly properties: Readonly<Record<string, string | number>>;
  /** The key whose messages stay in order. */
  readonly session?: string;
  /** When the queue is to show the message. */
  readonly scheduledFor?: Date;
}

export async function sendToBus({ namespace, queue }: BusQueue, message: BusMessage): Promise<void> {
  await rest({
    method: "POST",
    url: `${addressOf(namespace)}/${queue.split("/").map(encodeURIComponent).join("/")}/messages`,
    headers: {
      authorization: `Bearer ${await token("https://servicebus.azure.net")}`,
      "content-type": "application/vnd.microsoft.servicebus.json",
    },
    body: JSON.stringify([
      {
        Body: message.body,
        BrokerProperties: {
          MessageId: message.id,
          ...(message.session !== undefined && { SessionId: message.session }),
          ...(message.scheduledFor && { ScheduledEnqueueTimeUtc: message.scheduledFor.toUTCString() }),
        },
        UserProperties: message.properties,
      },
    ]),
    operation: "Service Bus send",
  });
}

export function addressOf(namespace: string): string {
  return namespace.includes("://") ? namespace : `https://${namespace}`;
}
