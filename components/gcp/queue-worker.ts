import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { groundOf, provide } from "./access";
import { deliveryRows, publisher, workedQueue } from "./worked-queue";

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const { maxMessageBytes, orderBy } = spec;
  const ordered = orderBy !== undefined;
  const worked = workedQueue(self, { spec, ordered, shape: shaper(spec.transform?.gcp) });
  const { topic } = worked.nodes;
  const { region } = groundOf(self.site);
  provide(self, () => ({
    config: { topic: topic.id, maxMessageBytes, ...(ordered ? { orderBy, region } : {}) },
    permission: publisher(topic),
  }));
  return {
    contract: [...deliveryRows(self, spec), ...queueRows(spec)],
    grants: worked.grants,
    nodes: worked.nodes,
    outputs: worked.outputs,
  };
}

function queueRows({ maxMessageBytes, orderBy, tier }: QueueWorkerSpec) {
  const subscription = "Pub/Sub API v1, Subscription";
  return [
    emulated(
      "maxMessageBytes",
      `${maxMessageBytes} bytes`,
      `${maxMessageBytes} bytes`,
      "refused by the client at send; Pub/Sub itself takes 10 MB",
      "runtime/gcp/queue.ts",
    ),
    native("batch", "1 in 0 seconds", "1 in 0 seconds", "a push carries one message", `${subscription}.pushConfig`),
    orderBy === undefined
      ? native(
          "ordering",
          "none asked",
          "none",
          "retries and concurrency reorder",
          `${subscription}.enableMessageOrdering`,
        )
      : native(
          "ordering",
          `by ${orderBy}`,
          `by ${orderBy}`,
          "one message of a key at a time; a failing one holds back its key until it is a dead letter",
          `${subscription}.enableMessageOrdering`,
        ),
    native("deduplication", "none asked", "none", "every publish is a message", "Pub/Sub API v1, Topic"),
    native("delay", "none asked", "none", "Pub/Sub holds no message back", "Pub/Sub API v1, Topic"),
    native("tier", tier, "standard", "Pub/Sub has one price", "cloud.google.com/pubsub/pricing"),
  ];
}
