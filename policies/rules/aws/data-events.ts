import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { existingTrail } from "../account-trail";
import { eventStoreType, recordsData, trailType } from "./trails";

/** What CloudTrail calls the resources whose use it can record. */
const kinds: Readonly<Record<string, string>> = {
  "aws:s3/bucket:Bucket": "AWS::S3::Object",
  "aws:dynamodb/table:Table": "AWS::DynamoDB::Table",
  "aws:dynamodb/globalTable:GlobalTable": "AWS::DynamoDB::Table",
  "aws:lambda/function:Function": "AWS::Lambda::Function",
  "aws:sqs/queue:Queue": "AWS::SQS::Queue",
  "aws:sns/topic:Topic": "AWS::SNS::Topic",
  "aws:kinesis/stream:Stream": "AWS::Kinesis::Stream",
};

/** Who reads and writes is recorded by data events, which no trail has by itself. */
export const dataEvents: StackRule = {
  judgeStack(stack) {
    const recorders = stack.ofType(trailType, eventStoreType).filter(({ external }) => !external);
    const used = stack
      .ofType(...Object.keys(kinds))
      .filter((one) => !one.external && !recorders.some((trail) => isStoreOf(trail, one, stack)));
    if (used.length === 0) return undefined;
    const existing = existingTrail(stack);
    if (existing?.verdict === "pass") return existing;
    if (recorders.length === 0)
      return (
        existing ??
        fail(
          "nothing records who uses its data: set Foundation's audit trail or existingTrail in the policy configuration, or create one with data events",
        )
      );
    return used.map((one): Finding => {
      const kind = kinds[one.type] ?? "";
      const found = recorders.map((recorder) => recordsData(recorder, one, kind, stack));
      if (found.includes("yes")) return pass("a trail of this stack records who uses it", one.urn);
      return found.includes("unknown")
        ? undetermined("whether a trail records its use is known after deployment only", one.urn)
        : fail(
            `no trail records who uses it: add data events of ${kind} to the trail's advancedEventSelectors`,
            one.urn,
          );
    });
  },
};

/** A trail that recorded its own deliveries would never come to rest. */
function isStoreOf(trail: ResourceView, bucket: ResourceView, stack: StackView): boolean {
  const name = valueAt(trail.props, "s3BucketName");
  const own = known(bucket.props, "bucket");
  return (
    bucket.type === "aws:s3/bucket:Bucket" &&
    (stack.dependencies(trail, "s3BucketName").includes(bucket) ||
      (name !== undefined && own.state === "value" && own.value === name))
  );
}
