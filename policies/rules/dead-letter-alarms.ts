/** What tells people of dead letters: what every cloud's alarms have in common, and those of AWS and Azure. */
import { hasUnknown, isUnknown, known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { hasName, isName } from "../names";
import { graves, sqsQueue } from "./aws-dead-letters";
import { list } from "./expect";
import { numberOf } from "./numbers";
import { referred } from "./referred";
import { busGraves } from "./service-bus";

/** What an alarm lacks; undefined where that is known after deployment only. */
export type Lacks = readonly string[] | undefined;

/** The best of the alarms that watch a queue decides. */
export function told(watching: readonly Lacks[], vague: boolean, missing: string): Finding {
  if (watching.some((lacks) => lacks?.length === 0)) return pass("somebody is told of its dead letters");
  if (vague || watching.includes(undefined)) return undetermined("what watches it is known after deployment only");
  const [lacks] = watching;
  return fail(lacks ? `its alarm tells nobody: set ${lacks.join(" and ")}` : missing);
}

/** Lacks, of what each property must be; an unknown property counts as set where it comes from somewhere. */
export function lacking(
  alarm: ResourceView,
  stack: StackView,
  wanted: Readonly<Record<string, (value: unknown) => boolean>>,
): Lacks {
  let vague = false;
  const lacks = Object.entries(wanted).flatMap(([path, accepts]) => {
    const found = known(alarm.props, path);
    if (found.state === "unknown") {
      vague ||= stack.dependencies(alarm, path.split(".")[0] ?? path).length === 0;
      return [];
    }
    return accepts(found.state === "value" ? found.value : undefined) ? [] : [path];
  });
  return lacks.length > 0 ? lacks : vague ? undefined : [];
}

export const isOn = (value: unknown) => value === undefined || value === true;
export const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isName);

const isArn = (value: unknown) => isUnknown(value) || /^arn:/.test(String(value));

/** True where some of these alarms may watch anything: what it watches is unknown, and comes from nowhere. */
export const vagueIn = (alarms: readonly ResourceView[], property: string, stack: StackView) =>
  alarms.some(({ props, ...alarm }) => {
    const found = known(props, property);
    const open = found.state === "unknown" || (found.state === "value" && hasUnknown(found.value));
    return open && stack.dependencies({ props, ...alarm }, property).length === 0;
  });

/** Dead letters are rare: whoever waits for more of them than this hears of none. */
const isReached = (value: unknown) => {
  const threshold = numberOf(value);
  return threshold !== undefined && threshold <= 100;
};

const metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm";

export function sqsAlarm(queue: ResourceView, stack: StackView): Finding | undefined {
  const grave = graves(stack).get(queue);
  if (!grave) return undefined;
  const alarms = stack.ofType(metricAlarm).filter(({ props }) => {
    const metric = known(props, "metricName");
    return metric.state === "unknown" || valueAt(props, "metricName") === "ApproximateNumberOfMessagesVisible";
  });
  const watching = alarms.filter((alarm) => referred(alarm, "dimensions.QueueName", stack, [sqsQueue]).includes(queue));
  return told(
    watching.map((alarm) =>
      lacking(alarm, stack, {
        alarmActions: (value) => isFilled(value) && list(value).every(isArn),
        actionsEnabled: isOn,
        comparisonOperator: (value) => typeof value === "string" && value.startsWith("GreaterThan"),
        namespace: (value) => value === "AWS/SQS",
        threshold: isReached,
        statistic: (value) => value !== "SampleCount",
      }),
    ),
    vagueIn(alarms, "dimensions", stack),
    "nobody is told of its dead letters: give it a cloudwatch.MetricAlarm on ApproximateNumberOfMessagesVisible with alarmActions",
  );
}

const metricAlert = "azure-native:monitor:MetricAlert";

/** A queue whose dead letters are forwarded is watched there; any other by the dead letters inside it. */
export function busAlarm(queue: ResourceView, stack: StackView): Finding | undefined {
  const isGrave = busGraves(stack).has(queue);
  if (!isGrave && known(queue.props, "forwardDeadLetteredMessagesTo").state !== "absent") return undefined;
  const metrics = isGrave ? ["ActiveMessages", "Messages", "IncomingMessages"] : ["DeadletteredMessages"];
  const alerts = stack.ofType(metricAlert);
  const watching = alerts.filter((alert) => watches(alert, queue, metrics, stack));
  return told(
    watching.map((alert) =>
      lacking(alert, stack, {
        enabled: isOn,
        actions: (value) => list(value).some((one) => isUnknown(one) || hasName(known(one, "actionGroupId"))),
      }),
    ),
    vagueIn(alerts, "criteria", stack),
    `nobody is told of its dead letters: give it a monitor.MetricAlert on ${metrics[0]} of its EntityName with an action group`,
  );
}

function watches(alert: ResourceView, queue: ResourceView, metrics: readonly string[], stack: StackView): boolean {
  if (!ofItsNamespace(alert, queue, stack)) return false;
  const fromIt = stack.dependencies(alert, "criteria").includes(queue);
  const all = known(alert.props, "criteria.allOf");
  if (all.state === "unknown" || known(alert.props, "criteria").state === "unknown") return fromIt;
  return list(all.state === "value" ? all.value : []).some((criterion) => {
    const metric = known(criterion, "metricName");
    if (metric.state !== "unknown" && !metrics.includes(String(valueAt(criterion, "metricName")))) return false;
    return list(valueAt(criterion, "dimensions")).some((dimension) => {
      if (isUnknown(dimension)) return fromIt;
      if (valueAt(dimension, "name") !== "EntityName" || valueAt(dimension, "operator") === "Exclude") return false;
      const names = list(valueAt(dimension, "values"));
      return (
        names.includes("*") || names.includes(valueAt(queue.props, "queueName")) || (fromIt && names.some(isUnknown))
      );
    });
  });
}

/** A name is a queue's within one namespace only. */
function ofItsNamespace(alert: ResourceView, queue: ResourceView, stack: StackView): boolean {
  const namespaces = (of: ResourceView, property: string) =>
    stack.dependencies(of, property).filter(({ type }) => type === "azure-native:servicebus:Namespace");
  const scopes = [
    ...namespaces(alert, "scopes"),
    ...stack.dependencies(alert, "scopes").filter((one) => one === queue),
  ];
  const own = namespaces(queue, "namespaceName");
  return scopes.length === 0 || own.length === 0 || scopes.some((one) => one === queue || own.includes(one));
}
