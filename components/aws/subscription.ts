import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { compile } from "../filter/event-bridge";
import { resolve } from "../filter/resolve";
import type { SubscriptionOutputs, SubscriptionSpec } from "../subscription";
import {
  deliveryRows,
  largestMessage,
  refuseUnfit,
  type WorkedQueue,
  type WorkedQueueParts,
  type WorkedQueueRequest,
  workedQueue,
} from "./worked-queue";

/** Parts that a transform can change. */
export interface SubscriptionParts extends RuledQueueParts {
  topicSubscription: sns.TopicSubscriptionArgs;
}

/** A rule with its target, or a topic's subscription where events are kept in order. */
export interface SubscriptionFront {
  rule: cloudwatch.EventRule | undefined;
  target: cloudwatch.EventTarget | undefined;
  topicSubscription: sns.TopicSubscription | undefined;
}

type Shape = ReturnType<typeof shaper<SubscriptionParts>>;

interface Front {
  readonly worked: WorkedQueue;
  readonly nodes: SubscriptionFront;
  readonly rows: readonly ContractRow[];
}

export function subscription(self: Pattern<"Subscription">, spec: SubscriptionSpec): Realization<SubscriptionOutputs> {
  const { bus, topic } = spec.bus.nodes.aws ?? {};
  const shape = shaper(spec.transform?.aws);
  const { worked, nodes, rows } = topic ? fromTopic(self, spec, topic, shape) : fromBus(self, spec, bus, shape);
  return {
    contract: [
      ...deliveryRows(self, spec, topic ? "SQS FIFO queues" : "SQS standard queues"),
      ...rows,
      topic ? undeliveredRow("SNS RedrivePolicy") : undeliveredRow("EventBridge target DeadLetterConfig"),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, ...nodes },
    outputs: worked.outputs,
  };
}

/** The adapter evaluates the filter again, whatever the service has let through. */
const settingsOf = ({ filter }: SubscriptionSpec) => (filter ? { filter } : {});

function fromBus(self: Pattern, spec: SubscriptionSpec, bus: cloudwatch.EventBus | undefined, shape: Shape): Front {
  if (!bus) throw new Error(`the bus "${spec.bus.id}" is not one of aws`);
  const compiled = compile(spec.filter, spec.types);
  const { worked, rule, target } = ruledQueue(self, {
    spec,
    settings: settingsOf(spec),
    pattern: JSON.stringify(compiled.pattern),
    bus: bus.name,
    shape,
  });
  return {
    worked,
    nodes: { rule, target, topicSubscription: undefined },
    rows: [
      filterRow(spec, compiled.exact ? undefined : (compiled.why ?? "its pattern is coarser"), "EventBridge patterns"),
      native(
        "ordering",
        "none asked",
        "none",
        "EventBridge keeps no order, and retries reorder",
        "EventBridge user guide",
      ),
      emulated(
        "envelope",
        "CloudEvents 1.0",
        "CloudEvents 1.0",
        "EventBridge has an envelope of its own; the attributes are in its detail",
        "EventBridge events",
      ),
      native("replay", "marked", "marked", "by EventBridge: the event's replay-name", "EventBridge StartReplay"),
    ],
  };
}

/** A topic knows the attributes of a message and so its type; everything else is the adapter's. */
function fromTopic(self: Pattern, spec: SubscriptionSpec, topic: sns.Topic, shape: Shape): Front {
  const { types, filter, exact } = resolve(spec.filter, spec.types);
  const worked = workedQueue(self, {
    spec,
    settings: settingsOf(spec),
    fifo: { deduplicates: false },
    maxMessageBytes: largestMessage,
    source: { service: "sns", arn: topic.arn },
    shape,
  });
  const { queue, deadLetterQueue } = worked.nodes;
  const topicSubscription = new sns.TopicSubscription(
    self.id,
    shape("topicSubscription", {
      topic: topic.arn,
      protocol: "sqs",
      endpoint: queue.arn,
      rawMessageDelivery: true,
      filterPolicyScope: "MessageAttributes",
      filterPolicy: JSON.stringify({ "ce-type": types.length > 0 ? types : ["no such type"] }),
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetterQueue.arn }),
    }),
    self.child({ dependsOn: [...worked.open] }),
  );
  return {
    worked,
    nodes: { rule: undefined, target: undefined, topicSubscription },
    rows: [
      filterRow(
        spec,
        filter || !exact ? "the topic filters by type alone" : undefined,
        "SNS subscription filter policies",
      ),
      native(
        "ordering",
        "per-subject",
        "per-subject",
        "a message group each; a dead letter lets the rest of its subject go",
        "SQS FIFO queues: message groups",
      ),
      native("envelope", "CloudEvents 1.0", "CloudEvents 1.0", "JSON form, delivered raw", "SNS RawMessageDelivery"),
      native("replay", "none asked", "none", "an ordered bus has no archive", "EventBridge StartReplay"),
    ],
  };
}

function filterRow({ filter }: SubscriptionSpec, coarser: string | undefined, service: string): ContractRow {
  const asked = filter ? "types and filter" : "types";
  return coarser === undefined
    ? native("filter", asked, asked, "by the service, and once more by the adapter", service)
    : emulated("filter", asked, asked, `by the adapter in full, because ${coarser}`, service);
}

/** What becomes of events that never reach the queue. */
export function undeliveredRow(source: string): ContractRow {
  const how = "what cannot be put on the queue for a day, or at all, lies with the component's own dead letters";
  return native("undelivered", "kept", "a dead letter", how, source);
}

/** Parts that a transform can change. */
export interface RuledQueueParts extends WorkedQueueParts {
  rule: cloudwatch.EventRuleArgs;
  target: cloudwatch.EventTargetArgs;
}

/** The provider's resources behind every pattern that is told by EventBridge. */
export interface RuledQueueNodes {
  rule: cloudwatch.EventRule;
  target: cloudwatch.EventTarget;
}

export interface RuledQueueRequest extends Pick<WorkedQueueRequest, "spec" | "settings"> {
  readonly pattern: pulumi.Input<string>;
  /** Undefined: the account's own bus, where services speak. */
  readonly bus: pulumi.Input<string> | undefined;
  readonly shape: ReturnType<typeof shaper<RuledQueueParts>>;
}

/** The longest that EventBridge and its scheduler try to reach a target. */
export const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

/** A rule, the queue that it fills, and the function behind: what cannot be delivered is a dead letter too. */
export function ruledQueue(
  self: Pattern,
  { spec, settings, pattern, bus, shape }: RuledQueueRequest,
): RuledQueueNodes & { readonly worked: WorkedQueue } {
  refuseUnfit(self, { spec, settings });
  const on = bus === undefined ? {} : { eventBusName: bus };
  const rule = new cloudwatch.EventRule(
    self.id,
    shape("rule", { ...on, eventPattern: pattern, tags: { ...self.site.tags } }),
    self.child(),
  );
  const worked = workedQueue(self, {
    spec,
    settings,
    // What a publisher sends is limited at publish; EventBridge wraps its envelope around it.
    maxMessageBytes: largestMessage,
    source: { service: "events", arn: rule.arn },
    shape,
  });
  const { queue, deadLetterQueue } = worked.nodes;
  const target = new cloudwatch.EventTarget(
    self.id,
    shape("target", {
      ...on,
      rule: rule.name,
      arn: queue.arn,
      deadLetterConfig: { arn: deadLetterQueue.arn },
      retryPolicy,
    }),
    self.child({ dependsOn: [...worked.open] }),
  );
  return { worked, rule, target };
}
