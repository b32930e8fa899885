/** What makes a CloudTrail trail, or an event data store in its place, the account's record. */
import { isUnknown, type Known, known, valueAt } from "../../known";
import { atLeast, type ResourceView, type StackView } from "../../model";
import { hasName } from "../../names";
import type { Gaps } from "../account-trail";
import { awsKeyFault } from "../customer-key";
import { isTrue } from "../demands";
import { isRetained, list } from "../expect";
import { missing, together, unlessOff } from "../gaps";

export const trailType = "aws:cloudtrail/trail:Trail";
export const eventStoreType = "aws:cloudtrail/eventDataStore:EventDataStore";

export function cloudTrail(resource: ResourceView, stack: StackView): Gaps {
  const selectors = {
    eventSelectors: (value: unknown) => value === undefined || list(value).some(recordsManagement),
    advancedEventSelectors: (value: unknown) => value === undefined || list(value).some(selectsManagement),
  };
  const own =
    resource.type === eventStoreType
      ? missing(resource, {
          multiRegionEnabled: unlessOff,
          terminationProtectionEnabled: unlessOff,
          suspend: (value) => value === undefined || String(value) === "false",
          retentionPeriod: (days) => days === undefined || isRetained(days, stack),
          advancedEventSelectors: selectors.advancedEventSelectors,
        })
      : missing(resource, {
          isMultiRegionTrail: isTrue,
          enableLogFileValidation: isTrue,
          enableLogging: unlessOff,
          includeGlobalServiceEvents: unlessOff,
          ...selectors,
        });
  // The key's id is unknown at first: that there is one counts. Internal data makes do with AWS's own encryption.
  const keyless = !ownKey(known(resource.props, "kmsKeyId"));
  return keyless && atLeast(stack.dataClass, "confidential") ? together(own, ["kmsKeyId"]) : own;
}

const ownKey = (key: Known): boolean =>
  hasName(key) && (key.state !== "value" || awsKeyFault(String(key.value)) === undefined);

/** The property where it is stated and known, its default where it is not stated, and nothing while it is unknown. */
function stated(of: unknown, path: string, byDefault: unknown): unknown {
  const found = known(of, path);
  return found.state === "value" ? found.value : found.state === "absent" ? byDefault : undefined;
}

const isAll = (selector: unknown) => stated(selector, "readWriteType", "All") === "All";

const recordsManagement = (selector: unknown) =>
  !isUnknown(selector) &&
  stated(selector, "includeManagementEvents", true) === true &&
  isAll(selector) &&
  known(selector, "excludeManagementEventSources.0").state === "absent" &&
  known(selector, "excludeManagementEventSources").state !== "unknown";

const selectsManagement = (selector: unknown) => {
  const fields = list(valueAt(selector, "fieldSelectors"));
  // Any further field leaves events out.
  return (
    fields.length > 0 && fields.every((one) => valueAt(one, "field") === "eventCategory" && equals(one, "Management"))
  );
};

const equals = (field: unknown, value: string) => list(valueAt(field, "equals")).includes(value);

export type Recorded = "yes" | "no" | "unknown";

/** Whether a trail or store records who uses a resource. */
export function recordsData(recorder: ResourceView, of: ResourceView, kind: string, stack: StackView): Recorded {
  if (valueAt(recorder.props, "enableLogging") === false || String(valueAt(recorder.props, "suspend")) === "true")
    return "no";
  const judged = (["advancedEventSelectors", "eventSelectors"] as const).flatMap((property) => {
    const selectors = known(recorder.props, property);
    if (selectors.state !== "value") return selectors.state === "unknown" ? ["unknown" as const] : [];
    const comesFrom = stack.dependencies(recorder, property).includes(of);
    const isOf = (arn: unknown) =>
      isUnknown(arn) || unnamed(of) ? comesFrom : typeof arn === "string" && names(arn, of);
    const isIn = (arn: unknown) => isOf(arn) || (typeof arn === "string" && touches(arn, of));
    return list(selectors.value).map((one) =>
      property === "eventSelectors" ? basic(one, kind, isOf) : advanced(one, kind, isOf, isIn),
    );
  });
  return judged.includes("yes") ? "yes" : judged.includes("unknown") ? "unknown" : "no";
}

const nameOf = ({ props }: ResourceView) => valueAt(props, "bucket") ?? valueAt(props, "name");
/** Named by the provider: an ARN tells nothing then. */
const unnamed = (resource: ResourceView) => typeof nameOf(resource) !== "string";

/** What an ARN names, without the kind that stands before a name of a table or stream. */
const namedBy = (arn: string): string => (arn.split(":").at(-1) ?? "").replace(/^(table|stream)\//, "");

/** True where an ARN is the resource's as a whole, by the name that the resource states. */
function names(arn: string, resource: ResourceView): boolean {
  const name = nameOf(resource);
  return name !== "" && namedBy(arn).replace(/\/$/, "") === name;
}

/** True where an ARN is of the resource, or of anything in it. */
function touches(arn: string, resource: ResourceView): boolean {
  const name = nameOf(resource);
  return typeof name === "string" && `${namedBy(arn)}/`.startsWith(`${name}/`);
}

type IsOf = (arn: unknown) => boolean;

function basic(selector: unknown, kind: string, isOf: IsOf): Recorded {
  if (isUnknown(selector)) return "unknown";
  if (!isAll(selector)) return known(selector, "readWriteType").state === "unknown" ? "unknown" : "no";
  const resources = known(selector, "dataResources");
  if (resources.state === "unknown") return "unknown";
  const values = list(resources.state === "value" ? resources.value : [])
    .filter((one) => valueAt(one, "type") === kind)
    .flatMap((one) => list(valueAt(one, "values")));
  const every = (arn: unknown) => typeof arn === "string" && /^arn:aws[a-z-]*:(s3|lambda|dynamodb)(:::)?$/.test(arn);
  return values.some((arn) => every(arn) || isOf(arn)) ? "yes" : values.some(isUnknown) ? "unknown" : "no";
}

function advanced(selector: unknown, kind: string, isOf: IsOf, isIn: IsOf): Recorded {
  const fields = known(selector, "fieldSelectors");
  if (isUnknown(selector) || fields.state === "unknown") return "unknown";
  const all = list(fields.state === "value" ? fields.value : []);
  const of = (name: string) => all.filter((one) => valueAt(one, "field") === name);
  if (!of("eventCategory").some((one) => equals(one, "Data"))) return "no";
  if (!of("resources.type").some((one) => equals(one, kind))) return "no";
  const others = all.filter(
    (one) => !["eventCategory", "resources.type", "resources.ARN"].includes(String(valueAt(one, "field"))),
  );
  if (others.length > 0) return "no";
  const arns = (...operators: string[]) =>
    of("resources.ARN").flatMap((one) => operators.flatMap((operator) => list(valueAt(one, operator))));
  if (arns("notEquals", "notStartsWiths").some(isIn)) return "no";
  const ends = arns("notEndsWiths");
  if (kind === "AWS::S3::Object" ? ends.length > 0 : ends.some(isOf)) return "no";
  const included = arns("equals", "startsWiths", "endsWiths");
  if (included.length === 0 || included.some(isOf)) return "yes";
  return included.some(isUnknown) ? "unknown" : "no";
}
