import { each, type Fixes, otherwise } from "./fix";

const namespaceKey =
  'sku: { name: "Premium" }, encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties: [{ keyName, keyVaultUri, identity }] }';
const byDefault = '{ sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }';
const defaultRule = `{ applyServerSideEncryptionByDefault: ${byDefault}, bucketKeyEnabled: true }`;

/** Keys of what holds data. */
export const storeEncryptionFixes: Fixes = {
  "ENC-01": {
    ...each(["aws:sqs/queue:Queue", "aws:sns/topic:Topic"], "kmsMasterKeyId: key.arn"),
    "azure-native:servicebus:Namespace": namespaceKey,
    "gcp:pubsub/topic:Topic": "kmsKeyName: key.id",
  },
  "ENC-02": {
    "aws:kinesis/stream:Stream": 'encryptionType: "KMS", kmsKeyId: key.arn',
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream":
      'serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.arn }',
    "aws:kinesis/videoStream:VideoStream": "kmsKeyId: key.arn",
    "azure-native:eventhub:Namespace": namespaceKey,
    "gcp:managedkafka/cluster:Cluster": "gcpConfig: { …, kmsKey: key.id }",
    "gcp:datastream/stream:Stream": "customerManagedEncryptionKey: key.id",
  },
  "ENC-03": {
    "aws:dynamodb/table:Table": [
      [/serverSideEncryption/, "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }"],
      [/replicas/, "replicas: [{ …, kmsKeyArn: replicaKey.arn }]"],
      [otherwise, "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }"],
    ],
    "aws:dynamodb/tableReplica:TableReplica": "kmsKeyArn: key.arn",
    "aws:dax/cluster:Cluster": "serverSideEncryption: { enabled: true }",
    "aws:appsync/apiCache:ApiCache": "atRestEncryptionEnabled: true",
    "aws:apigateway/methodSettings:MethodSettings": "settings: { …, cacheDataEncrypted: true }",
    "aws:elasticache/replicationGroup:ReplicationGroup": "atRestEncryptionEnabled: true, kmsKeyId: key.arn",
    "aws:elasticache/serverlessCache:ServerlessCache": "kmsKeyId: key.arn",
    "aws:timestreamwrite/database:Database": "kmsKeyId: key.arn",
    "aws:memorydb/cluster:Cluster": "kmsKeyArn: key.arn",
    "aws:backup/vault:Vault": "kmsKeyArn: key.arn",
    "aws:keyspaces/table:Table":
      'encryptionSpecification: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyIdentifier: key.arn }',
    "aws:efs/fileSystem:FileSystem": "encrypted: true, kmsKeyId: key.arn",
    "azure-native:cosmosdb:DatabaseAccount": "keyVaultKeyUri: key.keyUri",
    "gcp:firestore/database:Database": "cmekConfig: { kmsKeyName: key.id }",
    "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration: { kmsKeyName: key.id }",
    "gcp:bigquery/table:Table": "encryptionConfiguration: { kmsKeyName: key.id }",
    "gcp:redis/instance:Instance": "customerManagedKey: key.id",
    "gcp:redis/cluster:Cluster": "kmsKey: key.id",
    "gcp:sql/databaseInstance:DatabaseInstance": "encryptionKeyName: key.id",
    "gcp:spanner/database:Database": "encryptionConfig: { kmsKeyName: key.id }",
    "gcp:bigtable/instance:Instance": "clusters: [{ …, kmsKeyName: key.id }]",
    "gcp:memorystore/instance:Instance": "kmsKey: key.id",
  },
  "ENC-04": {
    "aws:s3/bucket:Bucket": [
      [
        /add a BucketServerSideEncryptionConfiguration/,
        `new aws.s3.BucketServerSideEncryptionConfiguration("$-encryption", { bucket: $.id, rules: [\n  ${defaultRule},\n] })`,
      ],
      [otherwise, `serverSideEncryptionConfiguration: { rule: ${defaultRule} }`],
    ],
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": `rules: [${defaultRule}]`,
    ...each(
      ["aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/objectCopy:ObjectCopy"],
      'serverSideEncryption: "aws:kms", kmsKeyId: key.arn',
    ),
    "azure-native:storage:StorageAccount":
      'encryption: { …, keySource: "Microsoft.Keyvault", keyVaultProperties: { keyName, keyVaultUri }, services: { queue: { keyType: "Account" }, table: { keyType: "Account" } } }',
    "azure-native:storage:EncryptionScope": 'source: "Microsoft.KeyVault", keyVaultProperties: { keyUri: key.keyUri }',
    "gcp:storage/bucket:Bucket": "encryption: { defaultKmsKeyName: key.id }",
  },
};
