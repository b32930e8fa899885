import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { gcpKey } from "../rules/customer-key";
import {
  configurationStore,
  managedSecret,
  parameter,
  regionalSecret,
  replicatedSecret,
} from "../rules/secret-store-keys";

export const secretEncryption: Control = {
  id: "ENC-10",
  title: "Secrets and configuration are stored under a customer-managed key",
  why: "A secret opens something else. Under a key of one's own, reading one needs leave twice, and each reading stands in the key's log.",
  fix: "aws kmsKeyId of secrets and their replicas, keyId of SecureString parameters; azure encryption.keyVaultProperties of App Configuration; gcp customerManagedEncryption.kmsKeyName.",
  severity: "high",
  frameworks: atRest,
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:secretsmanager/secret:Secret"], judge: managedSecret },
      { types: ["aws:ssm/parameter:Parameter"], judge: parameter },
    ],
    azure: [{ types: ["azure-native:appconfiguration:ConfigurationStore"], judge: configurationStore }],
    gcp: [
      { types: ["gcp:secretmanager/secret:Secret"], judge: replicatedSecret },
      { types: ["gcp:secretmanager/regionalSecret:RegionalSecret"], judge: regionalSecret },
      { types: /^gcp:parametermanager\/(regionalP|p)arameter:/, judge: gcpKey("kmsKey") },
    ],
  },
};
