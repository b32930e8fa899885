import * as eventgrid from "@pulumi/azure-native/eventgrid";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { BucketOutputs, BucketSpec } from "../bucket";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { provide } from "./access";
import { eventSource } from "./event-bus";
import { closedStorage, diagnostics, foundationOf, keyUsable } from "./foundation";

/** Parts that a transform can change. */
export interface BucketParts {
  account: storage.StorageAccountArgs;
  container: storage.BlobContainerArgs;
  blobService: storage.BlobServicePropertiesArgs;
  lifecycle: storage.ManagementPolicyArgs;
  systemTopic: eventgrid.SystemTopicArgs;
}

export interface BucketNodes {
  account: storage.StorageAccount;
  container: storage.BlobContainer;
  systemTopic: eventgrid.SystemTopic;
}

/** A container in a storage account of its own: what is kept how long, and what is told of it, is the account's. */
export function bucket(self: Pattern<"Bucket">, spec: BucketSpec): Realization<BucketOutputs> {
  const { site } = self;
  const { expireAfterDays, restoreWithinDays } = spec;
  const shape = shaper(spec.transform?.azure);
  const base = foundationOf(site);
  const resourceGroupName = base.group.name;
  const account = new storage.StorageAccount(
    self.id,
    // Copies in three zones, as the other clouds' buckets have.
    shape("account", { ...closedStorage(self, self.id), sku: { name: "Standard_ZRS" } }),
    self.child({ stateful: true, dependsOn: [...keyUsable(base)] }),
  );
  const inAccount = { resourceGroupName, accountName: account.name };
  diagnostics(self, self.id, pulumi.interpolate`${account.id}/blobServices/default`);
  const restorable = { enabled: true, days: restoreWithinDays };
  const blobService = new storage.BlobServiceProperties(
    self.id,
    shape("blobService", {
      ...inAccount,
      blobServicesName: "default",
      isVersioningEnabled: true,
      deleteRetentionPolicy: { ...restorable, allowPermanentDelete: false },
      containerDeleteRetentionPolicy: restorable,
    }),
    self.child({ stateful: true }),
  );
  const container = new storage.BlobContainer(
    self.id,
    shape("container", { ...inAccount, containerName: "objects", publicAccess: "None" }),
    self.child({ stateful: true, dependsOn: blobService }),
  );
  new storage.ManagementPolicy(
    self.id,
    shape("lifecycle", { ...inAccount, managementPolicyName: "default", policy: { rules: rulesOf(spec) } }),
    self.child({ dependsOn: blobService }),
  );
  // An account has one such topic, which whoever wants to be told of an object shares.
  const systemTopic = new eventgrid.SystemTopic(
    self.id,
    shape("systemTopic", {
      resourceGroupName,
      source: account.id,
      topicType: "Microsoft.Storage.StorageAccounts",
      identity: { type: "SystemAssigned" },
      tags: { ...site.tags },
    }),
    self.child(),
  );
  diagnostics(self, `${self.id}-events`, systemTopic.id);
  const { grant } = eventSource(self, systemTopic);
  provide(self, (operations) => ({
    config: {
      endpoint: account.primaryEndpoints.apply(({ blob }) => blob.replace(/\/$/, "")),
      container: container.name,
    },
    permissions: [
      // No role of Azure's lets write without reading.
      { role: operations.includes("putObject") ? "storageBlobContributor" : "storageBlobReader", scope: container.id },
    ],
  }));
  const days = `${restoreWithinDays} days`;
  const expiry = expireAfterDays === undefined ? undefined : `${expireAfterDays} days`;
  return {
    contract: [
      expiry
        ? native(
            "expireAfter",
            expiry,
            expiry,
            "within a day or two after, told as a deletion",
            "Blob Storage lifecycle management",
          )
        : native("expireAfter", "none asked", "never", "no rule", "Blob Storage lifecycle management"),
      native(
        "restoreWithin",
        days,
        `${days} or more`,
        "as versions; a version is removed no earlier than it could be, and then comes back by undelete for the whole time",
        "Blob Storage versioning and soft delete",
      ),
      native(
        "maxObjectBytes",
        "64 MiB",
        "64 MiB",
        "held in memory by the client, and refused above",
        "Blob Storage Put Blob",
      ),
      native("consistency", "read your writes", "strong", "listings too", "Azure Storage concurrency"),
      native(
        "publicAccess",
        "none",
        "none",
        "refused by the account; roles only, no account keys, TLS only",
        "Storage allowBlobPublicAccess",
      ),
      native(
        "encryption",
        site.dataClass,
        site.dataClass === "internal" ? "Microsoft's keys" : "the stack's key in Key Vault",
        "at rest",
        "Storage customer-managed keys",
      ),
    ],
    grants: [grant],
    nodes: { account, container, systemTopic } satisfies BucketNodes,
    outputs: { bucket: pulumi.interpolate`${account.name}/${container.name}` },
  };
}

/**
 * A version's age counts from when it was written, not from when it was replaced: soft delete keeps what the rule removes
 * for the whole time that was asked for.
 */
function rulesOf({ expireAfterDays, restoreWithinDays }: BucketSpec) {
  const filters = { blobTypes: ["blockBlob"] };
  const rule = (name: string, actions: object) => ({
    name,
    enabled: true,
    type: "Lifecycle",
    definition: { filters, actions },
  });
  const older = rule("restore", { version: { delete: { daysAfterCreationGreaterThan: restoreWithinDays } } });
  if (expireAfterDays === undefined) return [older];
  return [older, rule("expire", { baseBlob: { delete: { daysAfterModificationGreaterThan: expireAfterDays } } })];
}
