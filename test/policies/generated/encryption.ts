import { exact, flag, others, ownKey, part, row, type Table } from "./matters";

const vaultKeys = [
  row("encryption.keyVaultProperties", others),
  row("encryption.keyVaultProperties.*", part),
  row("encryption.keyVaultProperties.*.keyName", exact),
  row("encryption.keyVaultProperties.*.keyVaultUri", exact),
];

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
        row("encryption.keySource", others),
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
  {
    control: "ENC-02",
    because: "A stream is encrypted where it says so, with the key that it names; Event Hubs as Service Bus does.",
    types: {
      "aws:kinesis/stream:Stream": [row("encryptionType", exact), row("kmsKeyId", ownKey)],
      "azure-native:eventhub:Namespace": [
        row("sku", part),
        row("sku.name", exact),
        row("encryption", part),
        row("encryption.keySource", others),
        row("encryption.keyVaultProperties", part),
        row("encryption.keyVaultProperties.*", part),
        row("encryption.keyVaultProperties.*.keyName", part),
        row("encryption.keyVaultProperties.*.keyVaultUri", part),
      ],
      "gcp:managedkafka/cluster:Cluster": [row("gcpConfig", part), row("gcpConfig.kmsKey", exact)],
    },
  },
  {
    control: "ENC-04",
    because:
      "Objects are encrypted with the key of their store's default; on Azure queues and tables only if it says so.",
    types: {
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        row("", ["dropped"]),
        row("bucket", exact),
        row("rules", part),
        row("rules.*", part),
        row("rules.*.bucketKeyEnabled", flag),
        row("rules.*.applyServerSideEncryptionByDefault", part),
        row("rules.*.applyServerSideEncryptionByDefault.sseAlgorithm", exact),
        row("rules.*.applyServerSideEncryptionByDefault.kmsMasterKeyId", ownKey),
      ],
      "azure-native:storage:StorageAccount": [
        row("encryption", part),
        row("encryption.keySource", exact),
        row("encryption.keyVaultProperties", part),
        row("encryption.keyVaultProperties.keyName", part),
        row("encryption.keyVaultProperties.keyVaultUri", part),
        row("encryption.services", part),
        row("encryption.services.queue", part),
        row("encryption.services.queue.keyType", exact),
        row("encryption.services.table", part),
        row("encryption.services.table.keyType", exact),
      ],
      "gcp:storage/bucket:Bucket": [row("encryption", part), row("encryption.defaultKmsKeyName", exact)],
    },
  },
  {
    control: "ENC-07",
    because: "A key is rotated where its policy says so, and as often as it says.",
    types: {
      "aws:kms/key:Key": [row("enableKeyRotation", flag)],
      "azure-native:keyvault:Key": [
        row("properties", part),
        row("properties.rotationPolicy", part),
        row("properties.rotationPolicy.lifetimeActions", part),
        row("properties.rotationPolicy.lifetimeActions.*", part),
        row("properties.rotationPolicy.lifetimeActions.*.action", part),
        row("properties.rotationPolicy.lifetimeActions.*.action.type", exact),
        row("properties.rotationPolicy.lifetimeActions.*.trigger", part),
        row("properties.rotationPolicy.lifetimeActions.*.trigger.timeAfterCreate", exact),
      ],
      "gcp:kms/cryptoKey:CryptoKey": [row("rotationPeriod", exact)],
    },
  },
  {
    control: "ENC-09",
    because: "What carries events is encrypted with the key that it names.",
    types: {
      "aws:cloudwatch/eventBus:EventBus": [row("kmsKeyIdentifier", ownKey)],
      "gcp:eventarc/channel:Channel": [row("cryptoKeyName", exact)],
      "aws:scheduler/schedule:Schedule": [row("kmsKeyArn", exact)],
      "aws:cloudwatch/eventArchive:EventArchive": [row("kmsKeyIdentifier", exact)],
    },
  },
  {
    control: "ENC-10",
    because: "A store of secrets is encrypted with the key that it names.",
    types: {
      "aws:secretsmanager/secret:Secret": [row("kmsKeyId", ownKey)],
      "azure-native:appconfiguration:ConfigurationStore": [
        row("encryption", part),
        row("encryption.keyVaultProperties", part),
        row("encryption.keyVaultProperties.keyIdentifier", exact),
      ],
      "gcp:secretmanager/secret:Secret": [
        row("replication", part),
        row("replication.auto", part),
        row("replication.auto.customerManagedEncryption", part),
        row("replication.auto.customerManagedEncryption.kmsKeyName", exact),
      ],
    },
  },
  {
    control: "ENC-05",
    because:
      "Code and variables of a function are encrypted with the key that the function, or the store of its settings, names.",
    types: {
      "gcp:artifactregistry/repository:Repository": [row("kmsKeyName", exact)],
      "aws:lambda/function:Function": [row("kmsKeyArn", ownKey)],
      "azure-native:containerregistry:Registry": [
        row("sku", part),
        row("sku.name", exact),
        row("encryption", part),
        row("encryption.status", exact),
        row("encryption.keyVaultProperties", part),
        row("encryption.keyVaultProperties.keyIdentifier", exact),
      ],
      "gcp:cloudfunctionsv2/function:Function": [row("kmsKeyName", exact)],
      "gcp:cloudrunv2/service:Service": [row("template", part), row("template.encryptionKey", exact)],
    },
  },
  {
    control: "ENC-06",
    because: "A log is encrypted with the key that its group, bucket or cluster names.",
    types: {
      "aws:cloudwatch/logGroup:LogGroup": [row("kmsKeyId", ownKey)],
      "azure-native:operationalinsights:Cluster": [
        row("keyVaultProperties", part),
        row("keyVaultProperties.keyName", part),
        row("keyVaultProperties.keyVaultUri", part),
      ],
      "gcp:logging/projectBucketConfig:ProjectBucketConfig": [
        row("cmekSettings", part),
        row("cmekSettings.kmsKeyName", exact),
      ],
    },
  },
  {
    control: "ENC-08",
    because: "A key that is deleted takes all that it encrypted along, unless there is time to notice.",
    types: {
      "aws:kms/key:Key": [row("deletionWindowInDays", ["wrong type", "lowered"])],
      "azure-native:keyvault:Vault": [row("properties", part), row("properties.enablePurgeProtection", flag)],
      // Without a word it is 30 days.
      "gcp:kms/cryptoKey:CryptoKey": [row("destroyScheduledDuration", others)],
    },
  },
  {
    control: "ENC-11",
    because:
      "Stores of one data class have one key: any other is told, wherever it is named; none at all is not judged.",
    types: {
      "aws:cloudwatch/eventBus:EventBus": [row("kmsKeyIdentifier", others)],
      "aws:dynamodb/table:Table": [row("serverSideEncryption.kmsKeyArn", others)],
      "aws:kinesis/stream:Stream": [row("kmsKeyId", others)],
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        row("rules.*.applyServerSideEncryptionByDefault.kmsMasterKeyId", others),
      ],
      "aws:secretsmanager/secret:Secret": [row("kmsKeyId", others)],
      "aws:sns/topic:Topic": [row("kmsMasterKeyId", others)],
      "aws:sqs/queue:Queue": [row("kmsMasterKeyId", others)],
      "azure-native:appconfiguration:ConfigurationStore": [
        row("encryption.keyVaultProperties", others),
        row("encryption.keyVaultProperties.keyIdentifier", exact),
      ],
      "azure-native:cosmosdb:DatabaseAccount": [row("keyVaultKeyUri", others)],
      "azure-native:eventhub:Namespace": vaultKeys,
      "azure-native:servicebus:Namespace": vaultKeys,
      "azure-native:storage:StorageAccount": [
        row("encryption.keyVaultProperties", others),
        row("encryption.keyVaultProperties.keyName", exact),
        row("encryption.keyVaultProperties.keyVaultUri", exact),
      ],
      "gcp:pubsub/topic:Topic": [row("kmsKeyName", others)],
      "gcp:secretmanager/secret:Secret": [row("replication.auto.customerManagedEncryption.kmsKeyName", others)],
      "gcp:storage/bucket:Bucket": [row("encryption.defaultKmsKeyName", others)],
    },
  },
  {
    control: "ENC-12",
    because: "A workspace has its cluster's key where a link named for clusters names both.",
    types: {
      "azure-native:operationalinsights:LinkedService": [
        row("", ["dropped"]),
        row("linkedServiceName", exact),
        row("workspaceName", exact),
        row("writeAccessResourceId", exact),
      ],
    },
  },
];
