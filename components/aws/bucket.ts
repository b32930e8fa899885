import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { BucketOutputs, BucketSpec } from "../bucket";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { provide, type Statement } from "./access";
import { abandoned, closeBucket, keyArn, keyUse } from "./foundation";

/** S3 actions behind each operation of a grant, and whether they are on the objects or on the bucket. */
const actions: Readonly<Record<string, { readonly action: string; readonly on: "objects" | "bucket" }>> = {
  getObject: { action: "s3:GetObject", on: "objects" },
  listObjects: { action: "s3:ListBucket", on: "bucket" },
  putObject: { action: "s3:PutObject", on: "objects" },
  deleteObject: { action: "s3:DeleteObject", on: "objects" },
};

export function bucket(self: Pattern<"Bucket">, spec: BucketSpec): Realization<BucketOutputs> {
  const { site } = self;
  const { expireAfterDays, restoreWithinDays } = spec;
  const cmk = keyArn(site);
  const bucket = new s3.Bucket(
    self.id,
    shaper(spec.transform?.aws)("bucket", { tags: { ...site.tags } }),
    self.child({ stateful: true }),
  );
  closeBucket(self, self.id, bucket, {
    key: cmk,
    rules: [
      { id: "restore", noncurrentVersionExpiration: { noncurrentDays: restoreWithinDays }, ...abandoned },
      // A marker of a deletion whose versions are all gone: S3 takes no days beside it, so it has a rule of its own.
      { id: "markers", expiration: { expiredObjectDeleteMarker: true } },
      ...(expireAfterDays === undefined ? [] : [{ id: "expire", expiration: { days: expireAfterDays } }]),
    ],
  });
  // A bucket has one such resource, which overwrites every other: the bucket's own, for all triggers there will be.
  new s3.BucketNotification(self.id, { bucket: bucket.id, eventbridge: true }, self.child());
  provide(self, (operations) => ({
    config: { bucket: bucket.bucket },
    statements: [
      ...allowed(operations, "objects", pulumi.interpolate`${bucket.arn}/*`),
      ...allowed(operations, "bucket", bucket.arn),
      ...keyUse(site, "s3", [
        ...(operations.includes("getObject") ? ["kms:Decrypt"] : []),
        ...(operations.includes("putObject") ? ["kms:GenerateDataKey"] : []),
      ]),
    ],
  }));
  const days = `${restoreWithinDays} days`;
  const expiry = expireAfterDays === undefined ? undefined : `${expireAfterDays} days`;
  return {
    contract: [
      expiry
        ? native("expireAfter", expiry, expiry, "at the midnight after (UTC), told as a deletion", "S3 lifecycle rules")
        : native("expireAfter", "none asked", "never", "no rule", "S3 lifecycle rules"),
      native("restoreWithin", days, days, "as noncurrent versions", "S3 NoncurrentVersionExpiration"),
      native("maxObjectBytes", "64 MiB", "64 MiB", "held in memory by the client, and refused above", "S3 PutObject"),
      native("consistency", "read your writes", "strong", "listings too", "S3 data consistency model"),
      native("publicAccess", "none", "none", "blocked four ways, no ACLs, TLS only", "S3 Block Public Access"),
      native("encryption", site.dataClass, cmk ? "the stack's KMS key" : "SSE-S3", "at rest", "S3 default encryption"),
    ],
    grants: [],
    nodes: { bucket },
    outputs: { bucket: bucket.bucket },
  };
}

function allowed(operations: readonly string[], on: "objects" | "bucket", resource: pulumi.Input<string>): Statement[] {
  const list = operations.flatMap((operation) => {
    const found = actions[operation];
    return found?.on === on ? [found.action] : [];
  });
  return list.length === 0 ? [] : [{ actions: list, resources: [resource] }];
}
