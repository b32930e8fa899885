import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { SubscriptionOutputs, SubscriptionSpec } from "../subscription";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { deliveryRows, source, undeliveredRow, workedQueue } from "./worked-queue";

export function subscription(self: Pattern<"Subscription">, spec: SubscriptionSpec): Realization<SubscriptionOutputs> {
  const { bus, filter, types } = spec;
  const shape = shaper(spec.transform?.local);
  const worked = workedQueue(self, { spec, settings: filter ? { filter } : {}, shape });
  const rule = new LocalResource(
    "Subscription",
    self.id,
    shape("subscription", {
      name: nameOf(self.site, self.id),
      bus: bus.bus,
      queue: worked.queue.name,
      types,
      ...(filter ? { filter } : {}),
    }),
    self.child(),
  );
  const { queue, consumer, outputs, grants } = worked;
  const asked = filter ? "types and filter" : "types";
  return {
    contract: [
      ...deliveryRows(self, spec),
      native("filter", asked, asked, "evaluated by the bus, and again by the adapter", source),
      native(
        "ordering",
        bus.ordered ? "per-subject" : "none asked",
        bus.ordered ? "per-subject" : "none",
        bus.ordered ? "one event of a subject at a time" : "retries and concurrency reorder",
        source,
      ),
      native("envelope", "CloudEvents 1.0", "CloudEvents 1.0", "JSON form", source),
      native("replay", "marked", "marked", "the event's `replay` names it", source),
      undeliveredRow,
    ],
    grants,
    nodes: { queue, function: worked.function, consumer, subscription: rule },
    outputs,
  };
}
