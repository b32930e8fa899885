/** Cloud Audit Logs: which services record reads and writes, and of whom. */
import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { isName } from "../../names";
import { accountTrail, type Gaps } from "../account-trail";
import { list, texts } from "../expect";

export const auditConfigTypes = [
  "gcp:projects/iAMAuditConfig:IAMAuditConfig",
  "gcp:folder/iamAuditConfig:IamAuditConfig",
  "gcp:organizations/iamAuditConfig:IamAuditConfig",
];

const everything = "allServices";

/** What a configuration of all services leaves out; undefined for one of a single service. */
const gapsOf =
  (wanted: readonly string[]) =>
  ({ props }: ResourceView): Gaps | undefined => {
    const service = known(props, "service");
    if (service.state === "value" && service.value !== everything) return undefined;
    return service.state === "unknown" ? "unknown" : logGaps(props, wanted);
  };

function logGaps(props: unknown, wanted: readonly string[]): Gaps {
  const configs = known(props, "auditLogConfigs");
  if (configs.state === "unknown") return "unknown";
  const all = list(configs.state === "value" ? configs.value : []);
  if (all.some((one) => isUnknown(one) || known(one, "logType").state === "unknown")) return "unknown";
  const gaps = wanted.filter((type) => !all.some((one) => valueAt(one, "logType") === type));
  const exempts = exemption(all);
  if (exempts === "yes") return [...gaps, "no exempted members"];
  return gaps.length === 0 && exempts === "unknown" ? "unknown" : gaps;
}

/** A list with unknown members exempts somebody, like any other that is not empty. */
function exemption(configs: readonly unknown[]): "yes" | "no" | "unknown" {
  const exempted = configs.map((one) => known(one, "exemptedMembers"));
  if (exempted.some((one) => one.state === "value" && (texts(one.value) ?? ["malformed"]).length > 0)) return "yes";
  return exempted.some(({ state }) => state === "unknown") || configs.some(isUnknown) ? "unknown" : "no";
}

export const auditConfig = gapsOf(["ADMIN_READ", "DATA_READ", "DATA_WRITE"]);
const dataTypes = ["DATA_READ", "DATA_WRITE"];

/** Services that hold data, by the module of their resources. */
const services: Readonly<Record<string, string>> = {
  pubsub: "pubsub.googleapis.com",
  firestore: "firestore.googleapis.com",
  storage: "storage.googleapis.com",
  secretmanager: "secretmanager.googleapis.com",
  cloudtasks: "cloudtasks.googleapis.com",
  kms: "cloudkms.googleapis.com",
  bigquery: "bigquery.googleapis.com",
  spanner: "spanner.googleapis.com",
  cloudrunv2: "run.googleapis.com",
  cloudrun: "run.googleapis.com",
  cloudfunctions: "cloudfunctions.googleapis.com",
  cloudfunctionsv2: "run.googleapis.com",
};

const dataConfig = accountTrail({
  what: "audit configuration of reads and writes",
  types: auditConfigTypes,
  gaps: gapsOf(dataTypes),
});

/** Reads and writes are recorded: for all services at once, or for each that the stack uses. */
export const dataAccess: StackRule = {
  judgeStack(stack) {
    const used = stack.resources
      .filter(({ custom, external }) => custom && !external)
      .flatMap(({ type }) => {
        const service = services[/^gcp:(\w+)\//.exec(type)?.[1] ?? ""];
        return service === undefined ? [] : [service];
      });
    if (used.length === 0) return undefined;
    const recorded = stack.ofType(...auditConfigTypes).flatMap(({ props, external }) => {
      const gaps = external ? [] : logGaps(props, dataTypes);
      return !external && gaps !== "unknown" && gaps.length === 0 ? [valueAt(props, "service")] : [];
    });
    return used.every((service) => recorded.includes(service))
      ? pass("reads and writes of every service that it uses are recorded")
      : dataConfig.judgeStack(stack);
  },
};

/** A service's own configuration adds its exemptions to those of all services. */
export function noExemptions({ props }: ResourceView): Finding | undefined {
  const configs = known(props, "auditLogConfigs");
  if (valueAt(props, "service") === everything) return undefined;
  const exempts =
    configs.state === "unknown" ? "unknown" : exemption(list(configs.state === "value" ? configs.value : []));
  if (exempts === "unknown") return undetermined("whom it exempts is known after deployment only");
  return exempts === "yes"
    ? fail("it exempts members from the record: leave out exemptedMembers")
    : pass("it exempts nobody");
}

const bucketType = "gcp:storage/bucket:Bucket";

/** Audit logs leave out who reads public objects: a bucket that may be public needs usage logs beside them. */
export function bucketAccess(resource: ResourceView, stack: StackView): Finding | undefined {
  const isTarget = stack
    .ofType(bucketType)
    .some((other) => other !== resource && stack.dependencies(other, "logging").includes(resource));
  if (isTarget) return undefined;
  const prevented = known(resource.props, "publicAccessPrevention");
  if (prevented.state === "value" && prevented.value === "enforced")
    return pass("nobody without an identity gets at it, and audit logs record everybody else");
  const target = known(resource.props, "logging.logBucket");
  const own = valueAt(resource.props, "name");
  if (target.state === "value" && (!isName(target.value) || target.value === own))
    return fail("it logs its usage into itself: set logging.logBucket to another bucket");
  if (target.state !== "absent") return pass("it logs its usage into another bucket");
  return prevented.state === "unknown"
    ? undetermined("whether it can be public is known after deployment only")
    : fail("audit logs leave out anonymous reads: set publicAccessPrevention to enforced, or logging.logBucket");
}
