import * as eventgrid from "@pulumi/azure-native/eventgrid";
import * as servicebus from "@pulumi/azure-native/servicebus";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import { compile } from "../filter/event-grid";
import { resolve } from "../filter/resolve";
import type { SubscriptionOutputs, SubscriptionSpec } from "../subscription";
import { deliveryFrom, sourceOf } from "./event-bus";
import { foundationOf } from "./foundation";
import {
  deliveryRows,
  queuesOf,
  received,
  sendTo,
  type WorkedQueueNodes,
  type WorkedQueueParts,
  workedQueue,
  workOff,
} from "./worked-queue";

/** Parts that a transform can change. */
export interface SubscriptionParts extends WorkedQueueParts {
  eventSubscription: eventgrid.TopicEventSubscriptionArgs;
  /** Where events are kept in order. */
  orderedSubscription: servicebus.SubscriptionArgs;
}

/** An Event Grid subscription or, where events are kept in order, one of a Service Bus topic. */
export interface SubscriptionNodes extends WorkedQueueNodes {
  eventSubscription: eventgrid.TopicEventSubscription | undefined;
  orderedSubscription: servicebus.Subscription | undefined;
}

type Shape = ReturnType<typeof shaper<SubscriptionParts>>;
type Made = Realization<SubscriptionOutputs> & { readonly nodes: SubscriptionNodes };

export function subscription(self: Pattern<"Subscription">, spec: SubscriptionSpec): Realization<SubscriptionOutputs> {
  const shape: Shape = shaper(spec.transform?.azure);
  const { orderedTopic } = spec.bus.nodes.azure ?? {};
  return orderedTopic ? fromTopic(self, spec, orderedTopic, shape) : fromEventGrid(self, spec, shape);
}

/** The adapter evaluates the filter again, whatever the service has let through. */
const settingsOf = ({ filter }: SubscriptionSpec) => (filter ? { filter } : {});

function fromEventGrid(self: Pattern, spec: SubscriptionSpec, shape: Shape): Made {
  const source = sourceOf(spec.bus);
  const { exact, why, includedEventTypes, advancedFilters } = compile(spec.filter, spec.types);
  const { nodes, grants, outputs } = workedQueue(self, { spec, settings: settingsOf(spec), shape });
  const { args, dependsOn, grant } = deliveryFrom(
    self,
    source,
    { endpointType: "ServiceBusQueue", resourceId: nodes.queue.id },
    sendTo(nodes.queue),
  );
  const filter = { includedEventTypes, advancedFilters } as eventgrid.TopicEventSubscriptionArgs["filter"];
  const eventSubscription = new eventgrid.TopicEventSubscription(
    self.id,
    shape("eventSubscription", { ...args, topicName: source.topic, filter }),
    self.child({ dependsOn }),
  );
  return {
    contract: [
      ...deliveryRows(self, spec),
      filterRow(spec, exact ? undefined : (why ?? "its filter is coarser"), "Event Grid advanced filters"),
      native(
        "ordering",
        "none asked",
        "none",
        "Event Grid keeps no order, and retries reorder",
        "Event Grid delivery and retry",
      ),
      native("envelope", "CloudEvents 1.0", "CloudEvents 1.0", "JSON form", "Event Grid CloudEventSchemaV1_0"),
      emulated(
        "replay",
        "marked",
        "marked",
        "by the command `replay`, into the queue of its own",
        "cli/replay/azure.ts",
      ),
      undeliveredRow,
    ],
    grants: [...grants, grant],
    nodes: { ...nodes, eventSubscription, orderedSubscription: undefined },
    outputs,
  };
}

/** What becomes of events that never reach the queue. */
export const undeliveredRow = native(
  "undelivered",
  "kept",
  "kept in a blob container",
  "what Event Grid cannot deliver to the queue within a day, in 30 attempts; the queue's own dead letters are apart from these",
  "Event Grid deadLetterWithResourceIdentity",
);

/**
 * Sessions do not forward: the function reads the topic's subscription itself, and its own queue beside it, where
 * redriven dead letters go.
 */
function fromTopic(self: Pattern, spec: SubscriptionSpec, topic: servicebus.Topic, shape: Shape): Made {
  const { exact, filter, types } = resolve(spec.filter, spec.types);
  const queues = queuesOf(self, { spec, sessions: true, shape });
  const inTopic = {
    resourceGroupName: foundationOf(self.site).group.name,
    namespaceName: queues.namespace.name,
    topicName: topic.name,
  };
  const orderedSubscription = new servicebus.Subscription(
    self.id,
    shape("orderedSubscription", {
      ...inTopic,
      subscriptionName: self.id,
      requiresSession: true,
      deadLetteringOnFilterEvaluationExceptions: true,
      ...received(spec, queues.deadLetterQueue),
    }),
    self.child({ stateful: true }),
  );
  typeRules(self, { ...inTopic, subscriptionName: orderedSubscription.name }, types);
  const { nodes, grants, outputs } = workOff(self, queues, {
    spec,
    sessions: true,
    settings: settingsOf(spec),
    variables: () => ({ SB_TOPIC: topic.name, SB_SUBSCRIPTION: orderedSubscription.name }),
    own: {
      operations: ["receive events"],
      permissions: [{ role: "serviceBusReceiver", scope: orderedSubscription.id }],
    },
    shape,
  });
  return {
    contract: [
      ...deliveryRows(self, spec, true),
      filterRow(spec, filter || !exact ? "the topic's rules go by type alone" : undefined, "Service Bus topic filters"),
      native(
        "ordering",
        "per-subject",
        "per-subject",
        "a session each; a dead letter lets the rest of its subject go, and comes back through a queue of its own",
        "Service Bus message sessions",
      ),
      native("envelope", "CloudEvents 1.0", "CloudEvents 1.0", "JSON form", "CloudEvents AMQP binding, structured"),
      native("replay", "none asked", "none", "an ordered bus has no archive", "Service Bus topics"),
      native(
        "undelivered",
        "kept",
        "a dead letter",
        "nothing stands between the topic and its reader; what expires in the topic's subscription is a dead letter",
        "Service Bus topics",
      ),
    ],
    grants,
    nodes: { ...nodes, eventSubscription: undefined, orderedSubscription },
    outputs,
  };
}

/** A rule for each type; the first takes the place of the rule that the service makes, which lets everything through. */
function typeRules(
  self: Pattern,
  inSubscription: Pick<servicebus.RuleArgs, "resourceGroupName" | "namespaceName" | "topicName" | "subscriptionName">,
  [first, ...others]: readonly string[],
): void {
  const ofType = (type: string) => ({
    ...inSubscription,
    filterType: "CorrelationFilter" as const,
    correlationFilter: { properties: { "ce-type": type } },
  });
  const none = { ...inSubscription, filterType: "SqlFilter" as const, sqlFilter: { sqlExpression: "1=0" } };
  new servicebus.DefaultRule(self.id, first === undefined ? none : ofType(first), self.child());
  for (const type of others) {
    const ruleName = physicalName(self.site, [self.id, type], { max: 50 });
    new servicebus.Rule(`${self.id}-${type}`, { ...ofType(type), ruleName }, self.child());
  }
}

function filterRow({ filter }: SubscriptionSpec, coarser: string | undefined, service: string): ContractRow {
  const asked = filter ? "types and filter" : "types";
  return coarser === undefined
    ? native("filter", asked, asked, "by the service, and once more by the adapter", service)
    : emulated("filter", asked, asked, `by the adapter in full, because ${coarser}`, service);
}
