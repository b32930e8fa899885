import { normaliseType } from "../../policies";
import type { Step } from "./preview";

/** Resources that take something with them which cannot be made again: data, and keys without which data cannot be read. */
const holders: Readonly<Record<string, readonly string[]>> = {
  aws: [
    "sqs/queue:Queue",
    "kinesis/stream:Stream",
    "cloudwatch/eventArchive:EventArchive",
    "msk/cluster:Cluster",
    "dynamodb/table:Table",
    "dynamodb/globalTable:GlobalTable",
    "keyspaces/table:Table",
    "timestreamwrite/table:Table",
    "rds/instance:Instance",
    "rds/cluster:Cluster",
    "docdb/cluster:Cluster",
    "neptune/cluster:Cluster",
    "redshift/cluster:Cluster",
    "memorydb/cluster:Cluster",
    "opensearch/domain:Domain",
    "s3/bucket:Bucket",
    "s3/directoryBucket:DirectoryBucket",
    "efs/fileSystem:FileSystem",
    "backup/vault:Vault",
    "cognito/userPool:UserPool",
    "kms/key:Key",
    "secretsmanager/secret:Secret",
    "cloudwatch/logGroup:LogGroup",
  ],
  "azure-native": [
    "servicebus:Namespace",
    "servicebus:Queue",
    "servicebus:Topic",
    "servicebus:Subscription",
    "eventhub:Namespace",
    "eventhub:EventHub",
    "storage:StorageAccount",
    "storage:BlobContainer",
    "storage:Queue",
    "storage:Table",
    "storage:FileShare",
    "cosmosdb:DatabaseAccount",
    "cosmosdb:SqlResourceSqlDatabase",
    "cosmosdb:SqlResourceSqlContainer",
    "cosmosdb:TableResourceTable",
    "cosmosdb:MongoDBResourceMongoDBDatabase",
    "cosmosdb:MongoDBResourceMongoDBCollection",
    "cosmosdb:CassandraResourceCassandraTable",
    "cosmosdb:GremlinResourceGremlinGraph",
    "sql:Server",
    "sql:Database",
    "dbforpostgresql:Server",
    "dbformysql:Server",
    "keyvault:Vault",
    "keyvault:Key",
    "operationalinsights:Workspace",
  ],
  gcp: [
    "pubsub/topic:Topic",
    "pubsub/subscription:Subscription",
    "cloudtasks/queue:Queue",
    "firestore/database:Database",
    "storage/bucket:Bucket",
    "bigquery/dataset:Dataset",
    "bigquery/table:Table",
    "sql/databaseInstance:DatabaseInstance",
    "sql/database:Database",
    "spanner/instance:Instance",
    "spanner/database:Database",
    "bigtable/instance:Instance",
    "bigtable/table:Table",
    "alloydb/cluster:Cluster",
    "filestore/instance:Instance",
    "secretmanager/secret:Secret",
    "kms/cryptoKey:CryptoKey",
    "logging/projectBucketConfig:ProjectBucketConfig",
  ],
};
const holdsData: ReadonlySet<string> = new Set(
  Object.entries(holders).flatMap(([provider, types]) => types.map((type) => `${provider}:${type}`)),
);

const replaces: ReadonlySet<string> = new Set([
  "replace",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
]);

/** SB-C005 for every replacement that loses data, unless the resource's name is among those allowed. */
export function lossesOf(steps: readonly Step[], allowed: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const { op, urn, replaceReasons } of steps) {
    const [, , types = "", ...names] = urn.split("::");
    const type = normaliseType(types.split("$").pop() ?? "");
    const name = names.join("::");
    if (!replaces.has(op) || !holdsData.has(type) || allowed.includes(name)) continue;
    const because = replaceReasons?.length ? ` (because of ${replaceReasons.join(", ")})` : "";
    const text = `SB-C005 ${name} (${type}) would be replaced${because}, and what it holds would be lost.\nWay out: keep what cannot be changed in place, or allow it by name: --allow-replace ${name}`;
    // Several steps make one replacement; the one that knows the reason tells it.
    if (because !== "" || !found.has(urn)) found.set(urn, text);
  }
  return [...found.values()];
}
