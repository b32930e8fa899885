/** Mutants of streams, objects, logs, secrets, and of what carries events between them. */

import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { add, more, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName, encryptionConfiguration, kmsKeyArn, rule } from "../support/keys";
import { killed } from "../support/mutants";
import { Out } from "../support/stack";

const awsOwn = (service: string) => `alias/aws/${service}`;
const ownArn = (service: string) => `arn:aws:kms:eu-central-1:111122223333:alias/aws/${service}`;
const bucket = new Out("bucket", "bucket");

describe("mutants of the encryption of stores", () => {
  const firehose = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  const direct = { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: kmsKeyArn };
  killed("ENC-02", awsStack, "stream", [
    { name: "no encryption", change: set("stream", { encryptionType: undefined }) },
    { name: "encryption that is off", change: set("stream", { encryptionType: "NONE" }) },
    { name: "no key", change: set("stream", { kmsKeyId: undefined }) },
    { name: "Kinesis's own key", change: set("stream", { kmsKeyId: awsOwn("kinesis") }) },
    { name: "Kinesis's own key by a short name", change: set("stream", { kmsKeyId: "aws/kinesis" }) },
    { name: "a key that is none", change: set("stream", { kmsKeyId: true }) },
    more("a second stream", "aws:kinesis/stream:Stream", {}),
    more("a delivery stream in clear", firehose, {}),
    more("a delivery stream that is switched off", firehose, { serverSideEncryption: { ...direct, enabled: false } }),
    more("a delivery stream under AWS's key", firehose, { serverSideEncryption: { enabled: true } }),
    more("a delivery stream whose key is not used", firehose, {
      serverSideEncryption: { ...direct, keyType: "AWS_OWNED_CMK" },
    }),
    more("a delivery stream without its key", firehose, { serverSideEncryption: { ...direct, keyArn: undefined } }),
    more("a delivery stream with AWS's key by ARN", firehose, {
      serverSideEncryption: { ...direct, keyArn: ownArn("firehose") },
    }),
    more("video under AWS's key", "aws:kinesis/videoStream:VideoStream", {}),
    more("video with AWS's key by alias", "aws:kinesis/videoStream:VideoStream", {
      kmsKeyId: awsOwn("kinesisvideo"),
    }),
  ]);
  killed(
    "ENC-02",
    awsStack,
    "stream",
    [{ name: "internal data in clear", change: set("stream", { encryptionType: "NONE" }) }],
    "internal",
  );
  killed("ENC-02", azureStack, "hubs", [
    { name: "Standard", change: set("hubs", { "sku.name": "Standard" }) },
    { name: "no tier", change: set("hubs", { sku: undefined }) },
    { name: "no key", change: set("hubs", { encryption: undefined }) },
    { name: "no keys in the list", change: set("hubs", { "encryption.keyVaultProperties": [] }) },
    { name: "a key without a name", change: set("hubs", { "encryption.keyVaultProperties.0.keyName": undefined }) },
    { name: "another source", change: set("hubs", { "encryption.keySource": "Microsoft.EventHub" }) },
    {
      name: "a second key without a vault",
      change: set("hubs", { "encryption.keyVaultProperties.1": { keyName: "shop" } }),
    },
  ]);

  const side = "bucket-encryption";
  const first = "rules.0.applyServerSideEncryptionByDefault";
  killed("ENC-04", awsStack, side, [
    { name: "no configuration", change: (stack) => stack.remove(side), at: "bucket" },
    { name: "another bucket's configuration", change: set(side, { bucket: "other" }), at: "bucket" },
    { name: "no rule", change: set(side, { rules: [] }) },
    { name: "rules that are missing", change: set(side, { rules: undefined }) },
    { name: "S3's own encryption", change: set(side, { [`${first}.sseAlgorithm`]: "AES256" }) },
    { name: "no algorithm", change: set(side, { [`${first}.sseAlgorithm`]: undefined }) },
    { name: "KMS without a key", change: set(side, { [`${first}.kmsMasterKeyId`]: undefined }) },
    { name: "S3's own key", change: set(side, { [`${first}.kmsMasterKeyId`]: awsOwn("s3") }) },
    {
      name: "two layers of S3's own key",
      change: set(side, { rules: [{ ...rule, applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms:dsse" } }] }),
    },
    { name: "no bucket key", change: set(side, { "rules.0.bucketKeyEnabled": undefined }) },
    { name: "a bucket key that is off", change: set(side, { "rules.0.bucketKeyEnabled": false }) },
    { name: "a second rule", change: set(side, { "rules.1": {} }) },
    {
      name: "S3's own encryption in the bucket",
      change: (stack) =>
        stack.remove(side).set("bucket", {
          serverSideEncryptionConfiguration: {
            rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
          },
        }),
      at: "bucket",
    },
    {
      name: "no bucket key in the bucket",
      change: (stack) =>
        stack.remove(side).set("bucket", {
          serverSideEncryptionConfiguration: { rule: { ...rule, bucketKeyEnabled: false } },
        }),
      at: "bucket",
    },
    {
      name: "S3's own encryption in a bucket of version 6",
      change: (stack) =>
        stack
          .remove(side)
          .retype("bucket", "aws:s3/bucketV2:BucketV2")
          .set("bucket", {
            serverSideEncryptionConfigurations: [
              { rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "AES256" }] }] },
            ],
          }),
      at: "bucket",
    },
    ...["bucketObject:BucketObject", "bucketObjectv2:BucketObjectv2", "objectCopy:ObjectCopy"].flatMap((type) => [
      more(`S3's own encryption by ${type}`, `aws:s3/${type}`, { bucket, serverSideEncryption: "AES256" }),
      more(`S3's own key by ${type}`, `aws:s3/${type}`, { bucket, kmsKeyId: ownArn("s3") }),
    ]),
  ]);
  const scope = "azure-native:storage:EncryptionScope";
  killed("ENC-04", azureStack, "store", [
    { name: "no encryption", change: set("store", { encryption: undefined }) },
    { name: "Microsoft's key", change: set("store", { "encryption.keySource": "Microsoft.Storage" }) },
    { name: "no source", change: set("store", { "encryption.keySource": undefined }) },
    { name: "no key", change: set("store", { "encryption.keyVaultProperties": undefined }) },
    { name: "a key without a name", change: set("store", { "encryption.keyVaultProperties.keyName": undefined }) },
    { name: "a key without a vault", change: set("store", { "encryption.keyVaultProperties.keyVaultUri": "" }) },
    { name: "queues beside the key", change: set("store", { "encryption.services.queue": undefined }) },
    { name: "tables beside the key", change: set("store", { "encryption.services.table.keyType": "Service" }) },
    { name: "no services", change: set("store", { "encryption.services": undefined }) },
    more("a scope under Microsoft's key", scope, { source: "Microsoft.Storage" }),
    more("a scope without a source", scope, {}),
    more("a scope without a key", scope, { source: "Microsoft.KeyVault" }),
    more("a scope whose key is none", scope, {
      source: "Microsoft.KeyVault",
      keyVaultProperties: { keyUri: "https://shop.vault.azure.net/secrets/shop" },
    }),
  ]);
  killed("ENC-04", gcpStack, "objects", [
    { name: "no key", change: set("objects", { encryption: undefined }) },
    { name: "an empty key", change: set("objects", { "encryption.defaultKmsKeyName": "" }) },
    {
      name: "a key ring",
      change: set("objects", { "encryption.defaultKmsKeyName": cryptoKeyName.replace(/\/cryptoKeys.*/, "") }),
    },
  ]);

  killed("ENC-06", awsStack, "front-logs", [
    { name: "no key", change: set("front-logs", { kmsKeyId: undefined }) },
    { name: "an empty key", change: set("front-logs", { kmsKeyId: "" }) },
    { name: "AWS's key", change: set("front-logs", { kmsKeyId: ownArn("logs") }) },
    { name: "one of two groups", change: set("fulfil-logs", { kmsKeyId: undefined }), at: "fulfil-logs" },
  ]);
  const cluster = "azure-native:operationalinsights:Cluster";
  killed("ENC-06", azureStack, "more", [
    { name: "a cluster without a key", change: add(cluster, {}) },
    { name: "a cluster without a key's name", change: add(cluster, { keyVaultProperties: { keyVaultUri: "v" } }) },
    {
      name: "a cluster whose vault is empty",
      change: add(cluster, { keyVaultProperties: { keyVaultUri: "", keyName: "k" } }),
    },
  ]);
  killed(
    "ENC-06",
    gcpStack,
    "logs",
    [
      { name: "no key", change: set("logs", { cmekSettings: undefined }) },
      { name: "settings without a key", change: set("logs", { cmekSettings: {} }) },
      { name: "a key that is none", change: set("logs", { "cmekSettings.kmsKeyName": "shop" }) },
    ],
    "regulated",
  );

  const replica = { region: "eu-west-1", kmsKeyId: kmsKeyArn };
  killed("ENC-10", awsStack, "secret", [
    { name: "no key", change: set("secret", { kmsKeyId: undefined }) },
    { name: "Secrets Manager's own key", change: set("secret", { kmsKeyId: awsOwn("secretsmanager") }) },
    { name: "a replica without a key", change: set("secret", { replicas: [replica, { region: "eu-west-2" }] }) },
    {
      name: "a replica under AWS's key",
      change: set("secret", { replicas: [{ ...replica, kmsKeyId: ownArn("secretsmanager") }] }),
    },
    more("a parameter without a key", "aws:ssm/parameter:Parameter", { type: "SecureString" }),
    more("a parameter under AWS's key", "aws:ssm/parameter:Parameter", { type: "SecureString", keyId: awsOwn("ssm") }),
    more("a password in clear", "aws:ssm/parameter:Parameter", { type: "String", name: "/shop/db-password" }),
  ]);
  const identifier = "encryption.keyVaultProperties.keyIdentifier";
  killed("ENC-10", azureStack, "config", [
    { name: "no key", change: set("config", { encryption: undefined }) },
    { name: "an empty key", change: set("config", { [identifier]: "" }) },
    {
      name: "a secret for a key",
      change: set("config", { [identifier]: "https://shop.vault.azure.net/secrets/shop" }),
    },
  ]);
  const managed = { customerManagedEncryption: { kmsKeyName: cryptoKeyName } };
  killed("ENC-10", gcpStack, "secret", [
    { name: "no key", change: set("secret", { replication: { auto: {} } }) },
    { name: "no replication", change: set("secret", { replication: undefined }) },
    {
      name: "one of two replicas without a key",
      change: set("secret", { replication: { userManaged: { replicas: [managed, { location: "europe-west1" }] } } }),
    },
    more("a regional secret", "gcp:secretmanager/regionalSecret:RegionalSecret", {}),
    more("a parameter", "gcp:parametermanager/parameter:Parameter", {}),
    more("a regional parameter", "gcp:parametermanager/regionalParameter:RegionalParameter", { kmsKey: "shop" }),
  ]);

  killed("ENC-09", awsStack, "bus", [
    { name: "no key", change: set("bus", { kmsKeyIdentifier: undefined }) },
    { name: "AWS's key", change: set("bus", { kmsKeyIdentifier: awsOwn("events") }) },
    more("an archive without a key", "aws:cloudwatch/eventArchive:EventArchive", {}),
    more("an activity under AWS's key", "aws:sfn/activity:Activity", {
      encryptionConfiguration: { type: "AWS_OWNED_KEY" },
    }),
    more("an activity whose key is AWS's", "aws:sfn/activity:Activity", {
      encryptionConfiguration: { ...encryptionConfiguration, kmsKeyId: ownArn("states") },
    }),
    more("an activity without settings", "aws:sfn/activity:Activity", {}),
    {
      ...more("a schedule under AWS's key", "aws:scheduler/schedule:Schedule", {
        target: { deadLetterConfig: { arn: new Out("dead", "arn:aws:sqs:eu-central-1:111122223333:dead") } },
      }),
    },
    {
      ...more("a pipe under AWS's key", "aws:pipes/pipe:Pipe", {
        source: "arn:aws:sqs:eu-central-1:111122223333:queue",
      }),
      also: ["AUD-04 more"],
    },
    {
      ...more("a state machine under AWS's key", "aws:sfn/stateMachine:StateMachine", {}),
      also: ["AUD-04 more"],
    },
  ]);
  killed("ENC-09", gcpStack, "channel", [
    { name: "no key", change: set("channel", { cryptoKeyName: undefined }) },
    { name: "a key that is none", change: set("channel", { cryptoKeyName: "shop" }) },
    ...[
      "googleChannelConfig:GoogleChannelConfig",
      "messageBus:MessageBus",
      "pipeline:Pipeline",
      "googleApiSource:GoogleApiSource",
    ].map((type) => more(`${type} without a key`, `gcp:eventarc/${type}`, {})),
    {
      ...more("a workflow without a key", "gcp:workflows/workflow:Workflow", {
        serviceAccount: "flow@shop.iam.gserviceaccount.com",
        callLogLevel: "LOG_ALL_CALLS",
      }),
    },
  ]);

  killed("ENC-03", awsStack, "more", [
    { name: "a cache in clear", change: add("aws:dax/cluster:Cluster", { clusterEndpointEncryptionType: "TLS" }) },
    {
      name: "a cache whose encryption is off",
      change: add("aws:dax/cluster:Cluster", {
        serverSideEncryption: { enabled: false },
        clusterEndpointEncryptionType: "TLS",
      }),
    },
    {
      name: "an API's cache in clear",
      change: add("aws:appsync/apiCache:ApiCache", { transitEncryptionEnabled: true }),
    },
    {
      name: "responses in clear",
      change: add("aws:apigateway/methodSettings:MethodSettings", { settings: { cachingEnabled: true } }),
    },
    {
      name: "Redis in clear",
      change: add("aws:elasticache/replicationGroup:ReplicationGroup", {
        transitEncryptionEnabled: true,
        kmsKeyId: kmsKeyArn,
      }),
    },
    {
      name: "Redis under AWS's key",
      change: add("aws:elasticache/replicationGroup:ReplicationGroup", {
        transitEncryptionEnabled: true,
        atRestEncryptionEnabled: true,
      }),
    },
    {
      name: "a serverless cache under AWS's key",
      change: add("aws:elasticache/serverlessCache:ServerlessCache", { engine: "valkey" }),
    },
  ]);
  killed("ENC-03", gcpStack, "more", [
    { name: "a dataset without a key", change: add("gcp:bigquery/dataset:Dataset", {}) },
    {
      name: "a table whose key is none",
      change: add("gcp:bigquery/table:Table", { encryptionConfiguration: { kmsKeyName: "shop" } }),
    },
    {
      name: "Redis without a key",
      change: add("gcp:redis/instance:Instance", { transitEncryptionMode: "SERVER_AUTHENTICATION" }),
    },
    {
      name: "Valkey without a key",
      change: add("gcp:memorystore/instance:Instance", { transitEncryptionMode: "SERVER_AUTHENTICATION" }),
    },
  ]);
});
