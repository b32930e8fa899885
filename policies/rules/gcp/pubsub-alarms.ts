/** What tells people of Pub/Sub's dead letters. */
import { known, valueAt } from "../../known";
import type { Finding, ResourceView, StackView } from "../../model";
import { isFilled, isOn, isReached, type Lacks, lacking, mostDeadLetters, told, vagueIn } from "../dead-letter-alarms";
import { googleSeconds } from "../durations";
import { list } from "../expect";
import { referred } from "../referred";
import { pubsubGraves, subscriptionType, topicType } from "./pubsub-dead-letters";

const alertPolicy = "gcp:monitoring/alertPolicy:AlertPolicy";

/** Dead letters are seen where they are kept, or as they leave the subscription that buries them. */
export function pubsubAlarm(subscription: ResourceView, stack: StackView): Finding | undefined {
  if (!pubsubGraves(stack).has(subscription)) return undefined;
  const policies = stack.ofType(alertPolicy);
  const topics = referred(subscription, "topic", stack, [topicType]);
  const sources = stack
    .ofType(subscriptionType)
    .filter((one) =>
      referred(one, "deadLetterPolicy.deadLetterTopic", stack, [topicType]).some((topic) => topics.includes(topic)),
    );
  const watching = policies.flatMap((policy) => {
    const kept = counting(policy, [subscription], "num_undelivered_messages", stack);
    const counted = kept.length > 0 ? kept : counting(policy, sources, "dead_letter_message_count", stack);
    return counted.length > 0 ? [lacksOf(policy, counted, stack)] : [];
  });
  return told(
    watching,
    vagueIn(policies, "conditions", stack),
    "nobody is told of its dead letters: give it a monitoring.AlertPolicy on num_undelivered_messages with notificationChannels",
  );
}

/** The conditions that count one of these subscriptions; none where one of them is counted by no condition. */
function counting(
  policy: ResourceView,
  of: readonly ResourceView[],
  metric: string,
  stack: StackView,
): readonly unknown[] {
  const from = stack.dependencies(policy, "conditions");
  const conditions = list(valueAt(policy.props, "conditions"));
  const counts = of.map((one) =>
    conditions.filter((condition) => {
      const read = texts.map((path) => known(condition, path)).filter(({ state }) => state !== "absent");
      return read.some((found) => {
        if (found.state !== "value") return from.includes(one);
        const filter = String(found.value);
        if (!filter.includes(metric) || keepsOut.test(filter)) return false;
        const name = valueAt(one.props, "name");
        return from.includes(one) || (typeof name === "string" && filter.includes(`"${name}"`)) || all.test(filter);
      });
    }),
  );
  return counts.every((some) => some.length > 0) ? counts.flat() : [];
}

/** Where a condition says what it counts. */
const texts = [
  "conditionThreshold.filter",
  "conditionPrometheusQueryLanguage.query",
  "conditionMonitoringQueryLanguage.query",
];
const keepsOut = /subscription_id"?\s*!=|(\bNOT\s+|-)resource\.labels?\."?subscription_id/;
/** Of a metric of every subscription, and nothing else. */
const all = /^\s*((metric|resource)\.type\s*=\s*"[^"]*"\s*(AND\b)?\s*)+$/;

/** After this many seconds it is no alarm for messages of which none should be. */
const longest = 3600;

/** What keeps the alarm from going off, beside what keeps it from reaching anybody. */
function lacksOf(policy: ResourceView, conditions: readonly unknown[], stack: StackView): Lacks {
  const lacks = lacking(policy, stack, { enabled: isOn, notificationChannels: isFilled });
  const faults = conditions.map((condition) =>
    Object.entries(goesOff).flatMap(([path, { accepts, lack }]) => {
      const found = known(condition, `conditionThreshold.${path}`);
      return found.state !== "value" || accepts(found.value) ? [] : [lack];
    }),
  );
  const [best = []] = [...faults].sort((a, b) => a.length - b.length);
  const every = /^AND/.test(String(valueAt(policy.props, "combiner") ?? ""));
  const several = list(valueAt(policy.props, "conditions")).length > 1;
  const more = [...best, ...(every && several ? ["combiner to OR"] : [])];
  return more.length > 0 ? [...(lacks ?? []), ...more] : lacks;
}

const goesOff: Readonly<Record<string, { accepts: (value: unknown) => boolean; lack: string }>> = {
  comparison: { accepts: (value) => value === "COMPARISON_GT", lack: "comparison to COMPARISON_GT" },
  thresholdValue: {
    accepts: isReached,
    lack: `thresholdValue to no more than ${mostDeadLetters}`,
  },
  duration: {
    accepts: (value) => (googleSeconds(value) ?? longest + 1) <= longest,
    lack: "duration to an hour or less",
  },
};
