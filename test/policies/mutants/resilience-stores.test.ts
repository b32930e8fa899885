import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { killed } from "../support/mutants";
import { Out } from "../support/stack";

const key = new Out("key", "arn:aws:kms:eu-central-1:111122223333:key/0a1b");

describe("mutants of stores that can be restored", () => {
  killed("RES-04", awsStack, "table", [
    { name: "no recovery", change: (stack) => stack.set("table", { pointInTimeRecovery: undefined }) },
    { name: "recovery off", change: (stack) => stack.set("table", { "pointInTimeRecovery.enabled": false }) },
    { name: "recovery as text", change: (stack) => stack.set("table", { "pointInTimeRecovery.enabled": "true" }) },
    { name: "no protection", change: (stack) => stack.set("table", { deletionProtectionEnabled: undefined }) },
    { name: "protection off", change: (stack) => stack.set("table", { deletionProtectionEnabled: false }) },
    {
      name: "one of two replicas without recovery",
      change: (stack) =>
        stack.set("table", {
          replicas: [
            { regionName: "eu-west-1", kmsKeyArn: key, pointInTimeRecovery: true, deletionProtectionEnabled: true },
            { regionName: "eu-west-2", kmsKeyArn: key, deletionProtectionEnabled: true },
          ],
        }),
    },
    {
      name: "a replica beside it without recovery",
      change: (stack) =>
        stack.add("aws:dynamodb/tableReplica:TableReplica", "replica", {
          kmsKeyArn: key,
          deletionProtectionEnabled: true,
        }),
      at: "replica",
    },
    {
      name: "a replica without protection",
      change: (stack) =>
        stack.set("table", { replicas: [{ regionName: "eu-west-1", kmsKeyArn: key, pointInTimeRecovery: true }] }),
    },
    {
      name: "a replica beside it without protection",
      change: (stack) =>
        stack.add("aws:dynamodb/tableReplica:TableReplica", "replica", { kmsKeyArn: key, pointInTimeRecovery: true }),
      at: "replica",
    },
  ]);

  killed("RES-04", azureStack, "cosmos", [
    { name: "the provider's default", change: (stack) => stack.set("cosmos", { backupPolicy: undefined }) },
    { name: "periodic copies", change: (stack) => stack.set("cosmos", { "backupPolicy.type": "Periodic" }) },
    {
      name: "periodic copies under another version's type",
      change: (stack) =>
        stack
          .retype("cosmos", "azure-native:documentdb/v20230415:DatabaseAccount")
          .set("cosmos", { backupPolicy: { type: "Periodic" } }),
    },
  ]);

  killed("RES-04", gcpStack, "database", [
    { name: "no recovery", change: (stack) => stack.set("database", { pointInTimeRecoveryEnablement: undefined }) },
    {
      name: "recovery off",
      change: (stack) => stack.set("database", { pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_DISABLED" }),
    },
    { name: "no protection", change: (stack) => stack.set("database", { deleteProtectionState: undefined }) },
    {
      name: "protection off",
      change: (stack) => stack.set("database", { deleteProtectionState: "DELETE_PROTECTION_DISABLED" }),
    },
    { name: "no backups", change: (stack) => stack.remove("database-backup") },
    {
      name: "backups of another database",
      change: (stack) => stack.set("database-backup", { database: "elsewhere" }),
    },
  ]);

  killed("RES-06", awsStack, "bucket", [
    { name: "no versioning beside it", change: (stack) => stack.remove("bucket-versions") },
    {
      name: "versioning suspended",
      change: (stack) => stack.set("bucket-versions", { "versioningConfiguration.status": "Suspended" }),
    },
    {
      name: "versioning without settings",
      change: (stack) => stack.set("bucket-versions", { versioningConfiguration: undefined }),
    },
    {
      name: "versioning of another bucket",
      change: (stack) => stack.set("bucket-versions", { bucket: "elsewhere" }),
    },
    {
      name: "the property of earlier versions, off",
      change: (stack) => stack.remove("bucket-versions").set("bucket", { versioning: { enabled: false } }),
    },
  ]);

  killed("RES-06", azureStack, "store", [
    { name: "no service properties", change: (stack) => stack.remove("store-blobs") },
    { name: "no versions", change: (stack) => stack.set("store-blobs", { isVersioningEnabled: undefined }) },
    { name: "versions off", change: (stack) => stack.set("store-blobs", { isVersioningEnabled: false }) },
    {
      name: "containers that are gone once deleted",
      change: (stack) => stack.set("store-blobs", { containerDeleteRetentionPolicy: undefined }),
    },
    {
      name: "containers that are kept for no time",
      change: (stack) => stack.set("store-blobs", { "containerDeleteRetentionPolicy.days": 0 }),
    },
    {
      name: "deletion for good",
      change: (stack) => stack.set("store-blobs", { "deleteRetentionPolicy.allowPermanentDelete": true }),
    },
    { name: "no soft delete", change: (stack) => stack.set("store-blobs", { deleteRetentionPolicy: undefined }) },
    {
      name: "soft delete off",
      change: (stack) => stack.set("store-blobs", { "deleteRetentionPolicy.enabled": false }),
    },
    {
      name: "soft delete for no days",
      change: (stack) => stack.set("store-blobs", { "deleteRetentionPolicy.days": 0 }),
    },
    {
      name: "service properties of another account",
      change: (stack) => stack.set("store-blobs", { accountName: "elsewhere" }),
    },
  ]);

  killed("RES-06", gcpStack, "objects", [
    { name: "neither of both", change: (stack) => stack.set("objects", { versioning: undefined }) },
    { name: "versioning off", change: (stack) => stack.set("objects", { "versioning.enabled": false }) },
    {
      name: "soft delete for no time",
      change: (stack) =>
        stack.set("objects", { versioning: undefined, softDeletePolicy: { retentionDurationSeconds: 0 } }),
    },
  ]);
});
