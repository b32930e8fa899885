/** What the controls of encryption accept, and what they cannot tell before deployment. */

import { awsStack, bucketTlsOnly } from "../support/aws";
import { azureStack } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { clusteredAzureStack, dataClassTags } from "../support/keyed";
import { cryptoKeyName, encryptionConfiguration, kmsKeyArn, rule } from "../support/keys";
import { accepted, vague } from "../support/outcomes";
import { Out, unknown } from "../support/stack";

const key = new Out("key", kmsKeyArn);
const apim = "azure-native:apimanagement:";
const inTransit = { transitEncryptionEnabled: true };
const atRest = { atRestEncryptionEnabled: true };
const server = { transitEncryptionMode: "SERVER_AUTHENTICATION" };
/** A state machine that nothing else is wrong with. */
const logged = {
  encryptionConfiguration,
  loggingConfiguration: { level: "ALL", logDestination: new Out("front-logs", "group:*") },
};
const bucket = new Out("bucket", "bucket");
const side = "bucket-encryption";

describe("encryption that satisfies the controls", () => {
  const firehose = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  accepted("ENC-02", awsStack, [
    ["a delivery stream whose source is a stream", add(firehose, { kinesisSourceConfiguration: { roleArn: key } })],
    ["a delivery stream from Kafka", add(firehose, { mskSourceConfiguration: {} })],
    [
      "a delivery stream with a key",
      add(firehose, { serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key } }),
    ],
    ["video with a key", add("aws:kinesis/videoStream:VideoStream", { kmsKeyId: key })],
    ["a key by an alias of one's own", set("stream", { kmsKeyId: "alias/shop" })],
    ["a key whose alias speaks of AWS", set("stream", { kmsKeyId: "alias/my-aws/stream" })],
  ]);
  accepted(
    "ENC-02",
    awsStack,
    [["internal data under Kinesis's own key", set("stream", { kmsKeyId: "alias/aws/kinesis" })]],
    "internal",
  );
  accepted("ENC-02", azureStack, [
    [
      "a namespace of a dedicated cluster",
      set("hubs", { "sku.name": "Standard", clusterArmId: "/subscriptions/s/clusters/c" }),
    ],
  ]);
  accepted(
    "ENC-02",
    azureStack,
    [["internal data on Standard", set("hubs", { sku: { name: "Standard" }, encryption: undefined })]],
    "internal",
  );

  const redis = "aws:elasticache/replicationGroup:ReplicationGroup";
  const methods = "aws:apigateway/methodSettings:MethodSettings";
  accepted("ENC-03", awsStack, [
    ["an API's cache that is encrypted", add("aws:appsync/apiCache:ApiCache", { ...inTransit, ...atRest })],
    ["responses that are encrypted", add(methods, { settings: { cachingEnabled: true, cacheDataEncrypted: true } })],
    ["responses that are not kept", add(methods, { settings: { cachingEnabled: false } })],
    ["Redis with a key", add(redis, { ...inTransit, ...atRest, kmsKeyId: key })],
    ["a serverless cache with a key", add("aws:elasticache/serverlessCache:ServerlessCache", { kmsKeyId: key })],
  ]);
  accepted(
    "ENC-03",
    awsStack,
    [["internal data under ElastiCache's own key", add(redis, { ...inTransit, ...atRest })]],
    "internal",
  );
  accepted("ENC-03", gcpStack, [
    ["Redis with a key", add("gcp:redis/instance:Instance", { customerManagedKey: cryptoKeyName, ...server })],
    ["Valkey with a key", add("gcp:memorystore/instance:Instance", { kmsKey: cryptoKeyName, ...server })],
  ]);
  accepted("TLS-01", awsStack, [
    ["a cluster of a replication group", add("aws:elasticache/cluster:Cluster", { replicationGroupId: "orders" })],
  ]);

  accepted("ENC-04", awsStack, [
    [
      "a configuration in the bucket",
      (stack) => stack.remove(side).set("bucket", { serverSideEncryptionConfiguration: { rule } }),
    ],
    [
      "a configuration in a bucket of version 6",
      (stack) =>
        stack
          .remove(side)
          .retype("bucket", "aws:s3/bucketV2:BucketV2")
          .set("bucket", {
            serverSideEncryptionConfigurations: [
              {
                rules: [
                  {
                    applyServerSideEncryptionByDefaults: [rule.applyServerSideEncryptionByDefault],
                    bucketKeyEnabled: true,
                  },
                ],
              },
            ],
          }),
    ],
    [
      "two layers, which know no bucket key",
      set(side, {
        "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm": "aws:kms:dsse",
        "rules.0.bucketKeyEnabled": undefined,
      }),
    ],
    [
      "a configuration by the bucket's name",
      (stack) => stack.set("bucket", { bucket: "bucket" }).set(side, { bucket: "bucket" }),
    ],
    ["an object that says nothing", add("aws:s3/bucketObjectv2:BucketObjectv2", { bucket })],
    ["an object under a key", add("aws:s3/bucketObjectv2:BucketObjectv2", { bucket, kmsKeyId: key })],
    [
      "a bucket that access logs are delivered to",
      (stack) => {
        const logs = stack.add("aws:s3/bucket:Bucket", "access", bucketTlsOnly);
        const on = { bucket: logs("access") };
        stack.add("aws:s3/bucketVersioning:BucketVersioning", "access-versions", {
          ...on,
          versioningConfiguration: { status: "Enabled" },
        });
        stack.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "access-block", {
          ...on,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        });
        stack.add("aws:s3/bucketLogging:BucketLogging", "access-log", { bucket, targetBucket: logs("access") });
      },
    ],
  ]);
  accepted("ENC-04", azureStack, [
    ["an account of blobs alone", set("store", { kind: "BlockBlobStorage", "encryption.services": undefined })],
    ["a source in other letters", set("store", { "encryption.keySource": "Microsoft.KeyVault" })],
    [
      "a scope with a key",
      add("azure-native:storage:EncryptionScope", {
        source: "Microsoft.KeyVault",
        keyVaultProperties: { keyUri: "https://shop.vault.azure.net/keys/shop/0a1b" },
      }),
    ],
  ]);

  accepted("ENC-05", awsStack, [
    ["a key without variables", set("front", { environment: undefined })],
    ["no key without variables", set("front", { environment: { variables: {} }, kmsKeyArn: undefined })],
    [
      "names and addresses of secrets",
      set("front", {
        "environment.variables.DB_PASSWORD": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db",
        "environment.variables.DB_SECRET": new Out(
          "secret",
          "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x",
        ),
        "environment.variables.PASSWORD_MIN_LENGTH": "12",
        "environment.variables.API_KEY": "",
      }),
    ],
    [
      "images under a key",
      add("aws:ecr/repository:Repository", {
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key }],
      }),
    ],
  ]);
  accepted(
    "ENC-05",
    awsStack,
    [["internal data under Lambda's own key", set("front", { kmsKeyArn: undefined })]],
    "internal",
  );
  const states = (...parameters: object[]) =>
    add("aws:sfn/stateMachine:StateMachine", {
      ...logged,
      definition: JSON.stringify({ States: parameters.map((Parameters) => ({ Parameters })) }),
    });
  accepted("ENC-05", awsStack, [
    [
      "secrets that a state machine is told of, or finds",
      states(
        { SecretId: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x", "ApiKey.$": "$.key" },
        { authToken: "{% $states.input.token %}", MaxAttempts: 3 },
      ),
    ],
    ["a stage that names a secret", set("stage", { stageVariables: { dbPassword: "arn:aws:secretsmanager:x" } })],
  ]);
  accepted("ENC-05", azureStack, [
    [
      "a named value of a vault",
      add(`${apim}NamedValue`, { secret: true, keyVault: { secretIdentifier: "https://v" } }),
    ],
    ["a named value that is no secret", add(`${apim}NamedValue`, { value: "eu" })],
    [
      "a backend's key by its name",
      add(`${apim}Backend`, {
        url: "https://api.example.com",
        credentials: {
          authorization: { scheme: "Bearer", parameter: "{{token}}" },
          header: { "x-functions-key": ["{{key}}"] },
        },
      }),
    ],
    [
      "a reference to a vault",
      set("front", {
        "siteConfig.appSettings.1": {
          name: "DB_PASSWORD",
          value: "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/db)",
        },
      }),
    ],
  ]);
  accepted("ENC-05", gcpStack, [
    [
      "a workflow that asks for its secret",
      add("gcp:workflows/workflow:Workflow", {
        serviceAccount: "flow@shop.iam.gserviceaccount.com",
        cryptoKeyName,
        callLogLevel: "LOG_ALL_CALLS",
        userEnvVars: { API_KEY: "projects/shop/secrets/key" },
        sourceContents: `main:\n  steps:\n    - call:\n        args:\n          auth_token: \${token}\n`,
      }),
    ],
    [
      "secrets by reference",
      set("fulfil", {
        "template.containers.0.envs": [
          { name: "DB_PASSWORD", valueSource: { secretKeyRef: { secret: "db", version: "1" } } },
        ],
      }),
    ],
    [
      "a function of the first generation",
      (stack) =>
        stack.retype("front", "gcp:cloudfunctions/function:Function").set("front", {
          maxInstances: 10,
          serviceAccountEmail: new Out("front-account", "front@shop.iam.gserviceaccount.com"),
        }),
      ["deployed"],
    ],
  ]);

  accepted("ENC-07", awsStack, [
    ["a key that signs", set("key", { enableKeyRotation: undefined, keyUsage: "SIGN_VERIFY" })],
    ["an asymmetric key", set("key", { enableKeyRotation: undefined, customerMasterKeySpec: "RSA_4096" })],
    ["a key of a store of one's own", set("key", { enableKeyRotation: undefined, customKeyStoreId: "cks-1" })],
    ["half a year", set("key", { rotationPeriodInDays: 180 })],
  ]);
  const policy = "properties.rotationPolicy";
  accepted("ENC-07", azureStack, [
    [
      "rotation before an end",
      set("key", {
        [`${policy}.attributes`]: { expiryTime: "P1Y" },
        [`${policy}.lifetimeActions.0`]: { action: { type: "Rotate" }, trigger: { timeBeforeExpiry: "P30D" } },
      }),
    ],
    ["a year in months", set("key", { [`${policy}.lifetimeActions.0.trigger.timeAfterCreate`]: "P12M" })],
    ["a key that signs", set("key", { properties: { keyOps: ["sign", "verify"] } })],
  ]);
  accepted("ENC-07", gcpStack, [
    ["a key that signs", set("key", { rotationPeriod: undefined, purpose: "ASYMMETRIC_SIGN" })],
    ["a key that is brought along", set("key", { rotationPeriod: undefined, importOnly: true })],
  ]);

  accepted("ENC-08", awsStack, [["30 days", set("key", { deletionWindowInDays: 30 })]]);
  accepted("ENC-08", azureStack, [
    ["90 days", set("vault", { "properties.enableSoftDelete": true, "properties.softDeleteRetentionInDays": 90 })],
  ]);
  accepted("ENC-08", gcpStack, [["90 days", set("key", { destroyScheduledDuration: "7776000s" })]]);

  accepted("ENC-09", awsStack, [
    ["an activity with a key", add("aws:sfn/activity:Activity", { encryptionConfiguration })],
    ["an archive with a key", add("aws:cloudwatch/eventArchive:EventArchive", { kmsKeyIdentifier: key })],
  ]);
  accepted("ENC-10", awsStack, [
    ["a parameter that is no secret", add("aws:ssm/parameter:Parameter", { type: "String", name: "/shop/page-size" })],
    ["a parameter with a key", add("aws:ssm/parameter:Parameter", { type: "SecureString", keyId: key })],
  ]);
  accepted(
    "ENC-10",
    awsStack,
    [["an internal secret under AWS's key", set("secret", { kmsKeyId: undefined })]],
    "internal",
  );
  accepted("ENC-10", gcpStack, [
    [
      "replicas with their keys",
      set("secret", {
        replication: { userManaged: { replicas: [{ customerManagedEncryption: { kmsKeyName: cryptoKeyName } }] } },
      }),
    ],
  ]);

  accepted("ENC-03", awsStack, [
    [
      "a cache that is encrypted",
      add("aws:dax/cluster:Cluster", { serverSideEncryption: { enabled: true }, clusterEndpointEncryptionType: "TLS" }),
    ],
  ]);
  accepted("ENC-03", gcpStack, [
    [
      "a table of a dataset with a key",
      (stack) => {
        const dataset = stack.add("gcp:bigquery/dataset:Dataset", "more", {
          datasetId: "shop",
          defaultEncryptionConfiguration: { kmsKeyName: cryptoKeyName },
        });
        stack.add("gcp:bigquery/table:Table", "table", { datasetId: dataset("shop") });
      },
    ],
  ]);
  accepted(
    "ENC-06",
    gcpStack,
    [["confidential logs under Google's key", set("logs", { cmekSettings: undefined })]],
    "confidential",
  );

  const tags = dataClassTags;
  const keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
  accepted("ENC-11", awsStack, [
    [
      "one key by its id and by its ARN",
      (stack) =>
        stack
          .set("queue", { tags, kmsMasterKeyId: keyId })
          .set("dead", { tags, kmsMasterKeyId: `arn:aws:kms:eu-central-1:111122223333:key/${keyId}` }),
    ],
    [
      "one key by its alias and by itself",
      (stack) => {
        const alias = stack.add("aws:kms/alias:Alias", "alias", { targetKeyId: new Out("key", "0a1b") });
        stack.set("queue", { tags, kmsMasterKeyId: alias("alias/shop") }).set("table", { tags });
      },
    ],
    [
      "other keys of other classes and regions",
      (stack) =>
        stack
          .set("queue", { tags })
          .set("topic", { tags: { "data-class": "regulated" }, kmsMasterKeyId: `${kmsKeyArn}c` })
          .set("stream", { tags, region: "eu-west-1", kmsKeyId: `${kmsKeyArn}d` }),
    ],
  ]);
  const address = "https://shop.vault.azure.net/keys/Shop";
  accepted("ENC-11", azureStack, [
    [
      "one key by its address and by its vault and name",
      (stack) =>
        stack
          .set("cosmos", { tags, keyVaultKeyUri: `${address.toLowerCase()}/0123` })
          .set("config", { tags, "encryption.keyVaultProperties": { keyIdentifier: address } })
          .set("bus", {
            tags,
            "encryption.keyVaultProperties": [{ keyName: "shop", keyVaultUri: "https://shop.vault.azure.net/" }],
          }),
    ],
  ]);
  accepted("ENC-11", gcpStack, [
    [
      "one key with its version and without",
      (stack) =>
        stack
          .set("topic", { labels: tags, kmsKeyName: cryptoKeyName })
          .set("objects", { labels: tags, "encryption.defaultKmsKeyName": `${cryptoKeyName}/cryptoKeyVersions/3` }),
    ],
  ]);

  accepted("ENC-12", clusteredAzureStack, [
    ["a link whatever its case", set("link", { linkedServiceName: "cluster" })],
    [
      "a cluster of another stack",
      set("link", {
        writeAccessResourceId:
          "/subscriptions/0/resourceGroups/logs/providers/Microsoft.OperationalInsights/clusters/shared",
      }),
    ],
  ]);
});

