/** The SQS calls that the adapter and the sender make. The SDK is the platform's own; it is not in the bundle. */
import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { translated } from "./errors";

let client: SQSClient | undefined;
const sqs = (): SQSClient => {
  client ??= new SQSClient({});
  return client;
};

/** How a message is sent, beside its body. */
export interface SendOptions {
  readonly attributes?: Record<string, MessageAttributeValue> | undefined;
  /** On a FIFO queue, both of them. */
  readonly group?: { readonly id: string; readonly deduplicationId: string } | undefined;
  readonly delaySeconds?: number | undefined;
}

export async function sendMessage(url: string, body: string, options: SendOptions): Promise<string> {
  const { attributes, group, delaySeconds } = options;
  const command = new SendMessageCommand({
    QueueUrl: url,
    MessageBody: body,
    MessageAttributes: attributes,
    ...(group && { MessageGroupId: group.id, MessageDeduplicationId: group.deduplicationId }),
    ...(delaySeconds && { DelaySeconds: delaySeconds }),
  });
  const reply = await translated(sqs().send(command));
  return reply.MessageId ?? "";
}

export async function changeVisibility(url: string, receiptHandle: string, seconds: number): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: url,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: Math.round(seconds),
  });
  await translated(sqs().send(command));
}
