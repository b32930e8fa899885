import type { Control, ResourceView, StackView } from "../model";
import { demands, isTrue } from "../rules/demands";
import { googleSeconds } from "../rules/durations";
import { vouched } from "../rules/vouched";

/** Days in which a deletion can be taken back. */
const days = 30;

const awsDeletion = ({ props }: ResourceView) =>
  demands(props, `its deletion can be taken back for ${days} days`, [
    {
      path: "deletionWindowInDays",
      accepts: (value) => value === undefined || (typeof value === "number" && value >= days),
      unmet: `its deletion is final too soon: remove deletionWindowInDays, or set it to ${days}`,
    },
    {
      path: "bypassPolicyLockoutSafetyCheck",
      accepts: (value) => value === undefined || value === false,
      unmet: "its policy may lock everybody out, which loses it as well: remove bypassPolicyLockoutSafetyCheck",
    },
  ]);

/** Keys and secrets of a vault are as safe as the vault is. */
const azureDeletion = (vault: ResourceView, stack: StackView) =>
  vouched(
    demands(vault.props, "nobody can purge what was deleted from it", [
      {
        path: "properties.enablePurgeProtection",
        accepts: isTrue,
        unmet: "deleted keys can be purged at once: set properties.enablePurgeProtection to true",
      },
      {
        path: "properties.enableSoftDelete",
        accepts: (value) => value === undefined || value === true,
        unmet: "deleted keys are gone at once: remove properties.enableSoftDelete, or set it to true",
      },
      {
        path: "properties.softDeleteRetentionInDays",
        accepts: (value) => value === undefined || (typeof value === "number" && value >= days),
        unmet: `deleted keys are gone too soon: set properties.softDeleteRetentionInDays to ${days} or more`,
      },
    ]),
    vault,
    stack,
  );

const gcpDeletion = ({ props }: ResourceView) =>
  demands(props, `destroying a version can be taken back for ${days} days`, [
    {
      path: "destroyScheduledDuration",
      accepts: (value) => value === undefined || (googleSeconds(value) ?? 0) >= days * 86_400,
      unmet: "its versions are destroyed too soon: remove destroyScheduledDuration, or set it to 2592000s",
    },
  ]);

/**
 * Pulumi's `protect` is not asked for: it is no property of a key, and stops Pulumi alone, not whoever deletes by another
 * way. The time to take a deletion back, which all three clouds give, holds against both.
 */
export const keyDeletion: Control = {
  id: "ENC-08",
  title: "Deleting a key can be taken back",
  why: "With its key all data is lost at once, backups and replicas too: by mistake, or as the last step of an intruder.",
  fix: "aws deletionWindowInDays 30; azure enablePurgeProtection and soft delete of the vault; gcp destroyScheduledDuration of 30 days.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(b)", "Art. 32(1)(c)"],
    hipaa: ["164.308(a)(7)(ii)(A)", "164.312(c)(1)"],
    pciDss: [],
    soc2: ["CC6.1", "A1.2", "C1.1"],
    cis: ["11.3"],
    nist80053: ["SC-12", "SC-12(1)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [{ types: /^aws:kms\/(key|replicaKey|externalKey|replicaExternalKey):/, judge: awsDeletion }],
    azure: [{ types: ["azure-native:keyvault:Vault", "azure-native:keyvault:ManagedHsm"], judge: azureDeletion }],
    gcp: [{ types: ["gcp:kms/cryptoKey:CryptoKey"], judge: gcpDeletion }],
  },
};
