import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { deliveryRows, source, workedQueue } from "./worked-queue";

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const { deduplication, orderBy, maxDelaySeconds } = spec;
  provide(self, nameOf(self.site, self.id), {
    ...(orderBy ? { orderBy } : {}),
    ...(deduplication ? { deduplicateBy: deduplication.by } : {}),
  });
  const worked = workedQueue(self, {
    spec,
    queue: {
      ...(deduplication ? { deduplicationSeconds: deduplication.windowSeconds } : {}),
      ...(maxDelaySeconds > 0 ? { maxDelaySeconds } : {}),
    },
    shape: shaper(spec.transform?.local),
  });
  const { queue, consumer, outputs, grants } = worked;
  return { contract: contractOf(self, spec), grants, nodes: { queue, function: worked.function, consumer }, outputs };
}

function contractOf(self: Pattern, spec: QueueWorkerSpec) {
  const { batch, deduplication, orderBy, maxDelaySeconds } = spec;
  const same = (property: string, value: string, why: string) => native(property, value, value, why, source);
  return [
    ...deliveryRows(self, spec),
    same("maxMessageBytes", `${spec.maxMessageBytes} bytes`, "checked at send"),
    same("batch", `${batch.size} in ${formatDuration(batch.windowSeconds)}`, "partial failures by message"),
    orderBy
      ? same("ordering", `by ${orderBy}`, "one message of a key at a time; a message in backoff holds back its key")
      : native("ordering", "none asked", "none", "retries and concurrency reorder", source),
    deduplication
      ? same(
          "deduplication",
          `by ${deduplication.by}, ${formatDuration(deduplication.windowSeconds)}`,
          "dropped at send; the sender gets the first one's id",
        )
      : native("deduplication", "none asked", "none", "every send is a message", source),
    maxDelaySeconds > 0
      ? same("delay", `up to ${formatDuration(maxDelaySeconds)}`, "by message")
      : native("delay", "none asked", "none", "shown at once", source),
    native("tier", spec.tier, "the one there is", "costs nothing", source),
  ];
}
