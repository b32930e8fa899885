import { known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../model";
import { minimumDays } from "../settings";
import { isRetained } from "./expect";
import { auditConfigTypes } from "./gcp-audit";
import { fedBuckets, sinkTypes } from "./gcp-log-buckets";
import { keptElsewhere } from "./immutable-trail";

/** Audit logs go to `_Default`, where they are kept for 30 days, unless something routes them on. */
export const immutableLogs: StackRule = {
  judgeStack(stack) {
    const configs = stack
      .ofType(...auditConfigTypes)
      .filter(({ external, props }) => !external && valueAt(props, "service") === "allServices");
    if (configs.length === 0) return keptElsewhere(stack);
    const buckets = fedBuckets(stack).filter(({ sink }) => !sink || takesAudit(sink));
    const stores = stack
      .ofType(...sinkTypes)
      .filter(takesAudit)
      .flatMap((sink) =>
        stack.dependencies(sink, "destination").filter(({ type }) => type === "gcp:storage/bucket:Bucket"),
      );
    if (buckets.length + stores.length === 0)
      return configs.map(({ urn }) =>
        fail(
          "what it records is gone after 30 days: add a sink of cloudaudit.googleapis.com to a locked log bucket",
          urn,
        ),
      );
    return [
      ...buckets.map(({ bucket }) => lockedLogs(bucket, stack)),
      ...stores.map((bucket) => lockedObjects(bucket, stack)),
    ];
  },
};

function takesAudit({ props }: ResourceView): boolean {
  const filter = known(props, "filter");
  const text = filter.state === "value" ? String(filter.value) : "";
  return valueAt(props, "disabled") !== true && (text === "" || text.includes("cloudaudit.googleapis.com"));
}

function lockedLogs({ urn, props }: ResourceView, stack: StackView): Finding {
  const [locked, days] = [known(props, "locked"), known(props, "retentionDays")];
  if (locked.state === "unknown" || days.state === "unknown")
    return undetermined("whether audit logs can be deleted is known after deployment only", urn);
  return locked.state === "value" && locked.value === true && days.state === "value" && isRetained(days.value, stack)
    ? pass("nobody deletes audit logs before their time", urn)
    : fail(`who gets at it can delete audit logs: set locked to true and retentionDays to ${minimumDays(stack)}`, urn);
}

function lockedObjects({ urn, props }: ResourceView, stack: StackView): Finding {
  const locked = known(props, "retentionPolicy.isLocked");
  const period = known(props, "retentionPolicy.retentionPeriod");
  if (locked.state === "unknown" || period.state === "unknown")
    return undetermined("whether audit logs can be deleted is known after deployment only", urn);
  return locked.state === "value" &&
    locked.value === true &&
    period.state === "value" &&
    Number(period.value) >= minimumDays(stack) * 86_400
    ? pass("nobody deletes audit logs before their time", urn)
    : fail(
        `who gets at it can delete audit logs: set retentionPolicy with isLocked true and a retentionPeriod of ${minimumDays(stack)} days`,
        urn,
      );
}
