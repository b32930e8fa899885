import * as storage from "@pulumi/gcp/storage";
import type { BucketOutputs, BucketSpec } from "../bucket";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { groundOf, type Permission, provide } from "./access";
import { encryptionRow } from "./worked-queue";

/** Parts that a transform can change. */
export interface BucketParts {
  bucket: storage.BucketArgs;
}
export interface BucketNodes {
  bucket: storage.Bucket;
}

const day = 86_400;

/**
 * The least predefined role for what a client does. Writing over an object needs to delete the old one, which object
 * creators may not; a bucket's writers may, and read no content.
 */
const roles: Readonly<Record<string, string>> = {
  reader: "roles/storage.objectViewer",
  writer: "roles/storage.legacyBucketWriter",
  readWriter: "roles/storage.objectUser",
};

export function bucket(self: Pattern<"Bucket">, spec: BucketSpec): Realization<BucketOutputs> {
  const { expireAfterDays, restoreWithinDays } = spec;
  const ground = groundOf(self.site);
  const key = ground.keyFor("storage");
  const shape = shaper(spec.transform?.gcp);
  const bucket = new storage.Bucket(
    self.id,
    shape("bucket", {
      project: ground.project,
      location: ground.region.toUpperCase(),
      labels: ground.labels,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: restoreWithinDays * day },
      lifecycleRules: [
        // A version that was replaced can be brought back for as long as a deleted object can.
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: restoreWithinDays } },
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
        ...(expireAfterDays === undefined
          ? []
          : [{ action: { type: "Delete" }, condition: { age: expireAfterDays, withState: "LIVE" } }]),
      ],
      ...(key.name && { encryption: { defaultKmsKeyName: key.name } }),
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("storage"), ...key.ready] }),
  );
  provide(self, ({ role }) => ({
    config: { bucket: bucket.name },
    permission: onBucket(bucket, roles[role] ?? ""),
  }));
  const docs = "cloud.google.com/storage/docs";
  const expiry = expireAfterDays === undefined ? undefined : `${expireAfterDays} days`;
  return {
    contract: [
      expiry
        ? native(
            "expireAfter",
            expiry,
            expiry,
            "within a day of it; can then be brought back like any other",
            `${docs}/lifecycle`,
          )
        : native("expireAfter", "none asked", "never", "objects stay", `${docs}/lifecycle`),
      native(
        "restoreWithin",
        `${restoreWithinDays} days`,
        `${restoreWithinDays} days`,
        "deleted and replaced objects as versions, and then as long again by soft delete",
        `${docs}/soft-delete`,
      ),
      native(
        "maxObjectBytes",
        "64 MiB",
        "64 MiB",
        "refused by the client; Cloud Storage takes 5 TiB",
        "runtime/gcp/bucket.ts",
      ),
      native("consistency", "read your writes", "strong", "reads and lists alike", `${docs}/consistency`),
      native(
        "publicAccess",
        "none",
        "none",
        "public access prevention is enforced, and access is uniform",
        `${docs}/public-access-prevention`,
      ),
      encryptionRow(self, "at rest; TLS on every way", `${docs}/encryption/customer-managed-keys`),
    ],
    grants: [],
    nodes: { bucket },
    outputs: { bucket: bucket.name },
  };
}

function onBucket(bucket: storage.Bucket, role: string): Permission {
  return {
    rendered: { role, on: "bucket", resource: bucket.name },
    bind: (name, member, options) => new storage.BucketIAMMember(name, { bucket: bucket.name, role, member }, options),
  };
}
