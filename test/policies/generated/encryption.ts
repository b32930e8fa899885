import { exact, flag, ownKey, part, row, type Table } from "./matters";

export const encryption: readonly Table[] = [
  {
    control: "ENC-01",
    because:
      "The key that the message store names is what it is encrypted with; without one, or with an alias of the provider, nobody can withdraw it.",
    types: {
      "aws:sns/topic:Topic": [row("kmsMasterKeyId", ownKey)],
      "aws:sqs/queue:Queue": [row("kmsMasterKeyId", ownKey)],
      "azure-native:servicebus:Namespace": [
        row("sku", part),
        row("sku.name", exact),
        row("encryption", part),
        row("encryption.keySource", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("encryption.keyVaultProperties", part),
        row("encryption.keyVaultProperties.*", part),
        row("encryption.keyVaultProperties.*.keyName", part),
        row("encryption.keyVaultProperties.*.keyVaultUri", part),
      ],
      "gcp:pubsub/topic:Topic": [row("kmsKeyName", exact)],
    },
  },
  {
    control: "ENC-03",
    because:
      "The key that the table or the account names is what it is encrypted with, where encryption by it is switched on.",
    types: {
      "aws:dynamodb/table:Table": [
        row("serverSideEncryption", part),
        row("serverSideEncryption.enabled", flag),
        row("serverSideEncryption.kmsKeyArn", ownKey),
      ],
      "azure-native:cosmosdb:DatabaseAccount": [row("keyVaultKeyUri", exact)],
      "gcp:firestore/database:Database": [row("cmekConfig", part), row("cmekConfig.kmsKeyName", exact)],
    },
  },
];
