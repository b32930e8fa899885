import { dataClassOf } from "../data-class";
import { hasUnknown, isObject, known, valueAt } from "../known";
import { type DataClass, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { sideType } from "./aws/object-keys";
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
  "gcp:secretmanager/regionalSecret:RegionalSecret": "customerManagedEncryption.kmsKeyName",
  "gcp:redis/instance:Instance": "customerManagedKey",
  "gcp:memorystore/instance:Instance": "kmsKey",
  "gcp:managedkafka/cluster:Cluster": "gcpConfig.kmsKey",
  "gcp:datastream/stream:Stream": "customerManagedEncryptionKey",
  "gcp:eventarc/channel:Channel": "cryptoKeyName",
  "gcp:workflows/workflow:Workflow": "cryptoKeyName",
  "gcp:artifactregistry/repository:Repository": "kmsKeyName",
  "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration.kmsKeyName",
};
const keyTypes = [...awsKeyTypes, ...azureKeyTypes, ...gcpKeyTypes];

interface Keyed {
  readonly resource: ResourceView;
  readonly dataClass: DataClass;
  /** What tells its key from others: the URN of this stack's key that it comes from, else its name. */
  readonly key: string | undefined;
  readonly name: string | undefined;
}

/** Stores tagged with one data class have one key, in each region. */
export function sameKey(stack: StackView): Finding[] {
  const stores = stack.ofType(...Object.keys(keyPaths)).flatMap((resource) => keyed(resource, stack));
  // Who takes a key from this stack, and knows its name by now, tells whose the name is where others write it.
  const named = new Map(stores.flatMap(({ key, name }) => (key && name ? [[name, key] as const] : [])));
  const groups = new Map<string, Keyed[]>();
  for (const store of stores) {
    const { name } = store;
    const one = { ...store, key: store.key ?? (name && (named.get(name) ?? name)) };
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
  const name = found.state === "value" && !hasUnknown(found.value) ? nameOf(found.value) : undefined;
  return [{ resource, dataClass, key: from, name }];
}

/** Services name the same key by ARN or id, by its address or its vault and name, with its version or without. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(nameOf).join(" ");
  if (isObject(value)) {
    const { keyIdentifier, keyVaultUri, keyName } = value;
    const vault = String(keyVaultUri).replace(/\/$/, "");
    return nameOf(typeof keyIdentifier === "string" ? keyIdentifier : `${vault}/keys/${String(keyName)}`);
  }
  const name = String(value);
  const [, ofArn] = /^arn:[^:]+:kms:[^:]*:[^:]*:(?:key\/)?(.+)$/.exec(name) ?? [];
  const [address] = /^https:\/\/[^/]+\/keys\/[^/]+/i.exec(name) ?? [];
  const [crypto] = /^projects\/[^/]+\/.+\/cryptoKeys\/[^/]+/.exec(name) ?? [];
  return ofArn ?? address?.toLowerCase() ?? crypto ?? name;
}

/** An alias is another name of a key. */
function ofAlias(key: ResourceView, stack: StackView): ResourceView {
  const [target] = key.type === "aws:kms/alias:Alias" ? referred(key, "targetKeyId", stack, ["aws:kms/key:Key"]) : [];
  return target ?? key;
}
