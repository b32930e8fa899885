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

export async function sendMessage(
  url: string,
  body: string,
  attributes: Record<string, MessageAttributeValue> | undefined,
): Promise<string> {
  const command = new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes: attributes });
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
