import { isUnknown, known, valueAt } from "../../known";
import { fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { minimumDays } from "../../settings";
import { keptElsewhere } from "../account-trail";
import { covers } from "../globs";
import { parsePolicy, type Statement } from "./policy-document";
import { eventStoreType, trailType } from "./trails";

type Kept = "yes" | "no" | "unknown";

export const immutableTrail: StackRule = {
  judgeStack(stack) {
    const own = stack.ofType(trailType, eventStoreType).filter(({ external }) => !external);
    if (own.length === 0) return keptElsewhere(stack);
    return own.map((trail) => {
      if (trail.type === eventStoreType)
        return valueAt(trail.props, "terminationProtectionEnabled") === false
          ? fail("its events can be deleted: set terminationProtectionEnabled to true", trail.urn)
          : pass("nobody changes an event in it", trail.urn);
      const bucket = bucketOf(trail, stack);
      if (!bucket)
        return known(trail.props, "s3BucketName").state === "unknown"
          ? undetermined("where it is kept is known after deployment only", trail.urn)
          : pass("it is kept in another stack's bucket, which is judged there", trail.urn);
      const kept = [locked(bucket, stack), guarded(bucket, stack)];
      if (kept.includes("yes")) return pass("nobody deletes the trail's entries before their time", bucket.urn);
      return kept.includes("unknown")
        ? undetermined("whether the trail's entries can be deleted is known after deployment only", bucket.urn)
        : fail(
            `who gets at it can delete the trail's entries: add a BucketObjectLockConfiguration of ${minimumDays(stack)} days, or deny s3:DeleteObject and s3:DeleteObjectVersion to everyone`,
            bucket.urn,
          );
    });
  },
};

const isOf = (side: ResourceView, property: string, bucket: ResourceView, stack: StackView) => {
  const name = valueAt(bucket.props, "bucket");
  return (
    stack.dependencies(side, property).includes(bucket) ||
    (typeof name === "string" && valueAt(side.props, property) === name)
  );
};

const bucketOf = (trail: ResourceView, stack: StackView) =>
  stack.ofType("aws:s3/bucket:Bucket").find((one) => !one.external && isOf(trail, "s3BucketName", one, stack));

/** Object lock with a retention that every object gets by itself. */
function locked(bucket: ResourceView, stack: StackView): Kept {
  const own = known(bucket.props, "objectLockConfiguration");
  const rules = [
    ...stack
      .ofType("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
      .filter((one) => isOf(one, "bucket", bucket, stack))
      .map(({ props }) => known(props, "rule.defaultRetention")),
    ...(own.state === "value" ? [known(own.value, "rule.defaultRetention")] : []),
  ];
  const kept = rules.map((retention): Kept => {
    if (retention.state !== "value") return retention.state === "unknown" ? "unknown" : "no";
    const [mode, days, years] = ["mode", "days", "years"].map((path) => known(retention.value, path));
    if ([mode, days, years].some((one) => one?.state === "unknown")) return "unknown";
    const value = (of: typeof mode) => (of?.state === "value" ? of.value : undefined);
    const long = Math.max(Number(value(days) ?? 0), Number(value(years) ?? 0) * 365) >= minimumDays(stack);
    return ["COMPLIANCE", "GOVERNANCE"].includes(String(value(mode))) && long ? "yes" : "no";
  });
  return kept.includes("yes") ? "yes" : kept.includes("unknown") || own.state === "unknown" ? "unknown" : "no";
}

/** A policy that lets nobody delete, whoever it is. */
function guarded(bucket: ResourceView, stack: StackView): Kept {
  const documents = stack
    .ofType("aws:s3/bucketPolicy:BucketPolicy")
    .filter((one) => isOf(one, "bucket", bucket, stack))
    .map(({ props }) => known(props, "policy"));
  const kept = documents.map((document): Kept => {
    if (document.state !== "value") return document.state === "unknown" ? "unknown" : "no";
    const parsed = parsePolicy(document.value);
    if (parsed.state !== "statements") return parsed.state === "unknown" ? "unknown" : "no";
    const denials = parsed.statements.filter(deniesEveryone).flatMap(({ actions }) => actions);
    const denied = ["s3:deleteobject", "s3:deleteobjectversion"].every((action) =>
      denials.some((pattern) => covers(pattern, action)),
    );
    return denied ? "yes" : denials.some(isUnknown) ? "unknown" : "no";
  });
  return kept.includes("yes") ? "yes" : kept.includes("unknown") ? "unknown" : "no";
}

/** Of all its objects, and under no condition. */
const deniesEveryone = ({ allow, principals, conditions, resources }: Statement) =>
  !allow &&
  principals.includes("*") &&
  conditions.length === 0 &&
  resources.some((one) => one === "*" || one.endsWith("/*"));
