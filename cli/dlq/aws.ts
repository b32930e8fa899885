/**
 * Dead letters in SQS. Not by StartMessageMoveTask, which moves all at its own rate and keeps the cause on what it moves:
 * here single ones are chosen and sent as they once were. Lambda's own dead letters of a stream name records without their
 * content; it is fetched from the stream for as long as that has it.
 */
import { randomUUID } from "node:crypto";
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import { sdk } from "../deployed/aws";
import type { DeadLetter, DeadLetterBox, Held } from "./box";
import type { Deployed } from "./deployed";
import { failedBatch, recordsOf } from "./kinesis";

/** How long a message is in hand, in seconds. */
const holdSeconds = 300;

export function awsBox({ component, deadLetters, queue }: Deployed): DeadLetterBox {
  const sqs = sdk<typeof import("@aws-sdk/client-sqs")>("@aws-sdk/client-sqs", "reading dead letters");
  // The address names the region; credentials are the SDK's own chain.
  const region = /\bsqs\.([a-z0-9-]+)\./.exec(deadLetters)?.[1];
  const client = new sqs.SQSClient(region ? { region } : {});
  const take = async (max: number): Promise<readonly Held[]> => {
    const { Messages = [] } = await client.send(
      new sqs.ReceiveMessageCommand({
        QueueUrl: deadLetters,
        MaxNumberOfMessages: Math.min(10, max),
        VisibilityTimeout: holdSeconds,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    return Promise.all(Messages.map((message) => held(message)));
  };
  const held = async (message: Message): Promise<Held> => {
    const at = { QueueUrl: deadLetters, ReceiptHandle: message.ReceiptHandle };
    const batch = failedBatch(message.Body ?? "");
    const letter = letterOf(message);
    return {
      letter: batch ? { ...letter, error: batch.error, attempts: batch.attempts } : letter,
      sendBack: async () => {
        const messages = batch
          ? (await recordsOf(batch, component)).map(({ body, key }) => ({ body, attributes: { "sb-key": text(key) } }))
          : [{ body: message.Body ?? "", attributes: kept(message.MessageAttributes ?? {}) }];
        for (const { body, attributes } of messages)
          await client.send(
            new sqs.SendMessageCommand({
              QueueUrl: queue,
              MessageBody: body,
              MessageAttributes: attributes,
              ...fifo(queue, message),
            }),
          );
      },
      remove: async () => {
        await client.send(new sqs.DeleteMessageCommand(at));
      },
      giveBack: async () => {
        await client.send(new sqs.ChangeMessageVisibilityCommand({ ...at, VisibilityTimeout: 0 }));
      },
    };
  };
  return { component, take, defaultRate: 10 };
}

function letterOf({ MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} }: Message): DeadLetter {
  const own = (name: string) => MessageAttributes[name]?.StringValue;
  const sent = own("sb-sent");
  return {
    id: MessageId,
    body: Body,
    error: own("sb-error") ?? "",
    attempts: Number(own("sb-attempts") ?? 0),
    traceparent: own("traceparent"),
    firstSentAt: sent === undefined ? Number(Attributes.SentTimestamp) : Date.parse(sent),
    // The adapter sends a copy when it gives up; what SQS itself moved keeps the time of its first sending.
    deadAt: own("sb-error") === undefined ? undefined : Number(Attributes.SentTimestamp),
    redrives: undefined,
    key: Attributes.MessageGroupId ?? own("sb-key"),
  };
}

/** The sender's own attributes: the cause belongs to the death that is over. */
function kept(attributes: Readonly<Record<string, MessageAttributeValue>>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => !["sb-error", "sb-attempts", "sb-id", "sb-sent"].includes(name))
      .map(([name, { DataType, StringValue, BinaryValue }]) => [name, { DataType, StringValue, BinaryValue }]),
  );
}

function fifo(url: string, { Attributes = {} }: Message) {
  if (!url.endsWith(".fifo")) return {};
  return { MessageGroupId: Attributes.MessageGroupId, MessageDeduplicationId: randomUUID() };
}

const text = (value: string): MessageAttributeValue => ({ DataType: "String", StringValue: value });
