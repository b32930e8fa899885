import { atRest } from "../frameworks/at-rest";
import { known } from "../known";
import {
  atLeast,
  type Control,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackView,
  undetermined,
} from "../model";
import { ownKeyCache, ownKeyCaches, replicationGroup, responseCache } from "../rules/aws/caches";
import { fileSystem, keyedStore, keyedStoreTypes, keyspacesTable } from "../rules/aws/store-keys";
import { awsKey, awsProperty, azureKey, customerKeys, gcpKey } from "../rules/customer-key";
import { bigtableKeys, spannerKey, sqlInstance } from "../rules/gcp/databases";
import { referred } from "../rules/referred";

const awsOwn = "encrypted by DynamoDB's own key";

/** A replica is encrypted in its own region, by a key of its own. */
function awsTable(resource: ResourceView, stack: StackView): Finding[] {
  return [
    awsKey("serverSideEncryption.kmsKeyArn", awsOwn)(resource, stack),
    ...(atLeast(stack.dataClass, "confidential") ? enabled(resource) : []),
    ...customerKeys(resource, stack, "replicas", awsProperty("kmsKeyArn", awsOwn)),
  ];
}

/** Without the switch DynamoDB ignores the key. */
function enabled({ props }: ResourceView): Finding[] {
  const on = known(props, "serverSideEncryption.enabled");
  if (on.state === "unknown") return [undetermined("serverSideEncryption.enabled is known after deployment only")];
  return on.state === "value" && on.value === true
    ? []
    : [fail("serverSideEncryption.enabled is not true, so DynamoDB ignores the key")];
}

const dataset = "gcp:bigquery/dataset:Dataset";

/** A table takes the default key of its dataset where it names none. */
function warehouseTable(resource: ResourceView, stack: StackView): Finding {
  const path = "encryptionConfiguration.kmsKeyName";
  if (known(resource.props, path).state !== "absent") return gcpKey(path)(resource, stack);
  return referred(resource, "datasetId", stack, [dataset]).length > 0
    ? pass("it takes the key of its dataset, which is judged there")
    : undetermined(`it takes the key of its dataset, which is not in this stack: set ${path} to be sure`);
}

export const tableEncryption: Control = {
  id: "ENC-03",
  title: "Tables, document stores and caches are encrypted by a customer-managed key",
  why: "A store holds the data for years. A key of one's own can be revoked, is rotated on record, and each use of it is logged.",
  fix: "Give the store the stack's key: aws serverSideEncryption { enabled, kmsKeyArn }, azure keyVaultKeyUri, gcp cmekConfig.kmsKeyName, or defaultEncryptionConfiguration.kmsKeyName of a dataset. Switch encryption of caches on when they are made.",
  severity: "high",
  frameworks: atRest,
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:dynamodb/table:Table"], judge: awsTable },
      { types: ["aws:dynamodb/tableReplica:TableReplica"], judge: awsKey("kmsKeyArn", awsOwn) },
      { types: ownKeyCaches, judge: ownKeyCache },
      { types: ["aws:apigateway/methodSettings:MethodSettings"], judge: responseCache },
      { types: ["aws:elasticache/replicationGroup:ReplicationGroup"], judge: replicationGroup },
      {
        types: ["aws:elasticache/serverlessCache:ServerlessCache"],
        judge: awsKey("kmsKeyId", "encrypted by ElastiCache's own key"),
      },
      { types: keyedStoreTypes, judge: keyedStore },
      { types: ["aws:keyspaces/table:Table"], judge: keyspacesTable },
      { types: ["aws:efs/fileSystem:FileSystem"], judge: fileSystem },
    ],
    azure: [{ types: ["azure-native:cosmosdb:DatabaseAccount"], judge: azureKey("keyVaultKeyUri") }],
    gcp: [
      { types: ["gcp:firestore/database:Database"], judge: gcpKey("cmekConfig.kmsKeyName") },
      { types: [dataset], judge: gcpKey("defaultEncryptionConfiguration.kmsKeyName") },
      { types: ["gcp:bigquery/table:Table"], judge: warehouseTable },
      { types: ["gcp:redis/instance:Instance"], judge: gcpKey("customerManagedKey") },
      { types: ["gcp:memorystore/instance:Instance", "gcp:redis/cluster:Cluster"], judge: gcpKey("kmsKey") },
      { types: [sqlInstance], judge: gcpKey("encryptionKeyName") },
      { types: ["gcp:spanner/database:Database"], judge: spannerKey },
      { types: ["gcp:bigtable/instance:Instance"], judge: bigtableKeys },
    ],
  },
};
