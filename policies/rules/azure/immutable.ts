import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { minimumDays } from "../../settings";
import { keptElsewhere } from "../account-trail";
import { isRetained } from "../expect";
import { activityLog, activitySettings } from "./activity-log";

export const archiveTypes = ["azure-native:storage:StorageAccount", "azure-native:operationalinsights:Workspace"];

/** Judges what audit logs are sent to. */
export function immutableArchive(resource: ResourceView, stack: StackView): Finding | undefined {
  const isArchive = stack
    .ofType(...activitySettings)
    .some((one) =>
      ["storageAccountId", "workspaceId"].some((property) => stack.dependencies(one, property).includes(resource)),
    );
  if (!isArchive) return undefined;
  return resource.type.endsWith(":Workspace") ? workspace(resource) : account(resource, stack);
}

/** A stack that sends no activity log anywhere leaves it to whoever does. */
export const archivedElsewhere: StackRule = {
  judgeStack: (stack) =>
    stack.ofType(...activitySettings).some((one) => !one.external && activityLog(one, stack) !== undefined)
      ? undefined
      : keptElsewhere(stack),
};

/** A workspace takes entries and changes none. */
function workspace({ props }: ResourceView): Finding {
  const purges = known(props, "features.immediatePurgeDataOn30Days");
  if (purges.state === "unknown") return undetermined("features is known after deployment only");
  return purges.state === "value" && purges.value !== false
    ? fail("its entries are purged after 30 days: set features.immediatePurgeDataOn30Days to false")
    : pass("it takes entries and changes none");
}

/** Of the account as a whole, or of a container in it. */
function account(resource: ResourceView, stack: StackView): Finding {
  const whole = known(resource.props, "immutableStorageWithVersioning.immutabilityPolicy");
  const enabled = known(resource.props, "immutableStorageWithVersioning.enabled");
  const container = stack
    .ofType("azure-native:storage:BlobContainerImmutabilityPolicy")
    .filter((one) => stack.dependencies(one, "accountName").includes(resource))
    .map(({ props }) => known(props, "immutabilityPeriodSinceCreationInDays"));
  const period = whole.state === "value" ? known(whole.value, "immutabilityPeriodSinceCreationInDays") : whole;
  const state = whole.state === "value" ? valueAt(whole.value, "state") : undefined;
  const ofAccount = enabled.state === "value" && enabled.value === true && state !== "Disabled" ? [period] : [];
  const all = [...ofAccount, ...container];
  if (all.some((days) => days.state === "value" && isRetained(days.value, stack)))
    return pass("nobody deletes audit logs before their time");
  return all.some((days) => days.state === "unknown") || enabled.state === "unknown" || whole.state === "unknown"
    ? undetermined("whether audit logs can be deleted is known after deployment only")
    : fail(
        `who gets at it can delete audit logs: set immutableStorageWithVersioning, or add a BlobContainerImmutabilityPolicy of ${minimumDays(stack)} days`,
      );
}
