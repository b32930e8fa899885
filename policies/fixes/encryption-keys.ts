import { each, type Fixes, otherwise } from "./fix";
import { bucketConfigs } from "./log-buckets";

const cluster =
  'new azure.operationalinsights.LinkedService("$-cluster", { resourceGroupName, workspaceName: $.name,\n  linkedServiceName: "Cluster", writeAccessResourceId: cluster.id })';
const rotation =
  'properties: { …, rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] } }';
const undeletable =
  "properties: { …, enableSoftDelete: true, softDeleteRetentionInDays: 90, enablePurgeProtection: true }";
const autoKey = "replication: { auto: { customerManagedEncryption: { kmsKeyName: key.id } } }";
const keyVaultKey = "encryption: { …, keyVaultProperties: [{ keyName, keyVaultUri, identity }] }";

/** Keys of logs, orchestration and secrets, and what becomes of keys themselves. */
export const keyEncryptionFixes: Fixes = {
  "ENC-06": {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId: key.arn",
    "azure-native:operationalinsights:Cluster": 'keyVaultProperties: { keyName, keyVaultUri, keyVersion: "" }',
    "azure-native:operationalinsights:Workspace": cluster,
    ...each(bucketConfigs, "cmekSettings: { kmsKeyName: key.id }"),
  },
  "ENC-07": {
    "aws:kms/key:Key": "enableKeyRotation: true, rotationPeriodInDays: 365",
    ...each(["azure-native:keyvault:Key", "azure-native:keyvault:ManagedHsmKey"], rotation),
    "gcp:kms/cryptoKey:CryptoKey": 'rotationPeriod: "7776000s"',
  },
  "ENC-08": {
    ...each(
      [
        "aws:kms/key:Key",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
      ],
      [
        [/deletionWindowInDays/, "deletionWindowInDays: 30"],
        [otherwise, "bypassPolicyLockoutSafetyCheck: false"],
      ],
    ),
    ...each(["azure-native:keyvault:Vault", "azure-native:keyvault:ManagedHsm"], undeletable),
    "gcp:kms/cryptoKey:CryptoKey": 'destroyScheduledDuration: "2592000s"',
  },
  "ENC-09": {
    ...each(
      ["aws:cloudwatch/eventBus:EventBus", "aws:cloudwatch/eventArchive:EventArchive", "aws:pipes/pipe:Pipe"],
      "kmsKeyIdentifier: key.arn",
    ),
    "aws:scheduler/schedule:Schedule": "kmsKeyArn: key.arn",
    ...each(
      ["aws:sfn/stateMachine:StateMachine", "aws:sfn/activity:Activity"],
      'encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key.arn }',
    ),
    ...each(
      [
        "gcp:workflows/workflow:Workflow",
        "gcp:eventarc/channel:Channel",
        "gcp:eventarc/googleChannelConfig:GoogleChannelConfig",
        "gcp:eventarc/googleApiSource:GoogleApiSource",
        "gcp:eventarc/messageBus:MessageBus",
        "gcp:eventarc/pipeline:Pipeline",
      ],
      "cryptoKeyName: key.id",
    ),
  },
  "ENC-10": {
    "aws:secretsmanager/secret:Secret": [
      [/replicas/, "replicas: [{ …, kmsKeyId: replicaKey.arn }]"],
      [otherwise, "kmsKeyId: key.arn"],
    ],
    "aws:ssm/parameter:Parameter": 'type: "SecureString", keyId: key.arn',
    "azure-native:appconfiguration:ConfigurationStore":
      "encryption: { keyVaultProperties: { keyIdentifier: key.keyUri, identityClientId: identity.clientId } }",
    "gcp:secretmanager/secret:Secret": [
      [
        /userManaged/,
        "replication: { userManaged: { replicas: [{ …, customerManagedEncryption: { kmsKeyName: key.id } }] } }",
      ],
      [otherwise, autoKey],
    ],
    "gcp:secretmanager/regionalSecret:RegionalSecret": "customerManagedEncryption: { kmsKeyName: key.id }",
    ...each(
      ["gcp:parametermanager/parameter:Parameter", "gcp:parametermanager/regionalParameter:RegionalParameter"],
      "kmsKey: key.id",
    ),
  },
  "ENC-11": {
    ...each(["aws:sqs/queue:Queue", "aws:sns/topic:Topic"], "kmsMasterKeyId: key.arn"),
    ...each(["aws:kinesis/stream:Stream", "aws:secretsmanager/secret:Secret"], "kmsKeyId: key.arn"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "serverSideEncryption: { …, keyArn: key.arn }",
    "aws:dynamodb/table:Table": "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
      "rules: [{ …, applyServerSideEncryptionByDefault: { …, kmsMasterKeyId: key.arn } }]",
    "aws:cloudwatch/eventBus:EventBus": "kmsKeyIdentifier: key.arn",
    ...each(["azure-native:servicebus:Namespace", "azure-native:eventhub:Namespace"], keyVaultKey),
    "azure-native:storage:StorageAccount": "encryption: { …, keyVaultProperties: { keyName, keyVaultUri } }",
    "azure-native:cosmosdb:DatabaseAccount": "keyVaultKeyUri: key.keyUri",
    "azure-native:appconfiguration:ConfigurationStore":
      "encryption: { keyVaultProperties: { keyIdentifier: key.keyUri, identityClientId: identity.clientId } }",
    "gcp:pubsub/topic:Topic": "kmsKeyName: key.id",
    "gcp:firestore/database:Database": "cmekConfig: { kmsKeyName: key.id }",
    "gcp:storage/bucket:Bucket": "encryption: { defaultKmsKeyName: key.id }",
    "gcp:secretmanager/secret:Secret": autoKey,
    "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration: { kmsKeyName: key.id }",
  },
  "ENC-12": { "azure-native:operationalinsights:Workspace": cluster },
};