describe("encryption that a preview does not know", () => {
  vague("ENC-12", clusteredAzureStack, "workspace", [
    ["a link to what is not of this stack", set("link", { writeAccessResourceId: unknown })],
    ["a link of any kind", set("link", { linkedServiceName: unknown, writeAccessResourceId: unknown })],
    ["a link of any workspace", set("link", { workspaceName: unknown })],
  ]);
  vague("ENC-02", awsStack, "stream", [
    ["whether a stream is encrypted", set("stream", { encryptionType: unknown })],
    ["a stream's key", set("stream", { kmsKeyId: unknown })],
  ]);
  vague("ENC-02", awsStack, "more", [
    [
      "whether a delivery stream has a source",
      add("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", { kinesisSourceConfiguration: unknown }),
    ],
  ]);
  vague("ENC-02", azureStack, "hubs", [["a tier", set("hubs", { sku: unknown })]]);
  vague("ENC-04", awsStack, side, [
    ["rules", set(side, { rules: unknown })],
    ["an algorithm", set(side, { "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm": unknown })],
    ["a bucket key", set(side, { "rules.0.bucketKeyEnabled": unknown })],
  ]);
  vague("ENC-04", awsStack, "bucket", [["whose configuration it is", set(side, { bucket: unknown })]]);
  vague("ENC-04", azureStack, "store", [
    ["a source", set("store", { "encryption.keySource": unknown })],
    ["a service", set("store", { "encryption.services.queue": unknown })],
    ["all of it", set("store", { encryption: unknown })],
  ]);
  vague("ENC-05", awsStack, "front", [
    ["whether there are variables", set("front", { environment: unknown, kmsKeyArn: undefined })],
    ["a password", set("front", { "environment.variables.DB_PASSWORD": unknown })],
  ]);
  vague("ENC-05", awsStack, "more", [
    ["a definition", add("aws:sfn/stateMachine:StateMachine", { ...logged, definition: unknown })],
  ]);
  vague("ENC-05", azureStack, "more", [
    ["whether a named value is secret", add(`${apim}NamedValue`, { secret: unknown, value: "eu" })],
  ]);
  vague("ENC-05", azureStack, "front", [["a setting", set("front", { "siteConfig.appSettings.1": unknown })]]);
  vague("ENC-06", awsStack, "front-logs", [["a key", set("front-logs", { kmsKeyId: unknown })]]);
  vague("ENC-07", awsStack, "key", [
    ["rotation", set("key", { enableKeyRotation: unknown })],
    ["what kind of key it is", set("key", { enableKeyRotation: undefined, keyUsage: unknown })],
  ]);
  vague("ENC-07", azureStack, "key", [["a policy", set("key", { properties: unknown })]]);
  vague("ENC-07", gcpStack, "key", [["a purpose", set("key", { rotationPeriod: undefined, purpose: unknown })]]);
  vague("ENC-08", azureStack, "vault", [["a vault", set("vault", { properties: unknown })]]);
  vague("ENC-09", awsStack, "more", [
    ["a type", add("aws:sfn/activity:Activity", { encryptionConfiguration: { type: unknown } })],
  ]);
  vague("ENC-10", awsStack, "more", [["a type", add("aws:ssm/parameter:Parameter", { type: unknown })]]);
  vague("ENC-10", gcpStack, "secret", [["replication", set("secret", { replication: unknown })]]);
});
