import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { awsKey, awsKeyTypes } from "../customer-key";
import { list, perStack } from "../expect";
import { pointingAt, pointsAnywhere, referred } from "../referred";

const bucketType = "aws:s3/bucket:Bucket";
export const sideType = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const bucketLogging = "aws:s3/bucketLogging:BucketLogging";

/** What a bucket's default encryption is written as: now, and by the provider's version 6. */
const inline = [
  {
    rule: "serverSideEncryptionConfiguration.rule",
    by: "applyServerSideEncryptionByDefault",
  },
  {
    rule: "serverSideEncryptionConfigurations.0.rules.0",
    by: "applyServerSideEncryptionByDefaults.0",
  },
];

/** A configuration beside the bucket is judged by itself, and is the only one where there is one. */
export function bucketKey(resource: ResourceView, stack: StackView): Finding | Finding[] {
  if (pointingAt(resource, "bucket", stack, [sideType]).length > 0)
    return pass("its default encryption stands beside it, and is judged there");
  if (logTargets(stack).has(resource)) return pass(logTarget);
  for (const { rule, by } of inline)
    if (known(resource.props, rule).state !== "absent") return defaultRule(resource, stack, rule, by);
  return stack.ofType(sideType).some((one) => pointsAnywhere(one, "bucket", stack))
    ? undetermined("which bucket a default encryption is for is known after deployment only")
    : fail("S3's own key encrypts it: add a BucketServerSideEncryptionConfiguration with aws:kms and a key");
}

export function sideKeys(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const targets = logTargets(stack);
  const [of] = referred(resource, "bucket", stack, [bucketType]);
  if (of && targets.has(of)) return pass(logTarget);
  const rules = known(resource.props, "rules");
  if (rules.state === "unknown") return awsKey("rules")(resource, stack);
  const all = list(rules.state === "value" ? rules.value : undefined);
  if (all.length === 0) return fail("it has no rule: set rules with aws:kms, a key and bucketKeyEnabled");
  return all.flatMap((_, index) =>
    defaultRule(resource, stack, `rules.${index}`, "applyServerSideEncryptionByDefault"),
  );
}

/** Access logs of S3 are delivered to buckets under S3's own key only. */
const logTargets = perStack((stack: StackView): ReadonlySet<ResourceView> => {
  const loggings = [
    ...stack.ofType(bucketLogging).map((one) => ({ one, path: "targetBucket" })),
    ...stack.ofType(bucketType).map((one) => ({ one, path: "logging.targetBucket" })),
  ];
  const to = loggings.flatMap(({ one, path }) =>
    referred(one, path, stack, [bucketType]).filter((target) => target !== one),
  );
  return new Set(to);
});
const logTarget = "access logs are delivered to it, for which S3 takes its own key only";

/** KMS by the customer's key; the bucket's key below it keeps KMS from being asked for every object. */
function defaultRule(resource: ResourceView, stack: StackView, rule: string, by: string): Finding[] {
  const whole = known(resource.props, rule);
  if (whole.state === "unknown") return [fromKey(resource, stack, rule)];
  const algorithm = known(resource.props, `${rule}.${by}.sseAlgorithm`);
  const path = `${rule}.${by}.sseAlgorithm`;
  if (algorithm.state === "unknown") return [undetermined(`${path} is known after deployment only`)];
  const named = algorithm.state === "value" ? algorithm.value : undefined;
  if (named !== "aws:kms" && named !== "aws:kms:dsse")
    return [fail(`S3's own key encrypts it: set ${path} to aws:kms`)];
  const key = awsKey(`${rule}.${by}.kmsMasterKeyId`)(resource, stack);
  // Two layers know no bucket key.
  return named === "aws:kms" ? [key, ...bucketKeyOn(resource, `${rule}.bucketKeyEnabled`)] : [key];
}

function bucketKeyOn(resource: ResourceView, path: string): Finding[] {
  const on = known(resource.props, path);
  if (on.state === "unknown") return [undetermined(`${path} is known after deployment only`)];
  return on.state === "value" && on.value === true ? [] : [fail(`every object asks KMS: set ${path} to true`)];
}

function fromKey(resource: ResourceView, stack: StackView, path: string): Finding {
  const [property = path] = path.split(".");
  return stack.dependencies(resource, property).some(({ type }) => awsKeyTypes.includes(type))
    ? pass("encrypted by this stack's key, whose id is known after deployment")
    : undetermined(`${path} is known after deployment only`);
}

/** An object takes its bucket's default unless it says otherwise itself. */
export function objectKey(resource: ResourceView, stack: StackView): Finding[] {
  const by = known(resource.props, "serverSideEncryption");
  const key = known(resource.props, "kmsKeyId");
  if (by.state === "unknown") return [undetermined("serverSideEncryption is known after deployment only")];
  if (by.state === "value" && by.value !== "aws:kms" && by.value !== "aws:kms:dsse")
    return [fail("it turns its bucket's key off: remove serverSideEncryption, or set it to aws:kms")];
  return key.state === "absent"
    ? [pass("it takes its bucket's default encryption")]
    : [awsKey("kmsKeyId")(resource, stack)];
}
