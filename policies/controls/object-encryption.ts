import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { bucketKey, objectKey, sideKeys, sideType } from "../rules/aws/object-keys";
import { encryptionScope, storageAccount } from "../rules/azure/object-keys";
import { gcpKey } from "../rules/customer-key";

export const objectEncryption: Control = {
  id: "ENC-04",
  title: "Object stores are encrypted by a customer-managed key",
  why: "Objects are copied, shared and forgotten. Under a key of one's own, whoever reads them needs the key as well, and taking it away ends all copies at once.",
  fix: "aws default encryption aws:kms with kmsMasterKeyId and bucketKeyEnabled; azure encryption.keySource Microsoft.Keyvault, keyType Account for queues and tables; gcp encryption.defaultKmsKeyName.",
  severity: "high",
  frameworks: atRest,
  appliesFrom: "confidential",
  clouds: {
    aws: [
      { types: ["aws:s3/bucket:Bucket"], judge: bucketKey },
      { types: [sideType], judge: sideKeys },
      { types: /^aws:s3\/(bucketObject|bucketObjectv2|objectCopy):/, judge: objectKey },
    ],
    azure: [
      { types: ["azure-native:storage:StorageAccount"], judge: storageAccount },
      { types: ["azure-native:storage:EncryptionScope"], judge: encryptionScope },
    ],
    gcp: [{ types: ["gcp:storage/bucket:Bucket"], judge: gcpKey("encryption.defaultKmsKeyName") }],
  },
};
