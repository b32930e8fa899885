/** What makes each cloud's audit trail complete. */
import { isUnknown, known, valueAt } from "../known";
import { atLeast, component, type ResourceView, type StackView } from "../model";
import type { Gaps } from "./account-trail";
import { isRetained, list, texts } from "./expect";

/** Missing, where a property is not as demanded. */
function missing(resource: ResourceView, demands: Readonly<Record<string, (value: unknown) => boolean>>): Gaps {
  const gaps: string[] = [];
  let unknown = false;
  for (const [path, accepts] of Object.entries(demands)) {
    const found = known(resource.props, path);
    if (found.state === "unknown") unknown = true;
    else if (!accepts(found.state === "value" ? found.value : undefined)) gaps.push(path);
  }
  return gaps.length > 0 ? gaps : unknown ? "unknown" : [];
}

export function cloudTrail(resource: ResourceView, { dataClass }: StackView): Gaps {
  const isTrue = (value: unknown) => value === true;
  const unlessOff = (value: unknown) => value === undefined || value === true;
  const gaps = missing(resource, {
    isMultiRegionTrail: isTrue,
    enableLogFileValidation: isTrue,
    enableLogging: unlessOff,
    includeGlobalServiceEvents: unlessOff,
    eventSelectors: (value) => value === undefined || (Array.isArray(value) && value.some(recordsManagement)),
    advancedEventSelectors: (value) => value === undefined || (Array.isArray(value) && value.some(selectsManagement)),
  });
  // The key's id is unknown at first: that there is one counts. Internal data makes do with S3's own encryption.
  const key = known(resource.props, "kmsKeyId");
  const keyless = key.state === "absent" || (key.state === "value" && key.value === "");
  if (!keyless || !atLeast(dataClass, "confidential")) return gaps;
  return gaps === "unknown" ? ["kmsKeyId"] : [...gaps, "kmsKeyId"];
}

const recordsManagement = (selector: unknown) =>
  valueAt(selector, "includeManagementEvents") !== false &&
  [undefined, "All"].includes(valueAt(selector, "readWriteType") as string | undefined);

const selectsManagement = (selector: unknown) => {
  const fields = list(valueAt(selector, "fieldSelectors"));
  return (
    fields.some(
      (one) => valueAt(one, "field") === "eventCategory" && list(valueAt(one, "equals")).includes("Management"),
    ) && !fields.some((one) => valueAt(one, "field") === "readOnly")
  );
};

/** The categories that CIS asks of the activity log. */
const activityCategories = ["Administrative", "Security", "Alert", "Policy"];

/** A diagnostic setting on the subscription itself carries the activity log; on a resource it carries that resource's. */
export function activityLog(resource: ResourceView, stack: StackView): Gaps | undefined {
  const of = known(resource.props, "resourceUri");
  if (of.state === "value" && !/^\/?subscriptions\/[^/]+\/?$/i.test(String(of.value))) return undefined;
  // The subscription's id can be read off its resource groups' ids; any other resource's id is that resource's.
  const sources = stack.dependencies(resource, "resourceUri");
  if (of.state === "unknown" && sources.some(({ type }) => type !== "azure-native:resources:ResourceGroup"))
    return undefined;
  if (of.state === "absent") return ["resourceUri"];
  const logs = known(resource.props, "logs");
  if (logs.state === "unknown") return "unknown";
  const enabled = list(logs.state === "value" ? logs.value : []).filter((log) => valueAt(log, "enabled") === true);
  const all = enabled.some((log) => valueAt(log, "categoryGroup") === "allLogs");
  const gaps = all
    ? []
    : activityCategories
        .filter((category) => !enabled.some((log) => valueAt(log, "category") === category))
        .map((category) => `category ${category}`);
  const workspace = known(resource.props, "workspaceId");
  if (workspace.state === "absent") return [...gaps, "workspaceId"];
  const kept = workspaceRetention(resource, stack);
  if (kept === "short") return [...gaps, "365 days of retention in its workspace"];
  if (gaps.length > 0) return gaps;
  const ofSubscription = of.state === "value" || stack.owner(resource)?.type === component("Foundation");
  return kept === "kept" && ofSubscription ? [] : "unknown";
}

function workspaceRetention(resource: ResourceView, stack: StackView): "kept" | "short" | "unknown" {
  const type = "azure-native:operationalinsights:Workspace";
  const [workspace] = stack.dependencies(resource, "workspaceId").filter((one) => one.type === type);
  if (!workspace) return "unknown";
  const days = known(workspace.props, "retentionInDays");
  if (days.state === "unknown") return "unknown";
  return days.state === "value" && isRetained(days.value) ? "kept" : "short";
}

const logTypes = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"];

export function auditConfig({ props }: ResourceView): Gaps | undefined {
  const service = known(props, "service");
  if (service.state === "value" && service.value !== "allServices") return undefined;
  const configs = known(props, "auditLogConfigs");
  if (service.state === "unknown" || configs.state === "unknown") return "unknown";
  const all = list(configs.state === "value" ? configs.value : []);
  if (all.some((one) => isUnknown(one) || known(one, "logType").state === "unknown")) return "unknown";
  const gaps = logTypes.filter((type) => !all.some((one) => valueAt(one, "logType") === type));
  const exempted = all.map((one) => known(one, "exemptedMembers"));
  // A list with unknown members exempts somebody, like any other that is not empty.
  if (exempted.some((one) => one.state === "value" && (texts(one.value) ?? ["malformed"]).length > 0))
    return [...gaps, "no exempted members"];
  return gaps.length === 0 && exempted.some(({ state }) => state === "unknown") ? "unknown" : gaps;
}
