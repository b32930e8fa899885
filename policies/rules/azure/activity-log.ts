import { hasUnknown, known, valueAt } from "../../known";
import { component, type ResourceView, type StackView } from "../../model";
import { hasName } from "../../names";
import { minimumDays } from "../../settings";
import type { Gaps } from "../account-trail";
import { isRetained, list } from "../expect";

export const resourceSetting = "azure-native:monitor:DiagnosticSetting";
/** Every setting of these carries the activity log. */
const ofSubscription = [
  "azure-native:monitor:SubscriptionDiagnosticSetting",
  "azure-native:monitor:ManagementGroupDiagnosticSetting",
];
export const activitySettings = [resourceSetting, ...ofSubscription];

/** The categories that CIS asks of the activity log. */
const categories = ["Administrative", "Security", "Alert", "Policy"];

/** A diagnostic setting on the subscription itself carries the activity log; on a resource it carries that resource's. */
export function activityLog(resource: ResourceView, stack: StackView): Gaps | undefined {
  const subject = ofSubscription.includes(resource.type) ? "subscription" : subjectOf(resource, stack);
  if (subject === "resource") return undefined;
  if (subject === "none") return ["resourceUri"];
  const logs = known(resource.props, "logs");
  if (logs.state === "unknown") return "unknown";
  const stated = list(logs.state === "value" ? logs.value : []);
  const enabled = stated.filter((log) => valueAt(log, "enabled") === true);
  const all = enabled.some((log) => valueAt(log, "categoryGroup") === "allLogs");
  const gaps = all
    ? []
    : categories
        .filter((category) => !enabled.some((log) => valueAt(log, "category") === category))
        .map((category) => `category ${category}`);
  // A category that is not known yet may be any that is missing.
  if (gaps.length > 0 && hasUnknown(stated)) return "unknown";
  const kept = retention(resource, stack);
  if (kept === "none") return [...gaps, "workspaceId"];
  if (kept === "short") return [...gaps, `${minimumDays(stack)} days of retention in its workspace`];
  if (gaps.length > 0) return gaps;
  return kept === "kept" && subject === "subscription" ? [] : "unknown";
}

function subjectOf(resource: ResourceView, stack: StackView): "subscription" | "resource" | "none" | "unknown" {
  const of = known(resource.props, "resourceUri");
  if (of.state === "absent") return "none";
  if (of.state === "value") return /^\/?subscriptions\/[^/]+\/?$/i.test(String(of.value)) ? "subscription" : "resource";
  // The subscription's id can be read off its resource groups' ids; any other resource's id is that resource's.
  const sources = stack.dependencies(resource, "resourceUri");
  if (sources.some(({ type }) => type !== "azure-native:resources:ResourceGroup")) return "resource";
  return stack.owner(resource)?.type === component("Foundation") ? "subscription" : "unknown";
}

function retention(resource: ResourceView, stack: StackView): "kept" | "short" | "none" | "unknown" {
  if (!hasName(known(resource.props, "workspaceId")))
    return hasName(known(resource.props, "storageAccountId")) ? archived(resource, stack) : "none";
  const type = "azure-native:operationalinsights:Workspace";
  const [workspace] = stack.dependencies(resource, "workspaceId").filter((one) => one.type === type);
  if (!workspace) return "unknown";
  const days = known(workspace.props, "retentionInDays");
  if (days.state === "unknown") return "unknown";
  return days.state === "value" && isRetained(days.value, stack) ? "kept" : "short";
}

/** A storage account of the stack keeps for ever what no lifecycle rule of the stack removes. */
function archived(resource: ResourceView, stack: StackView): "kept" | "unknown" {
  const type = "azure-native:storage:StorageAccount";
  const [account] = stack.dependencies(resource, "storageAccountId").filter((one) => one.type === type);
  if (!account) return "unknown";
  const removes = stack
    .ofType("azure-native:storage:ManagementPolicy")
    .some((policy) => stack.dependencies(policy, "accountName").includes(account));
  return removes ? "unknown" : "kept";
}
