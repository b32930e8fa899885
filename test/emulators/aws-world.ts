/** What lies between AWS' services and functions: queues, and event source mappings that call as Lambda's do. */
import assert from "node:assert/strict";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSMessageAttributes, SQSRecord } from "aws-lambda";
import type { DeadLetterBox } from "../../cli/dlq";
import { awsBox } from "../../cli/dlq/aws";
import type { Parts } from "../../runtime/settings";
import { lambdaContext } from "../runtime/events";
import { fresh, WORKER, withEnvironment } from "../runtime/support";
import { named } from "./gcp-world";
import { account, region } from "./moto";

/** A function: resolves to the ids that it reports as not handled. `remaining`: ms that Lambda says are left of the call. */
export type Instance = (event: object, remaining?: number) => Promise<readonly string[]>;

type Make = (
  handler: unknown,
  parts: Parts,
) => (event: object, context: ReturnType<typeof lambdaContext>) => Promise<SQSBatchResponse>;

/** An instance of a function after its cold start. `environment`: what its clients are configured by. */
export async function instance(
  adapter: string,
  handler: unknown,
  settings: object,
  parts: Partial<Parts> = {},
  environment: Readonly<Record<string, unknown>> = {},
): Promise<Instance> {
  const own = { ...WORKER, backoff: { minSeconds: 0, maxSeconds: 0 }, ...settings };
  const serve = await withEnvironment({ SB_SETTINGS: own, ...environment }, () => {
    const file = adapter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const make = fresh<Readonly<Record<string, Make>>>(`aws/${file}`)[adapter];
    assert.ok(make, `aws/${file} exports no ${adapter}`);
    return make(handler, { uses: {}, ...parts });
  });
  return async (event, remaining) => {
    const { batchItemFailures } = await serve(event, lambdaContext(remaining));
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
}

const clients = new Map<string, SQSClient>();
/** Of the server that runs now. */
export function sqs(): SQSClient {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? "";
  const client = clients.get(endpoint) ?? new SQSClient({});
  clients.set(endpoint, client);
  return client;
}

export interface Queue {
  readonly url: string;
  readonly arn: string;
}

/** A queue of its own; `attributes`: as CreateQueue takes them. */
export async function queue(kind: string, attributes: Record<string, string> = {}): Promise<Queue> {
  const name = `${named(kind)}${attributes.FifoQueue ? ".fifo" : ""}`;
  const { QueueUrl = "" } = await sqs().send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return { url: QueueUrl, arn: `arn:aws:sqs:${region}:${account}:${name}` };
}

export interface WorkedQueue {
  readonly main: Queue;
  readonly dead: Queue;
}

/** A queue with its dead-letter queue, as deployed for every worker. */
export async function workedQueue(
  kind: string,
  fifo = false,
  maxDeliveries = WORKER.maxDeliveries,
  attributes: Record<string, string> = {},
): Promise<WorkedQueue> {
  const ordered: Record<string, string> = fifo ? { FifoQueue: "true" } : {};
  const dead = await queue(`${kind}-dlq`, ordered);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: maxDeliveries });
  return { dead, main: await queue(kind, { ...attributes, ...ordered, RedrivePolicy }) };
}

/** What the commands know of a worker's dead letters. */
export const boxOf = ({ main, dead }: WorkedQueue): DeadLetterBox =>
  awsBox({ component: "fulfil", deadLetters: dead.url, queue: main.url, resource: () => undefined });

/** What can be received now. */
export async function received({ url }: Queue, seconds = 0): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: seconds,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All"],
  });
  return (await sqs().send(command)).Messages ?? [];
}

/** How many messages there are, received or not. */
export async function depth({ url }: Queue): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
  const { Attributes = {} } = await sqs().send(command);
  const { ApproximateNumberOfMessages: seen, ApproximateNumberOfMessagesNotVisible: taken } = Attributes;
  return Number(seen) + Number(taken) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
}

export interface Poll {
  /** What the call was given, and what of it came back as not handled; ids. */
  readonly given: readonly string[];
  readonly failed: readonly string[];
}

/** One call by an event source mapping with ReportBatchItemFailures; undefined when there was nothing to receive. */
export async function poll(from: Queue, serve: Instance, seconds = 0): Promise<Poll | undefined> {
  const messages = await received(from, seconds);
  if (messages.length === 0) return undefined;
  const failed = await serve({ Records: messages.map((message) => record(message, from)) });
  for (const { MessageId = "", ReceiptHandle } of messages)
    if (!failed.includes(MessageId)) await sqs().send(new DeleteMessageCommand({ QueueUrl: from.url, ReceiptHandle }));
  return { given: messages.map(({ MessageId = "" }) => MessageId), failed };
}

/** Calls until the queue is empty. */
export async function drained(from: Queue, serve: Instance): Promise<void> {
  for (let polls = 0; polls < 100; polls++) {
    await poll(from, serve);
    if ((await depth(from)) === 0) return;
  }
  throw new Error(`${from.arn} is not empty after 100 calls`);
}

/** A message as Lambda hands it on. */
function record(message: Message, { arn }: Queue): SQSRecord {
  const { MessageId = "", ReceiptHandle = "", Body = "", Attributes = {}, MessageAttributes = {} } = message;
  const attributes: SQSMessageAttributes = {};
  for (const [name, { DataType = "", StringValue, BinaryValue }] of Object.entries(MessageAttributes))
    attributes[name] = {
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType as "String",
    };
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: attributes,
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: region,
  };
}
