import { normaliseType } from "../../policies";
import type { Step } from "./preview";

/** Resources whose data go with them: queues, streams, tables and buckets, and what holds such. */
const holdsData: ReadonlySet<string> = new Set([
  "aws:sqs/queue:Queue",
  "aws:kinesis/stream:Stream",
  "aws:dynamodb/table:Table",
  "aws:dynamodb/globalTable:GlobalTable",
  "aws:s3/bucket:Bucket",
  "aws:s3/directoryBucket:DirectoryBucket",
  "aws:cloudwatch/eventArchive:EventArchive",
  "azure-native:servicebus:Namespace",
  "azure-native:servicebus:Queue",
  "azure-native:servicebus:Topic",
  "azure-native:servicebus:Subscription",
  "azure-native:eventhub:Namespace",
  "azure-native:eventhub:EventHub",
  "azure-native:storage:StorageAccount",
  "azure-native:storage:BlobContainer",
  "azure-native:storage:Queue",
  "azure-native:storage:Table",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:cosmosdb:SqlResourceSqlDatabase",
  "azure-native:cosmosdb:SqlResourceSqlContainer",
  "gcp:pubsub/topic:Topic",
  "gcp:pubsub/subscription:Subscription",
  "gcp:firestore/database:Database",
  "gcp:storage/bucket:Bucket",
  "gcp:cloudtasks/queue:Queue",
]);

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
