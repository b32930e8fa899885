import type { Fixes } from "./index";

const kmsKeyName = "kmsKeyName: key.id";
const azureKey =
  'encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties: [{ keyName, keyVaultUri, identity }] }';
const secureTransport = (kind: string, property: string, service: string) =>
  `new aws.${kind}("tls", { ${property}, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{\n  Effect: "Deny", Principal: "*", Action: "${service}:*", Resource: RESOURCES,\n  Condition: { Bool: { "aws:SecureTransport": "false" } },\n}] }) })`;

export const encryptionFixes: Fixes = {
  "ENC-01": {
    "aws:sqs/queue:Queue": "kmsMasterKeyId: key.arn",
    "aws:sns/topic:Topic": "kmsMasterKeyId: key.arn",
    "azure-native:servicebus:Namespace": `sku: { name: "Premium" }, ${azureKey}`,
    "gcp:pubsub/topic:Topic": kmsKeyName,
  },
  "ENC-02": {
    "aws:kinesis/stream:Stream": 'encryptionType: "KMS", kmsKeyId: key.arn',
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream":
      'serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.arn }',
    "aws:kinesis/videoStream:VideoStream": "kmsKeyId: key.arn",
    "azure-native:eventhub:Namespace": azureKey,
  },
  "ENC-03": {
    "aws:dynamodb/table:Table": "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }",
    "aws:dynamodb/tableReplica:TableReplica": "kmsKeyArn: key.arn",
    "azure-native:cosmosdb:DatabaseAccount": "keyVaultKeyUri: key.keyUri",
    "gcp:firestore/database:Database": "cmekConfig: { kmsKeyName: key.id }",
  },
  "ENC-04": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketServerSideEncryptionConfiguration("encryption", { bucket: $.id, rules: [{\n  applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }, bucketKeyEnabled: true,\n}] })',
    "azure-native:storage:StorageAccount":
      'encryption: { keySource: "Microsoft.Keyvault", keyVaultProperties: { keyName, keyVaultUri }, services: { queue: { keyType: "Account" }, table: { keyType: "Account" } } }',
    "gcp:storage/bucket:Bucket": "encryption: { defaultKmsKeyName: key.id }",
  },
  "ENC-05": {
    "aws:lambda/function:Function": "kmsKeyArn: key.arn",
    "gcp:cloudfunctionsv2/function:Function": kmsKeyName,
    "gcp:cloudrunv2/service:Service": "template: { …, encryptionKey: key.id }",
  },
  "ENC-06": {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId: key.arn",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "cmekSettings: { kmsKeyName: key.id }",
  },
  "ENC-07": {
    "aws:kms/key:Key": "enableKeyRotation: true",
    "azure-native:keyvault:Key":
      'properties: { …, rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] } }',
    "gcp:kms/cryptoKey:CryptoKey": 'rotationPeriod: "7776000s"',
  },
  "ENC-08": {
    "aws:kms/key:Key": "deletionWindowInDays: 30",
    "azure-native:keyvault:Vault": "properties: { …, enableSoftDelete: true, enablePurgeProtection: true }",
    "gcp:kms/cryptoKey:CryptoKey": 'destroyScheduledDuration: "2592000s"',
  },
  "ENC-09": {
    "aws:cloudwatch/eventBus:EventBus": "kmsKeyIdentifier: key.arn",
    "aws:cloudwatch/eventArchive:EventArchive": "kmsKeyIdentifier: key.arn",
    "aws:pipes/pipe:Pipe": "kmsKeyIdentifier: key.arn",
    "aws:scheduler/schedule:Schedule": "kmsKeyArn: key.arn",
    "aws:sfn/stateMachine:StateMachine":
      'encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key.arn }',
    "gcp:workflows/workflow:Workflow": "cryptoKeyName: key.id",
    "gcp:eventarc/channel:Channel": "cryptoKeyName: key.id",
  },
  "ENC-10": {
    "aws:secretsmanager/secret:Secret": "kmsKeyId: key.arn",
    "aws:ssm/parameter:Parameter": 'type: "SecureString", keyId: key.arn',
    "azure-native:appconfiguration:ConfigurationStore":
      "encryption: { keyVaultProperties: { keyIdentifier: key.keyUri, identityClientId: identity.clientId } }",
    "gcp:secretmanager/secret:Secret": "replication: { auto: { customerManagedEncryption: { kmsKeyName: key.id } } }",
  },
  "TLS-01": {
    "aws:sqs/queue:Queue": secureTransport("sqs.QueuePolicy", "queueUrl: $.id", "sqs").replace("RESOURCES", "$.arn"),
    "aws:sns/topic:Topic": secureTransport("sns.TopicPolicy", "arn: $.arn", "sns").replace("RESOURCES", "$.arn"),
    "aws:s3/bucket:Bucket": secureTransport("s3.BucketPolicy", "bucket: $.id", "s3").replace(
      "RESOURCES",
      '[$.arn, pulumi.concat($.arn, "/*")]',
    ),
    "azure-native:storage:StorageAccount": 'enableHttpsTrafficOnly: true, minimumTlsVersion: "TLS1_2"',
    "azure-native:servicebus:Namespace": 'minimumTlsVersion: "1.2"',
    "azure-native:eventhub:Namespace": 'minimumTlsVersion: "1.2"',
    "azure-native:eventgrid:Topic": 'minimumTlsVersionAllowed: "1.2"',
    "azure-native:eventgrid:Domain": 'minimumTlsVersionAllowed: "1.2"',
    "azure-native:cosmosdb:DatabaseAccount": 'minimalTlsVersion: "Tls12"',
    "azure-native:web:WebApp": 'httpsOnly: true, siteConfig: { …, minTlsVersion: "1.2", ftpsState: "Disabled" }',
    "azure-native:web:WebAppSlot": 'httpsOnly: true, siteConfig: { …, minTlsVersion: "1.2", ftpsState: "Disabled" }',
  },
};
