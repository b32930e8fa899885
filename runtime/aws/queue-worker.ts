/**
 * Lambda behind an SQS event source mapping with `ReportBatchItemFailures`: each message is settled on its own.
 * SQS has one fixed retry delay and a dead-letter queue that keeps no cause; backoff and cause are emulated here,
 * with `ChangeMessageVisibility` on the source and `SendMessage` to the dead-letter queue. Where either call fails,
 * the queue's own visibility timeout and redrive policy still hold.
 */
import { causeOf, causeText } from "../errors";
import { causeFields, createLog, stdout } from "../log";
import { backoffSeconds } from "../message";
import {
  type AnyQueueHandler,
  createQueueWorker,
  type Delivery,
  type Outcome,
  type QueueWorker,
  type Source,
} from "../queue-worker";
import type { Parts, QueueWorkerSettings } from "../settings";
import { parseTraceparent } from "../trace";

/** The part of an SQS event that is read. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    /** On a FIFO queue. */
    readonly MessageGroupId?: string;
  };
  readonly messageAttributes: Readonly<Record<string, SqsAttribute | undefined>>;
  readonly eventSourceARN: string;
}

interface SqsAttribute {
  readonly stringValue?: string | undefined;
  readonly binaryValue?: string | undefined;
  readonly dataType: string;
}

export interface SqsReply {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

type Failed = Extract<Outcome, { kind: "failed" }>;

/** What Lambda tells of a call. */
export interface Call {
  readonly getRemainingTimeInMillis: () => number;
}

export function queueWorker(handler: AnyQueueHandler, parts: Parts) {
  return worked(handler, parts);
}

/** A queue with any source in front of it. */
export function worked(handler: AnyQueueHandler, parts: Parts, source?: Source) {
  const { settings, run } = createQueueWorker(handler, parts, source ? { source } : {});
  return fromQueue(settings, run);
}

export function fromQueue(settings: QueueWorkerSettings, run: QueueWorker["run"]) {
  return async ({ Records: records }: SqsEvent, context: Call): Promise<SqsReply> => {
    const outcomes = await run(records.map(toDelivery), () => context.getRemainingTimeInMillis());
    const failures: { readonly record: SqsRecord; readonly outcome: Failed }[] = [];
    for (let index = 0; index < records.length; index++) {
      const record = records[index];
      const outcome = outcomes[index];
      if (record !== undefined && outcome?.kind === "failed") failures.push({ record, outcome });
    }
    if (failures.length === 0) return { batchItemFailures: [] };
    const settled = await Promise.all(failures.map(({ record, outcome }) => settle(settings, record, outcome)));
    const again = failures.filter((_, index) => settled[index] === "again").map(({ record }) => record);
    return { batchItemFailures: inOrder(records, again).map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** On a FIFO queue what lies behind a failure of its group comes again with it: otherwise it would have overtaken it. */
function inOrder(records: readonly SqsRecord[], again: readonly SqsRecord[]): readonly SqsRecord[] {
  const groups = new Set<string>();
  return records.filter((record) => {
    const group = record.attributes.MessageGroupId;
    const failed = again.includes(record);
    if (group === undefined) return failed;
    if (failed) groups.add(group);
    return groups.has(group);
  });
}

function toDelivery(record: SqsRecord): Delivery {
  const { messageId: id, body, attributes, messageAttributes } = record;
  const traceparent = messageAttributes.traceparent?.stringValue;
  // A stream's record that came back from the dead letters brings its key along.
  const key = attributes.MessageGroupId ?? messageAttributes["sb-key"]?.stringValue;
  return {
    id,
    body,
    attempt: Number(attributes.ApproximateReceiveCount),
    sentAt: new Date(Number(attributes.SentTimestamp)),
    ...(traceparent !== undefined && { traceparent }),
    ...(key !== undefined && { key }),
  };
}

/** `done`: the message is in the dead-letter queue with its cause, so this copy can go. */
async function settle(settings: QueueWorkerSettings, record: SqsRecord, outcome: Failed): Promise<"done" | "again"> {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const last = attempt >= settings.maxDeliveries && settings.deadLetter !== undefined;
  try {
    // The SDK is loaded by the first failure, not by every cold start.
    const sqs = require("./sqs") as typeof import("./sqs");
    if (last) {
      const { messageId: id, attributes } = record;
      const group = attributes.MessageGroupId;
      await sqs.sendMessage(settings.deadLetter ?? "", record.body, {
        attributes: deadLetterAttributes(record, outcome, attempt),
        ...(group !== undefined && { group: { id: group, deduplicationId: id } }),
      });
      return "done";
    }
    await sqs.changeVisibility(
      queueUrl(record, settings),
      record.receiptHandle,
      backoffSeconds(settings.backoff, attempt),
    );
  } catch (error) {
    const traceId = parseTraceparent(outcome.traceparent)?.traceId ?? "";
    createLog(settings.component, traceId, stdout).warn(last ? "dead letter not sent" : "backoff not set", {
      messageId: record.messageId,
      ...causeFields(causeOf(error)),
    });
  }
  return "again";
}

/** SQS accepts ten attributes a message; the cause comes before what the sender put there. */
const MAX_ATTRIBUTES = 10;

function deadLetterAttributes(record: SqsRecord, outcome: Failed, attempt: number) {
  const own = {
    "sb-error": { DataType: "String", StringValue: causeText(outcome.cause) },
    "sb-attempts": { DataType: "Number", StringValue: String(attempt) },
    traceparent: { DataType: "String", StringValue: outcome.traceparent },
  };
  const theirs = Object.entries(record.messageAttributes).flatMap(([name, attribute]) =>
    Object.hasOwn(own, name) || attribute?.stringValue === undefined
      ? []
      : [[name, { DataType: attribute.dataType, StringValue: attribute.stringValue }] as const],
  );
  return { ...own, ...Object.fromEntries(theirs.slice(0, MAX_ATTRIBUTES - Object.keys(own).length)) };
}

/** The event names its queue by ARN only. The host is the dead-letter queue's, or an emulator's, or the region's. */
function queueUrl(record: SqsRecord, settings: QueueWorkerSettings): string {
  const [, partition, , region, account, name] = record.eventSourceARN.split(":");
  const { AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL } = process.env;
  const regional = `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
  const host = settings.deadLetter ?? AWS_ENDPOINT_URL_SQS ?? AWS_ENDPOINT_URL ?? regional;
  return new URL(`/${account}/${name}`, host).href;
}
