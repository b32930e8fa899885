import * as storage from "@pulumi/gcp/storage";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ObjectTriggerOutputs, ObjectTriggerSpec } from "../object-trigger";
import { groundOf } from "./access";
import { deliveryRows, publisher, undeliveredRow, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface ObjectTriggerParts extends WorkedQueueParts {
  notification: storage.NotificationArgs;
}
export interface ObjectTriggerFront {
  notification: storage.Notification;
}

/** In a bucket with versions a deletion archives the live one; without them it deletes it. The adapter tells them apart. */
const eventTypes = { created: ["OBJECT_FINALIZE"], deleted: ["OBJECT_ARCHIVE", "OBJECT_DELETE"] } as const;

export function objectTrigger(
  self: Pattern<"ObjectTrigger">,
  spec: ObjectTriggerSpec,
): Realization<ObjectTriggerOutputs> {
  const { bucket, on, prefix, suffix } = spec;
  const ground = groundOf(self.site);
  const shape = shaper(spec.transform?.gcp);
  const worked = workedQueue(self, { spec, settings: () => ({ on, prefix, suffix }), shape });
  const { topic } = worked.nodes;
  const told = publisher(topic).bind(`${self.id}-told`, ground.agent("storage"), self.child());
  const notification = new storage.Notification(
    self.id,
    shape("notification", {
      bucket: bucket.bucket,
      payloadFormat: "JSON_API_V1",
      topic: topic.id,
      eventTypes: on.flatMap((one) => eventTypes[one]),
      ...(prefix ? { objectNamePrefix: prefix } : {}),
    }),
    self.child({ dependsOn: [told] }),
  );
  const docs = "cloud.google.com/storage/docs/pubsub-notifications";
  return {
    contract: [
      ...deliveryRows(self, spec),
      native(
        "on",
        on.join(", "),
        on.join(", "),
        "at least once; what overwrote an object is told, not that it did",
        docs,
      ),
      native("prefix", prefix || "none asked", prefix || "all", "by the bucket", docs),
      suffix
        ? emulated("suffix", suffix, suffix, "by the adapter: the bucket knows no suffix", "runtime/object-trigger.ts")
        : native("suffix", "none asked", "all", "nothing is left out", docs),
      native("order", "none asked", "none", "the generation tells the newer of two changes of one key", docs),
      undeliveredRow("Cloud Storage repeats until Pub/Sub has it, for seven days", docs),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, notification },
    outputs: worked.outputs,
  };
}
