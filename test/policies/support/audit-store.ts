/** Compliant stacks whose audit trail nobody can delete. */
import { activityStack, auditConfigStack, trailStack } from "./audit";
import { cryptoKeyName } from "./keys";
import { Out, type Stack, text } from "./stack";

export const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

/** The trail goes to the stack's bucket, which is locked. */
export function lockedTrail(): Stack {
  const stack = trailStack();
  stack.add(lock, "lock", {
    bucket: new Out("bucket", "bucket"),
    rule: { defaultRetention: { mode: "COMPLIANCE", days: 365 } },
  });
  return stack.set("trail", { s3BucketName: new Out("bucket", "bucket") });
}
export function archivedActivity(): Stack {
  return activityStack()
    .set("activity", { workspaceId: undefined, storageAccountId: new Out("store", "store") })
    .set("store", {
      immutableStorageWithVersioning: {
        enabled: true,
        immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 365, state: "Locked" },
      },
    });
}

export function keptAudit(): Stack {
  const stack = auditConfigStack();
  const bucket = stack.add("gcp:logging/projectBucketConfig:ProjectBucketConfig", "audit-logs", {
    bucketId: "audit",
    cmekSettings: { kmsKeyName: cryptoKeyName },
    retentionDays: 365,
    locked: true,
  })("projects/shop/locations/europe-west3/buckets/audit");
  stack.add("gcp:logging/projectSink:ProjectSink", "audit-sink", {
    destination: text("logging.googleapis.com/", bucket),
    filter: 'logName:"cloudaudit.googleapis.com"',
  });
  return stack.set("sink", { filter: 'resource.type=("cloud_run_revision" OR "apigateway.googleapis.com/Gateway")' });
}
