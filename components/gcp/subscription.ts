import type { Subscription, SubscriptionArgs } from "@pulumi/gcp/pubsub";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { compile } from "../filter/pubsub";
import type { SubscriptionOutputs, SubscriptionSpec } from "../subscription";
import { deliveryRows, undeliveredRow, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface SubscriptionParts extends WorkedQueueParts {
  busSubscription: SubscriptionArgs;
}
export interface SubscriptionFront {
  busSubscription: Subscription;
}

/** The bus pushes to the function itself; the queue of its own is for what comes back from the dead letters, to it alone. */
export function subscription(self: Pattern<"Subscription">, spec: SubscriptionSpec): Realization<SubscriptionOutputs> {
  const { bus, filter, types } = spec;
  const shape = shaper(spec.transform?.gcp);
  const compiled = compile(filter, types);
  const ordered = bus.ordered;
  const worked = workedQueue(self, { spec, ordered, settings: () => (filter ? { filter } : {}), shape });
  const busSubscription = worked.alsoFrom(`${self.id}-events`, { topic: bus.bus, filter: compiled.filter }, (args) =>
    shape("busSubscription", args),
  );
  // Where data is protected, Pulumi refuses that replacement until somebody has seen to the backlog.
  const fixed = "another filter is another subscription, and what the old one has not delivered goes with it";
  const asked = filter ? "types and filter" : "types";
  const language = "cloud.google.com/pubsub/docs/subscription-message-filter";
  return {
    contract: [
      ...deliveryRows(self, spec),
      compiled.exact
        ? native("filter", asked, asked, `by the subscription, and once more by the adapter; ${fixed}`, language)
        : emulated(
            "filter",
            asked,
            asked,
            `by the adapter in full, because ${compiled.why ?? "Pub/Sub's is coarser"}; ${fixed}`,
            language,
          ),
      native(
        "ordering",
        ordered ? "per-subject" : "none asked",
        ordered ? "per-subject" : "none",
        ordered
          ? "one event of a subject at a time; a failing one holds back its subject until it is a dead letter"
          : "retries and concurrency reorder",
        "Pub/Sub API v1, Subscription.enableMessageOrdering",
      ),
      native(
        "envelope",
        "CloudEvents 1.0",
        "CloudEvents 1.0",
        "binary form: attributes under ce-",
        "CloudEvents Pub/Sub binding",
      ),
      emulated(
        "replay",
        "marked",
        "marked",
        "by the command `replay`, into the queue of its own; a seek would deliver events as they were",
        "cli/replay/gcp.ts",
      ),
      undeliveredRow("a published event is in every subscription at once", "cloud.google.com/pubsub/docs/overview"),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, busSubscription },
    outputs: worked.outputs,
  };
}
