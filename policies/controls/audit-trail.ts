import { isUnknown, known, valueAt } from "../known";
import {
  type Control,
  component,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackRule,
  type StackView,
  undetermined,
} from "../model";
import { isRetained, list, texts } from "../rules/expect";

/** What is missing of a trail; `unknown` where the deciding value is not known yet, an empty list where it is complete. */
type Gaps = readonly string[] | "unknown";

interface TrailKind {
  readonly what: string;
  readonly types: readonly string[];
  /** Undefined: no trail of the account, but something else under the same type. */
  readonly gaps: (resource: ResourceView, stack: StackView) => Gaps | undefined;
}

/**
 * The trail belongs to the account: one stack makes it, every other one names it in its foundation. A stack that does
 * neither is reported as a stack.
 */
function accountTrail({ what, types, gaps }: TrailKind): StackRule {
  return {
    judgeStack(stack) {
      const trails = stack
        .ofType(...types)
        .filter(({ external }) => !external)
        .flatMap((resource) => {
          const found = gaps(resource, stack);
          return found === undefined ? [] : [{ resource, found }];
        });
      const complete = trails.find(({ found }) => found !== "unknown" && found.length === 0);
      if (complete) return pass(`it is a complete ${what}`, complete.resource.urn);
      const [foundation] = stack.ofType(component("Foundation"));
      const existing = foundation && existingTrail(foundation);
      if (existing?.verdict === "pass") return existing;
      if (trails.length > 0)
        return trails.map(({ resource, found }) =>
          found === "unknown"
            ? undetermined(`whether it is the account's ${what} is known after deployment only`, resource.urn)
            : fail(`the ${what} is incomplete: ${found.join(", ")}`, resource.urn),
        );
      return (
        existing ??
        fail(`the stack has neither a ${what} nor a foundation that names the account's: set Foundation's audit trail`)
      );
    },
  };
}

/** The foundation says that the account has its trail, and which. */
function existingTrail(foundation: ResourceView): Finding | undefined {
  const audit = known(foundation.props, "audit");
  const existing = known(foundation.props, "audit.existing");
  if (audit.state === "unknown" || existing.state === "unknown")
    return undetermined("which trail the foundation names is known after deployment only", foundation.urn);
  return existing.state === "value" && typeof existing.value === "string" && existing.value.trim() !== ""
    ? pass("the foundation names the account's own trail", foundation.urn)
    : undefined;
}

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

function cloudTrail(resource: ResourceView): Gaps {
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
  // The key's id is unknown at first: that there is one counts.
  if (known(resource.props, "kmsKeyId").state === "absent")
    return gaps === "unknown" ? ["kmsKeyId"] : [...gaps, "kmsKeyId"];
  return valueAt(resource.props, "kmsKeyId") === "" ? ["kmsKeyId"] : gaps;
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
function activityLog(resource: ResourceView, stack: StackView): Gaps | undefined {
  const of = known(resource.props, "resourceUri");
  if (of.state === "value" && !/^\/?subscriptions\/[^/]+\/?$/i.test(String(of.value))) return undefined;
  if (of.state === "unknown" && stack.dependencies(resource, "resourceUri").length > 0) return undefined;
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

function auditConfig({ props }: ResourceView): Gaps | undefined {
  const service = known(props, "service");
  if (service.state === "value" && service.value !== "allServices") return undefined;
  const configs = known(props, "auditLogConfigs");
  if (service.state === "unknown" || configs.state === "unknown") return "unknown";
  const all = list(configs.state === "value" ? configs.value : []);
  if (all.some((one) => isUnknown(one) || known(one, "logType").state === "unknown")) return "unknown";
  const gaps = logTypes.filter((type) => !all.some((one) => valueAt(one, "logType") === type));
  const exempt = all.some((one) => {
    const members = known(one, "exemptedMembers");
    return (
      members.state === "unknown" || (members.state === "value" && (texts(members.value) ?? ["malformed"]).length > 0)
    );
  });
  return exempt ? [...gaps, "no exempted members"] : gaps;
}

export const auditTrail: Control = {
  id: "AUD-01",
  title: "The account records who changed what",
  why: "Without a complete trail an intrusion can be neither noticed nor reconstructed, and nothing can be proved to an auditor.",
  fix: "Name the account's trail in the foundation (auditTrail), or create it in one stack an account.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 5(2)", "Art. 32(1)(d)", "Art. 33"],
    hipaa: ["164.312(b)", "164.308(a)(1)(ii)(D)"],
    pciDss: ["10.2.1", "10.2.2", "10.3.4"],
    soc2: ["CC7.2", "CC7.3"],
    cis: ["8.2", "8.5"],
    nist80053: ["AU-2", "AU-3", "AU-9", "AU-12"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [accountTrail({ what: "CloudTrail trail", types: ["aws:cloudtrail/trail:Trail"], gaps: cloudTrail })],
    azure: [
      accountTrail({
        what: "activity log setting",
        types: ["azure-native:monitor:DiagnosticSetting"],
        gaps: activityLog,
      }),
    ],
    gcp: [
      accountTrail({
        what: "audit configuration",
        types: [
          "gcp:projects/iAMAuditConfig:IAMAuditConfig",
          "gcp:folder/iamAuditConfig:IamAuditConfig",
          "gcp:organizations/iamAuditConfig:IamAuditConfig",
        ],
        gaps: auditConfig,
      }),
    ],
  },
};
