import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide } from "./access";
import { keyUse } from "./foundation";
import { deliveryRows, workedQueue } from "./worked-queue";

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const { orderBy, deduplication, maxDelaySeconds, maxMessageBytes } = spec;
  const fifo = orderBy === undefined ? undefined : { deduplicates: deduplication !== undefined };
  const worked = workedQueue(self, { spec, fifo, shape: shaper(spec.transform?.aws) });
  const { queue } = worked.nodes;
  provide(self, () => ({
    config: {
      url: queue.id,
      maxMessageBytes,
      ...(orderBy === undefined ? {} : { orderBy }),
      ...(deduplication ? { deduplicateBy: deduplication.by } : {}),
      ...(maxDelaySeconds > 0 ? { maxDelaySeconds } : {}),
    },
    statements: [
      { actions: ["sqs:SendMessage"], resources: [queue.arn] },
      ...keyUse(self.site, "sqs", ["kms:GenerateDataKey", "kms:Decrypt"]),
    ],
  }));
  return {
    contract: [
      ...deliveryRows(self, spec, orderBy ? "SQS FIFO queues" : "SQS standard queues"),
      ...queueRows(spec),
      native("tier", spec.tier, "standard", "SQS has one price for each kind of queue", "Amazon SQS pricing"),
    ],
    grants: worked.grants,
    nodes: worked.nodes,
    outputs: worked.outputs,
  };
}

function queueRows({ batch, orderBy, deduplication, maxDelaySeconds, maxMessageBytes }: QueueWorkerSpec) {
  const batched = `${batch.size} in ${formatDuration(batch.windowSeconds)}`;
  return [
    native(
      "maxMessageBytes",
      `${maxMessageBytes} bytes`,
      `${maxMessageBytes} bytes`,
      "attributes count",
      "SQS MaximumMessageSize",
    ),
    native("batch", batched, batched, "failures are reported message by message", "Lambda ReportBatchItemFailures"),
    orderBy
      ? native(
          "ordering",
          `by ${orderBy}`,
          `by ${orderBy}`,
          "a message group each; after a failure the rest of its group waits",
          "SQS FIFO queues: message groups",
        )
      : native("ordering", "none asked", "best effort", "standard queue", "SQS standard queues"),
    deduplication
      ? native(
          "deduplication",
          `by ${deduplication.by}, ${formatDuration(deduplication.windowSeconds)}`,
          `by ${deduplication.by}, 5 minutes`,
          "in the whole queue, at 300 messages a second without batches",
          "SQS MessageDeduplicationId",
        )
      : native("deduplication", "none asked", "none", "every message sent is one to handle", "SQS SendMessage"),
    maxDelaySeconds > 0
      ? native(
          "delay",
          `up to ${formatDuration(maxDelaySeconds)}`,
          `up to ${formatDuration(maxDelaySeconds)}`,
          "message by message",
          "SQS SendMessage.DelaySeconds",
        )
      : native("delay", "none asked", "none", "a message is seen at once", "SQS SendMessage.DelaySeconds"),
  ];
}
