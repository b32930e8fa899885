/** The SNS call of an ordered bus. */
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { translated } from "./errors";

let client: SNSClient | undefined;

export async function publishInOrder(
  topic: string,
  message: string,
  place: { readonly group: string; readonly deduplicationId: string; readonly type: string },
): Promise<void> {
  client ??= new SNSClient({});
  const command = new PublishCommand({
    TopicArn: topic,
    Message: message,
    MessageGroupId: place.group,
    MessageDeduplicationId: place.deduplicationId,
    MessageAttributes: { "ce-type": { DataType: "String", StringValue: place.type } },
  });
  await translated(client.send(command));
}
