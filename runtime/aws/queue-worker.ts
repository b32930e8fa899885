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

/** The trace that a message's body tells, on a queue whose messages come without attributes. */
type TraceOf = (body: string) => string | undefined;

/** A queue with any source in front of it. */
export function worked(handler: AnyQueueHandler, parts: Parts, source?: Source, traceOf?: TraceOf) {
  const { settings, run } = createQueueWorker(handler, parts, source ? { source } : {});
  return fromQueue(settings, run, traceOf);
}

export function fromQueue(settings: QueueWorkerSettings, run: QueueWorker["run"], traceOf?: TraceOf) {
  return async ({ Records: records }: SqsEvent, context: Call): Promise<SqsReply> => {
    const again = new Set<SqsRecord>();
    let lines = linesOf(records);
    while (lines.length > 0) {
      const deliveries = lines.map(([head]) => toDelivery(head, traceOf));
      const outcomes = await run(deliveries, () => context.getRemainingTimeInMillis());
      const settled = await Promise.all(
        lines.map((line, index) => {
          const outcome = outcomes[index];
          return outcome?.kind === "failed" ? settle(settings, line, outcome) : "done";
        }),
      );
      lines = lines.flatMap((line, index): Line[] => {
        const [, next, ...rest] = line;
        if (settled[index] === "done") return next ? [[next, ...rest]] : [];
        for (const record of line) again.add(record);
        return [];
      });
    }
    const failures = records.filter((record) => again.has(record));
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Messages of one group, of which the first is to be handled; what lies behind a failure comes again with it. */
type Line = readonly [SqsRecord, ...SqsRecord[]];

/** Lines that may be handled at the same time. Without order every message is a line. */
function linesOf(records: readonly SqsRecord[]): readonly Line[] {
  const groups = new Map<string | SqsRecord, [SqsRecord, ...SqsRecord[]]>();
  for (const record of records) {
    const line = groups.get(groupOf(record) ?? record);
    if (line) line.push(record);
    else groups.set(groupOf(record) ?? record, [record]);
  }
  return [...groups.values()];
}

/** On a standard queue a group means fairness, not order. */
function groupOf({ attributes, eventSourceARN }: SqsRecord): string | undefined {
  return eventSourceARN.endsWith(".fifo") ? attributes.MessageGroupId : undefined;
}

function toDelivery(record: SqsRecord, traceOf?: TraceOf): Delivery {
  const { messageId: id, body, attributes, messageAttributes } = record;
  const traceparent = messageAttributes.traceparent?.stringValue ?? traceOf?.(body);
  // Keys that are no group's id, and those of a stream's records that were dead letters, come as an attribute.
  const key = messageAttributes["sb-key"]?.stringValue ?? groupOf(record);
  return {
    id,
    body,
    attempt: Number(attributes.ApproximateReceiveCount),
    sentAt: new Date(Number(attributes.SentTimestamp)),
    ...(traceparent !== undefined && { traceparent }),
    ...(key !== undefined && { key }),
  };
}

/** What becomes of a line whose first message failed. `done`: it is in the dead-letter queue with its cause, so this copy can go. */
async function settle(settings: QueueWorkerSettings, line: Line, outcome: Failed): Promise<"done" | "again"> {
  const [record] = line;
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const last = attempt >= settings.maxDeliveries && settings.deadLetter !== undefined;
  try {
    // The SDK is loaded by the first failure, not by every cold start.
    const sqs = require("./sqs") as typeof import("./sqs");
    if (last) {
      const group = groupOf(record);
      await sqs.sendMessage(settings.deadLetter ?? "", record.body, {
        attributes: deadLetterAttributes(record, outcome, attempt),
        ...(group !== undefined && { group: { id: group, deduplicationId: record.messageId } }),
      });
      return "done";
    }
    // Those behind it too: one message in flight holds back its whole group, longer than the backoff.
    const seconds = backoffSeconds(settings.backoff, attempt);
    await Promise.all(line.map((one) => sqs.changeVisibility(queueUrl(one, settings), one.receiptHandle, seconds)));
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
