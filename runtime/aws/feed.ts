/**
 * Lambda behind an event source mapping on a stream, Kinesis' or a table's, and behind the processor's own queue, which
 * gives back what was dead. A batch of the stream is dealt with in one call: retried, halved, and what keeps failing is
 * sent to the dead-letter queue with its content and cause. What time does not suffice for is reported, and Lambda
 * begins there again.
 */
import { causeText } from "../errors";
import type { AnyQueueHandler, Delivery, Source } from "../queue-worker";
import type { Parts } from "../settings";
import { createStreamProcessor, type Grave } from "../stream-processor";
import { type Call, fromQueue, type SqsEvent, type SqsReply } from "./queue-worker";

/** A record of a stream in neutral terms, with the number by which Lambda knows it. */
export interface FeedRecord {
  readonly delivery: Delivery;
  readonly sequence: string;
}

/** An event of a stream, or of the queue. */
export interface FeedEvent<Native> {
  readonly Records: readonly (Native & { readonly eventSource?: string })[];
}

const SQS = "aws:sqs";

export function fed<Native>(
  handler: AnyQueueHandler,
  parts: Parts,
  read: (record: Native) => FeedRecord,
  source?: Source,
) {
  const processor = createStreamProcessor(handler, parts, source ? { source } : {});
  const { settings } = processor;
  const givenBack = fromQueue(settings, processor.attempt);
  return async (event: FeedEvent<Native> | SqsEvent, context: Call): Promise<SqsReply> => {
    const [first] = event.Records as readonly { readonly eventSource?: string }[];
    if (first?.eventSource === SQS) return givenBack(event as SqsEvent, context);
    const records = (event as FeedEvent<Native>).Records.map(read);
    const bury = (grave: Grave) => sendDead(settings.deadLetter ?? "", grave);
    const unfinished = await processor.run(
      records.map(({ delivery }) => delivery),
      () => context.getRemainingTimeInMillis(),
      bury,
    );
    const next = unfinished === undefined ? undefined : records[unfinished];
    return { batchItemFailures: next ? [{ itemIdentifier: next.sequence }] : [] };
  };
}

async function sendDead(url: string, { delivery, cause, attempts, traceparent }: Grave): Promise<void> {
  // The SDK is loaded by the first dead letter, not by every cold start.
  const sqs = require("./sqs") as typeof import("./sqs");
  const text = (value: string) => ({ DataType: "String", StringValue: value });
  await sqs.sendMessage(url, delivery.body, {
    attributes: {
      "sb-error": text(causeText(cause)),
      "sb-attempts": { DataType: "Number", StringValue: String(attempts) },
      "sb-id": text(delivery.id),
      "sb-sent": text(delivery.sentAt.toISOString()),
      ...(delivery.key && { "sb-key": text(delivery.key) }),
      ...(traceparent && { traceparent: text(traceparent) }),
    },
  });
}
