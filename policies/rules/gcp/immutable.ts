import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { minimumDays } from "../../settings";
import { keptElsewhere } from "../account-trail";
import { isRetained } from "../expect";
import { referred } from "../referred";
import { auditConfigTypes } from "./audit";
import { takesAudit } from "./audit-sinks";
import { fedBuckets, sinkTypes } from "./log-buckets";

/** Audit logs go to `_Default`, where they are kept for 30 days, unless something routes them on. */
export const immutableLogs: StackRule = {
  judgeStack(stack) {
    const configs = stack
      .ofType(...auditConfigTypes)
      .filter(({ external, props }) => !external && valueAt(props, "service") === "allServices");
    if (configs.length === 0) return keptElsewhere(stack);
    const kept = [...inLogBuckets(stack), ...elsewhere(stack)];
    return kept.length > 0
      ? kept
      : configs.map(({ urn }) =>
          fail(
            "what it records is gone after 30 days: add a sink of cloudaudit.googleapis.com to a locked log bucket",
            urn,
          ),
        );
  },
};

const inLogBuckets = (stack: StackView): Finding[] =>
  fedBuckets(stack).flatMap((fed) => {
    const takes = takesAudit(fed);
    return takes === "no" ? [] : [unlessOpen(takes, lockedLogs(fed.bucket, stack))];
  });

/** Objects in a bucket of this stack, or whatever another project keeps. */
const elsewhere = (stack: StackView): Finding[] =>
  stack.ofType(...sinkTypes).flatMap((sink) => {
    const takes = takesAudit({ sink, exclusions: [] });
    const destination = known(sink.props, "destination");
    if (takes === "no" || fedBuckets(stack).some((fed) => fed.sink === sink)) return [];
    const [store] = referred(sink, "destination", stack, ["gcp:storage/bucket:Bucket"]);
    if (store) return [unlessOpen(takes, lockedObjects(store, stack))];
    if (destination.state === "unknown")
      return [undetermined("where audit logs are kept is known after deployment only", sink.urn)];
    return /^(logging|storage)\.googleapis\.com\//.test(String(valueAt(sink.props, "destination") ?? ""))
      ? [unlessOpen(takes, pass("audit logs are kept in another stack's bucket, which is judged there", sink.urn))]
      : [];
  });

const unlessOpen = (takes: "yes" | "unknown", finding: Finding): Finding =>
  takes === "unknown" && finding.verdict === "pass"
    ? undetermined("whether audit logs get there is known after deployment only", finding.urn)
    : finding;

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
