import * as kinesis from "@pulumi/aws/kinesis";
import * as lambda from "@pulumi/aws/lambda";
import type * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { FeedSpec, StreamProcessorOutputs, StreamProcessorSpec } from "../stream-processor";
import type { Statement } from "./access";
import { keyArn, keyUse } from "./foundation";
import {
  handlerRows,
  largestMessage,
  refuseUnfit,
  type WorkedQueue,
  type WorkedQueueParts,
  workedQueue,
} from "./worked-queue";

/** Parts that a transform can change. */
export interface FeedParts extends WorkedQueueParts {
  feed: lambda.EventSourceMappingArgs;
}

/** Room for what an adapter writes beside a dead record: its cause, key and trace. */
const attributeBytes = 4096;

export function streamProcessor(
  self: Pattern<"StreamProcessor">,
  spec: StreamProcessorSpec,
): Realization<StreamProcessorOutputs> {
  const { site } = self;
  const { parallelism, dedicatedThroughput, bisect } = spec;
  const stream = spec.stream.nodes.aws?.stream;
  if (!stream) throw new Error(`the stream "${spec.stream.id}" is not one of aws`);
  if (spec.maxMessageBytes > largestMessage - attributeBytes) {
    const fact = `the stream's maxRecordBytes=${spec.maxMessageBytes}: a dead letter has room for ${largestMessage - attributeBytes} bytes of a record`;
    const wayOut = `set maxRecordBytes of "${spec.stream.id}" to ${largestMessage - attributeBytes} or less`;
    throw new BlueprintError(self.subject, [{ code: "SB-C003", fact, wayOut }]);
  }
  const shape = shaper(spec.transform?.aws);
  const read: Statement[] = [
    {
      actions: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      resources: [stream.arn],
    },
    ...keyUse(site, "kinesis", ["kms:Decrypt"]),
  ];
  refuseUnfit(self, { spec, settings: feedSettings(spec) });
  const consumer = dedicatedThroughput
    ? new kinesis.StreamConsumer(self.id, { streamArn: stream.arn, tags: { ...site.tags } }, self.child())
    : undefined;
  if (consumer)
    read.push({ actions: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"], resources: [consumer.arn] });
  const worked = fedQueue(self, spec, read, {}, shape);
  const feed = new lambda.EventSourceMapping(
    `${self.id}-stream`,
    shape("feed", { ...feedArgs(self, spec, consumer?.arn ?? stream.arn, worked), parallelizationFactor: parallelism }),
    self.child(),
  );
  return {
    contract: [
      ...handlerRows(self, spec, "Kinesis streams", feedSpan),
      ...feedRows(self, spec),
      native(
        "parallelism",
        String(parallelism),
        String(parallelism),
        "for one shard, by key",
        "Lambda ParallelizationFactor",
      ),
      emulated(
        "bisect",
        String(bisect),
        String(bisect),
        "by the adapter in one call, and by Lambda what a call could not finish",
        "Lambda BisectBatchOnFunctionError",
      ),
      native("order", "by key", "by key", "a failing record holds back its shard until it is buried", "Kinesis shards"),
      native(
        "checkpoint",
        "by partition",
        "by shard",
        "kept by Lambda; repeats begin there",
        "Lambda ReportBatchItemFailures",
      ),
      dedicatedThroughput
        ? native(
            "dedicatedThroughput",
            "yes",
            "2 MiB a second a shard",
            "at a price of its own",
            "Kinesis enhanced fan-out",
          )
        : native(
            "dedicatedThroughput",
            "none asked",
            "shared",
            "2 MiB a second a shard for all readers",
            "Kinesis quotas",
          ),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, feed, consumer },
    outputs: worked.outputs,
  };
}

/** A function that reads a feed, with a queue of its own: for its dead letters, and for those that are given back to it. */
export function fedQueue(
  self: Pattern,
  spec: FeedSpec,
  read: readonly Statement[],
  settings: Readonly<Record<string, unknown>>,
  shape: ReturnType<typeof shaper<FeedParts>>,
): WorkedQueue {
  return workedQueue(self, {
    // The batch is the feed's; what is given back comes one by one.
    spec: { ...spec, batch: { size: 1, windowSeconds: 0 } },
    settings: { ...feedSettings(spec), ...settings },
    maxMessageBytes: largestMessage,
    own: [{ operations: ["readRecords"], statements: read }],
    shape,
  });
}

const feedSettings = ({ bisect, maxRecordAgeSeconds }: FeedSpec) => ({ bisect, maxRecordAgeSeconds });

/** Seconds that Lambda counts a record's age up to. */
const longestAge = 604_800;

/**
 * The function as a reader. Lambda's own retries are for calls that end in a crash; its own dead letters, of those and of
 * what is too old, name a record that is still in the feed, without its content.
 */
export function feedArgs(
  { site }: Pattern,
  spec: FeedSpec,
  source: pulumi.Input<string>,
  { nodes }: WorkedQueue,
): lambda.EventSourceMappingArgs {
  const { batch, bisect, from, maxDeliveries, maxRecordAgeSeconds } = spec;
  const start =
    typeof from === "string"
      ? { startingPosition: from === "oldest" ? "TRIM_HORIZON" : "LATEST" }
      : { startingPosition: "AT_TIMESTAMP", startingPositionTimestamp: new Date(from.at).toISOString() };
  return {
    eventSourceArn: source,
    functionName: nodes.alias.arn,
    ...start,
    batchSize: batch.size,
    maximumBatchingWindowInSeconds: batch.windowSeconds,
    bisectBatchOnFunctionError: bisect,
    maximumRetryAttempts: maxDeliveries,
    maximumRecordAgeInSeconds: maxRecordAgeSeconds > longestAge ? -1 : Math.max(60, maxRecordAgeSeconds),
    functionResponseTypes: ["ReportBatchItemFailures"],
    destinationConfig: { onFailure: { destinationArn: nodes.deadLetterQueue.arn } },
    metricsConfig: { metrics: ["EventCount"] },
    tags: { ...site.tags },
  };
}

/** What the timeout of a reader is the time of. */
export const feedSpan = "of one call, in which the adapter tries again";

/** What readers of streams and of tables promise alike. */
export function feedRows({ site }: Pattern, spec: FeedSpec): readonly ContractRow[] {
  const { backoff, batch, from, maxDeliveries, maxRecordAgeSeconds } = spec;
  const time = formatDuration;
  const start = typeof from === "string" ? from : from.at;
  const batched = `${batch.size} in ${time(batch.windowSeconds)}`;
  return [
    native(
      "from",
      start,
      start,
      "at the first deployment; another position makes another reader",
      "Lambda StartingPosition",
    ),
    native("batch", batched, batched, "failures are reported record by record", "Lambda ReportBatchItemFailures"),
    emulated(
      "maxDeliveries",
      String(maxDeliveries),
      `about ${maxDeliveries}`,
      "the adapter tries again within the call; a crash begins a new count",
      "Lambda MaximumRetryAttempts",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter waits within the call, as far as the timeout goes",
      "Lambda CreateFunction.Timeout",
    ),
    native(
      "maxRecordAge",
      time(maxRecordAgeSeconds),
      time(maxRecordAgeSeconds),
      "Lambda's dead letter names the record without its content",
      "Lambda MaximumRecordAgeInSeconds",
    ),
    emulated(
      "redrive",
      "to this component only",
      "to this component only",
      "through a queue of its own, behind what was read meanwhile",
      "SQS SendMessage",
    ),
    native(
      "encryption",
      site.dataClass,
      keyArn(site) ? "the stack's KMS key" : "SSE-SQS",
      "dead letters at rest; TLS only by queue policy",
      "SQS server-side encryption",
    ),
  ];
}
