/** Where logs are kept, for the fixes of several controls. */

export const bucketConfigs = ["project", "folder", "organization", "billingAccount"].map(
  (of) => `gcp:logging/${of}BucketConfig:${of[0]?.toUpperCase()}${of.slice(1)}BucketConfig`,
);

/** Everything that no sink routes elsewhere is kept in `_Default`. */
export const defaultBucket =
  'new gcp.logging.ProjectBucketConfig("default", { project, location: "global", bucketId: "_Default", retentionDays: 365 })';

/** Audit logs go to a bucket that is locked. */
export const lockedSink = `new gcp.logging.ProjectSink("audit", { filter: 'logName:"cloudaudit.googleapis.com"', destination: pulumi.concat("logging.googleapis.com/",
  new gcp.logging.ProjectBucketConfig("audit", { project, location, bucketId: "audit", retentionDays: 365, locked: true }).id) })`;
