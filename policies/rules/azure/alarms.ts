/** What tells people of dead letters of Service Bus. */
import { isUnknown, known, valueAt } from "../../known";
import type { Finding, ResourceView, StackView } from "../../model";
import { hasName } from "../../names";
import { isOn, isReached, lacking, told, vagueIn } from "../dead-letter-alarms";
import { list } from "../expect";
import { referred } from "../referred";
import { busGraves, busSubscription } from "./service-bus";

const metricAlert = "azure-native:monitor:MetricAlert";
const topicType = "azure-native:servicebus:Topic";
const namespaceType = "azure-native:servicebus:Namespace";

/** A queue whose dead letters are forwarded is watched there; any other by the dead letters inside it. A topic's metric counts those of its subscriptions. */
export function busAlarm(entity: ResourceView, stack: StackView): Finding | undefined {
  const isGrave = busGraves(stack).has(entity);
  const leaves = ["forwardDeadLetteredMessagesTo", "forwardTo"].filter((path) => {
    const found = known(entity.props, path);
    return found.state === "unknown" || (found.state === "value" && found.value !== "");
  });
  if (!isGrave && leaves.length > 0) return undefined;
  const metrics = isGrave ? ["ActiveMessages", "Messages", "IncomingMessages"] : ["DeadletteredMessages"];
  const alerts = stack.ofType(metricAlert);
  const watching = alerts.filter((alert) => watches(alert, entity, metrics, stack));
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

/** False where a criterion is known not to hold as dead letters come; one of a dynamic threshold has none of these. */
function rises(criterion: unknown): boolean {
  const [operator, threshold, namespace] = ["operator", "threshold", "metricNamespace"].map((path) =>
    valueAt(criterion, path),
  );
  return (
    (operator === undefined || /^Greater/.test(String(operator))) &&
    (threshold === undefined || isReached(threshold)) &&
    (namespace === undefined || /^microsoft\.servicebus\/namespaces$/i.test(String(namespace)))
  );
}

function watches(alert: ResourceView, entity: ResourceView, metrics: readonly string[], stack: StackView): boolean {
  if (!ofItsNamespace(alert, entity, stack)) return false;
  const ofTopic = entity.type === busSubscription;
  const own = [entity, ...(ofTopic ? referred(entity, "topicName", stack, [topicType]) : [])];
  const fromIt = stack.dependencies(alert, "criteria").some((one) => own.includes(one));
  const name = valueAt(entity.props, ofTopic ? "topicName" : "queueName");
  const all = known(alert.props, "criteria.allOf");
  if (all.state === "unknown" || known(alert.props, "criteria").state === "unknown") return fromIt;
  return list(all.state === "value" ? all.value : []).some((criterion) => {
    const metric = known(criterion, "metricName");
    if (metric.state !== "unknown" && !metrics.includes(String(valueAt(criterion, "metricName")))) return false;
    if (!rises(criterion)) return false;
    return list(valueAt(criterion, "dimensions")).some((dimension) => {
      if (isUnknown(dimension)) return fromIt;
      if (valueAt(dimension, "name") !== "EntityName" || valueAt(dimension, "operator") === "Exclude") return false;
      const names = list(valueAt(dimension, "values"));
      return names.includes("*") || (name !== undefined && names.includes(name)) || (fromIt && names.some(isUnknown));
    });
  });
}

/** A name is a queue's or topic's within one namespace only. */
function ofItsNamespace(alert: ResourceView, entity: ResourceView, stack: StackView): boolean {
  const from = stack.dependencies(alert, "scopes");
  if (from.includes(entity)) return true;
  const name = valueAt(entity.props, "namespaceName");
  const own = stack.dependencies(entity, "namespaceName");
  const scopes = from.filter(({ type }) => type === namespaceType);
  if (scopes.length > 0) return own.length === 0 || scopes.some((one) => own.includes(one));
  const ids = list(valueAt(alert.props, "scopes")).filter((one) => /\/namespaces\/[^/]/i.test(String(one)));
  const path = `/namespaces/${String(name)}/`.toLowerCase();
  return (
    ids.length === 0 || typeof name !== "string" || ids.some((id) => `${String(id)}/`.toLowerCase().includes(path))
  );
}
