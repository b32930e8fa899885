/** Nanoseconds that the AWS queue adapter adds to a message, in a batch of ten. */
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import type { Message } from "../runtime";
import { queueWorker, type SqsEvent } from "../runtime/aws/queue-worker";
import { SETTINGS } from "../runtime/settings";
import { Note } from "../test/fixtures/contracts";
import { type Figure, inTurn, time } from "./figure";

const batches = 20_000;
const size = 10;
const perMessage = (ms: number) => (ms * 1e6) / (batches * size);

export async function measure(): Promise<readonly Figure[]> {
  process.env[SETTINGS] = JSON.stringify({
    component: "bench",
    timeoutSeconds: 30,
    maxDeliveries: 5,
    backoff: { minSeconds: 10, maxSeconds: 600 },
  });
  let handled = 0;
  const event: SQSEvent = {
    Records: Array.from({ length: size }, (_, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body: JSON.stringify({ id: `note-${index}`, text: "a short text" }),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1700000000000",
        SenderId: "AIDA",
        ApproximateFirstReceiveTimestamp: "1700000000001",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:bench",
      awsRegion: "eu-central-1",
    })),
  };
  const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

  // Each side parses JSON and schema, and answers partial failures.
  const bare = async (native: SQSEvent) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of native.Records) {
      const parsed = Note.safeParse(JSON.parse(record.body));
      if (parsed.success) handled += 1;
      else batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
  const ours = queueWorker(
    async (messages: readonly Message<unknown>[]) => {
      handled += messages.length;
    },
    { schema: Note, uses: {} },
  );
  const processor = new BatchProcessor(EventType.SQS);
  const powertools = (native: SQSEvent) =>
    processPartialResponse(
      native,
      async (record: SQSRecord) => {
        Note.parse(JSON.parse(record.body));
        handled += 1;
      },
      processor,
      { context },
    );

  const side = (one: () => Promise<unknown>) => async () =>
    perMessage(
      await time(async () => {
        for (let batch = 0; batch < batches; batch++) await one();
      }),
    );
  const [bareNs = 0, oursNs = 0, peerNs = 0] = await inTurn(5, [
    side(() => bare(event)),
    side(() => ours(event as SqsEvent, context)),
    side(() => powertools(event)),
  ]);
  if (handled !== 5 * 3 * batches * size) throw new Error(`${handled} messages were handled`);
  return [
    {
      what: "a message of ten through the AWS queue adapter",
      unit: "ns",
      ours: oursNs,
      peer: { name: "powertools batch", value: peerNs },
      aim: 1,
    },
    { what: "the same beside a bare handler", unit: "ns", ours: oursNs, peer: { name: "bare loop", value: bareNs } },
  ];
}
