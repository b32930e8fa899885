import { dataClassOf } from "../data-class";
import { hasUnknown, known, valueAt } from "../known";
import { type DataClass, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { sideType } from "./aws-object-keys";
import { awsKeyTypes, azureKeyTypes, gcpKeyTypes } from "./customer-key";
import { referred } from "./referred";

/** Stores of data, and where each names its key. */
const keyPaths: Readonly<Record<string, string>> = {
  "aws:sqs/queue:Queue": "kmsMasterKeyId",
  "aws:sns/topic:Topic": "kmsMasterKeyId",
  "aws:kinesis/stream:Stream": "kmsKeyId",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "serverSideEncryption.keyArn",
  "aws:dynamodb/table:Table": "serverSideEncryption.kmsKeyArn",
  [sideType]: "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
  "aws:secretsmanager/secret:Secret": "kmsKeyId",
  "aws:cloudwatch/eventBus:EventBus": "kmsKeyIdentifier",
  "azure-native:servicebus:Namespace": "encryption.keyVaultProperties",
  "azure-native:eventhub:Namespace": "encryption.keyVaultProperties",
  "azure-native:storage:StorageAccount": "encryption.keyVaultProperties",
  "azure-native:cosmosdb:DatabaseAccount": "keyVaultKeyUri",
  "azure-native:appconfiguration:ConfigurationStore": "encryption.keyVaultProperties",
  "gcp:pubsub/topic:Topic": "kmsKeyName",
  "gcp:firestore/database:Database": "cmekConfig.kmsKeyName",
  "gcp:storage/bucket:Bucket": "encryption.defaultKmsKeyName",
  "gcp:secretmanager/secret:Secret": "replication.auto.customerManagedEncryption.kmsKeyName",
  "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration.kmsKeyName",
};
const keyTypes = [...awsKeyTypes, ...azureKeyTypes, ...gcpKeyTypes];

interface Keyed {
  readonly resource: ResourceView;
  readonly dataClass: DataClass;
  /** What the key is known by; undefined while nothing tells. */
  readonly key: string | undefined;
}

/** Stores tagged with one data class have one key, in each region. */
export function sameKey(stack: StackView): Finding[] {
  const groups = new Map<string, Keyed[]>();
  for (const one of stack.ofType(...Object.keys(keyPaths)).flatMap((resource) => keyed(resource, stack))) {
    const group = `${one.dataClass} ${String(valueAt(one.resource.props, "region") ?? "")}`;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups.values()].flatMap(judged);
}

function judged(group: readonly Keyed[]): Finding[] {
  const count = (key: string | undefined) => group.filter((one) => one.key === key).length;
  const keys = [...new Set(group.flatMap(({ key }) => key ?? []))];
  const [most] = keys.sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  return group.map(({ resource: { urn }, key }) => {
    if (key === most) return pass("it has the key of its data class", urn);
    return key === undefined
      ? undetermined("its key is known after deployment only", urn)
      : fail("other resources of its data class have another customer-managed key: give all of them one", urn);
  });
}

function keyed(resource: ResourceView, stack: StackView): Keyed[] {
  if (resource.external) return [];
  const path = keyPaths[resource.type] ?? "";
  const dataClass = dataClassOf(
    resource.type === sideType ? referred(resource, "bucket", stack, ["aws:s3/bucket:Bucket"]) : [resource],
  );
  const found = known(resource.props, path);
  if (dataClass === undefined || found.state === "absent") return [];
  const [property = path] = path.split(".");
  const [from] = stack
    .dependencies(resource, property)
    .filter(({ type }) => keyTypes.includes(type))
    .map((key) => ofAlias(key, stack).urn);
  const literal = found.state === "value" && !hasUnknown(found.value) ? JSON.stringify(found.value) : undefined;
  return [{ resource, dataClass, key: from ?? literal }];
}

/** An alias is another name of a key. */
function ofAlias(key: ResourceView, stack: StackView): ResourceView {
  const [target] = key.type === "aws:kms/alias:Alias" ? referred(key, "targetKeyId", stack, ["aws:kms/key:Key"]) : [];
  return target ?? key;
}
