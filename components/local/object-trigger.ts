import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ObjectTriggerOutputs, ObjectTriggerSpec } from "../object-trigger";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { deliveryRows, source, undeliveredRow, workedQueue } from "./worked-queue";

export function objectTrigger(
  self: Pattern<"ObjectTrigger">,
  spec: ObjectTriggerSpec,
): Realization<ObjectTriggerOutputs> {
  const { bucket, on, prefix, suffix } = spec;
  const shape = shaper(spec.transform?.local);
  const worked = workedQueue(self, { spec, settings: { on, prefix, suffix }, shape });
  const notification = new LocalResource(
    "Notification",
    self.id,
    shape("notification", {
      name: nameOf(self.site, self.id),
      bucket: bucket.bucket,
      queue: worked.queue.name,
      on,
      prefix,
      suffix,
    }),
    self.child(),
  );
  const { queue, consumer, outputs, grants } = worked;
  return {
    contract: [
      ...deliveryRows(self, spec),
      native("on", on.join(", "), on.join(", "), "told with the write itself", source),
      native("prefix", prefix || "none asked", prefix || "all", "by the bucket", source),
      native("suffix", suffix || "none asked", suffix || "all", "by the bucket", source),
      native("order", "none asked", "none", "the sequencer tells the newer of two changes of one key", source),
      undeliveredRow,
    ],
    grants,
    nodes: { queue, function: worked.function, consumer, notification },
    outputs,
  };
}
