import * as eventhub from "@pulumi/azure-native/eventhub";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { FeedSpec, StreamProcessorOutputs, StreamProcessorSpec } from "../stream-processor";
import { foundationOf } from "./foundation";
import { hubsOf, largestGrave } from "./stream";
import {
  clock,
  connection,
  handlerRows,
  queueEncryption,
  reservedFaults,
  type WorkedQueue,
  type WorkedQueueNodes,
  type WorkedQueueParts,
  type WorkerRequest,
  workedQueue,
} from "./worked-queue";

/** Parts that a transform can change. */
export interface StreamProcessorParts extends WorkedQueueParts {
  consumerGroup: eventhub.ConsumerGroupArgs;
}

export interface StreamProcessorNodes extends WorkedQueueNodes {
  consumerGroup: eventhub.ConsumerGroup;
}

export function streamProcessor(
  self: Pattern<"StreamProcessor">,
  spec: StreamProcessorSpec,
): Realization<StreamProcessorOutputs> {
  const { site } = self;
  const problems = faults(self, spec);
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const { hub } = spec.stream.nodes.azure ?? {};
  if (!hub) throw new Error(`the stream "${spec.stream.id}" is not one of azure`);
  const { namespace, endpoint } = hubsOf(site);
  const shape = shaper<StreamProcessorParts>(spec.transform?.azure);
  const consumerGroup = new eventhub.ConsumerGroup(
    self.id,
    shape("consumerGroup", {
      resourceGroupName: foundationOf(site).group.name,
      namespaceName: namespace.name,
      eventHubName: hub.name,
      consumerGroupName: self.id,
    }),
    self.child({ stateful: true }),
  );
  const { nodes, grants, outputs } = fedQueue(self, spec, {
    variables: (clientId) => ({
      SB_HUB: hub.name,
      SB_CONSUMER_GROUP: consumerGroup.name,
      ...connection("SB_HUBS", { fullyQualifiedNamespace: endpoint }, clientId),
    }),
    own: { operations: ["readRecords"], permissions: [{ role: "eventHubsReceiver", scope: hub.id }] },
    extensions: { eventHubs: hostOf(spec) },
    shape,
  });
  const { batch } = spec;
  const batched = `${batch.size} in ${formatDuration(batch.windowSeconds)}`;
  return {
    contract: [
      ...handlerRows(self, spec, "Event Hubs features"),
      ...feedRows(self, spec),
      native("batch", batched, batched, "of one partition", "Azure Functions host.json maxEventBatchSize, maxWaitTime"),
      native("parallelism", "1", "1", "one reader a partition", "Event Hubs consumer groups"),
      emulated(
        "bisect",
        String(spec.bisect),
        String(spec.bisect),
        "by the adapter, within one call",
        "runtime/stream-processor.ts",
      ),
      native(
        "order",
        "by key",
        "by key",
        "a failing record holds back its partition until it is buried",
        "Event Hubs partitions",
      ),
      emulated(
        "checkpoint",
        "by partition",
        "by partition",
        "in blobs of the app's own account, after every call: what a call could not deal with is buried, for the host goes on whether it succeeded or not",
        "Azure Functions Event Hubs trigger: batchCheckpointFrequency, retry policies",
      ),
      native(
        "dedicatedThroughput",
        "none asked",
        "shared",
        "all readers share the namespace's throughput",
        "Event Hubs throughput units",
      ),
    ],
    grants,
    nodes: { ...nodes, consumerGroup } satisfies StreamProcessorNodes,
    outputs,
  };
}

function faults({ site }: Pattern, { dedicatedThroughput, maxMessageBytes, stream }: StreamProcessorSpec): Problem[] {
  const problems: Problem[] = [...reservedFaults(`the record of "${stream.id}"`, stream.spec.record)];
  if (dedicatedThroughput) {
    const fact = "dedicatedThroughput: all readers of an Event Hubs namespace share its throughput";
    problems.push({
      code: "SB-C003",
      fact,
      wayOut: "leave it out; a Standard namespace grows with the load by itself",
    });
  }
  if (site.dataClass === "internal" && maxMessageBytes > largestGrave.asked) {
    const fact = `the stream's maxRecordBytes=${maxMessageBytes}: a dead letter has room for ${largestGrave.given} bytes of a record (Service Bus Standard)`;
    const wayOut = `set maxRecordBytes of "${stream.id}" to ${largestGrave.asked} or less, or dataClass to confidential`;
    problems.push({ code: "SB-C003", fact, wayOut });
  }
  return problems;
}

/** host.json's part for Event Hubs: a checkpoint after every call, and no more fetched than one call takes. */
function hostOf({ batch, from }: StreamProcessorSpec) {
  const offset =
    typeof from === "string"
      ? { type: from === "oldest" ? "fromStart" : "fromEnd" }
      : { type: "fromEnqueuedTime", enqueuedTimeUtc: new Date(from.at).toISOString() };
  return {
    maxEventBatchSize: batch.size,
    minEventBatchSize: batch.windowSeconds > 0 ? batch.size : 1,
    ...(batch.windowSeconds > 0 ? { maxWaitTime: clock(batch.windowSeconds) } : {}),
    batchCheckpointFrequency: 1,
    prefetchCount: batch.size,
    initialOffsetOptions: offset,
  };
}

/** A function that reads a feed, with a queue of its own: for its dead letters, and for those that are given back to it. */
export function fedQueue(
  self: Pattern,
  spec: FeedSpec,
  request: Pick<WorkerRequest, "settings" | "variables" | "own" | "extensions" | "shape">,
): WorkedQueue {
  const { bisect, maxRecordAgeSeconds } = spec;
  return workedQueue(self, {
    ...request,
    // The batch is the feed's; what is given back comes one by one.
    spec: { ...spec, batch: { size: 1, windowSeconds: 0 } },
    settings: { bisect, maxRecordAgeSeconds, ...request.settings },
  });
}

/** What readers of streams and of tables promise alike. */
export function feedRows(self: Pattern, spec: FeedSpec): readonly ContractRow[] {
  const { backoff, from, maxDeliveries, maxRecordAgeSeconds } = spec;
  const time = formatDuration;
  const start = typeof from === "string" ? from : from.at;
  return [
    native(
      "from",
      start,
      start,
      "at the first deployment; then from where it was",
      "Azure Functions triggers: initial offset",
    ),
    emulated(
      "maxDeliveries",
      String(maxDeliveries),
      `about ${maxDeliveries}`,
      "the adapter tries again within the call; a crash begins a new count",
      "Azure Functions retry policies",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter waits within the call, as far as the timeout goes",
      "Azure Functions host.json functionTimeout",
    ),
    emulated(
      "maxRecordAge",
      time(maxRecordAgeSeconds),
      time(maxRecordAgeSeconds),
      "checked by the adapter when a record's turn comes; its dead letter has the content",
      "runtime/stream-processor.ts",
    ),
    emulated(
      "redrive",
      "to this component only",
      "to this component only",
      "through a queue of its own, behind what was read meanwhile",
      "Service Bus queues",
    ),
    queueEncryption(self),
  ];
}
