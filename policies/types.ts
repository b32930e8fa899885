import type { Cloud } from "./model";

/**
 * One token for each resource type. The same resource stands under several: azure-native under explicit API versions
 * (`azure-native:storage/v20240101:…` in version 2, `azure-native_storage_v20240101:storage:…` in version 3) and under
 * the module names of version 2; aws S3 under `bucketV2`. Matching a class or an exact token misses them silently.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^azure-native_[a-z]+_v\d{8}(?:preview)?:/, "azure-native:"],
  [/^azure-native:([a-z]+)\/v\d{8}(?:preview)?:/, "azure-native:$1:"],
  [/^azure-native:documentdb:/, "azure-native:cosmosdb:"],
  [/^azure-native:cache:(RedisEnterprise|Database)$/, "azure-native:redisenterprise:$1"],
  [/^azure-native:insights:(Component|ComponentCurrentBillingFeature)$/, "azure-native:applicationinsights:$1"],
  [/^azure-native:insights:/, "azure-native:monitor:"],
  [/^(aws:s3\/\w+)V2:(\w+)V2$/, "$1:$2"],
];

export function normalise(type: string): string {
  return rules.reduce((token, [pattern, by]) => token.replace(pattern, by), type);
}

const packages: readonly (readonly [string, Cloud])[] = [
  ["aws:", "aws"],
  ["azure-native:", "azure"],
  ["gcp:", "gcp"],
];

/** The cloud that a normalised type belongs to. */
export function cloudOf(type: string): Cloud | undefined {
  return packages.find(([prefix]) => type.startsWith(prefix))?.[1];
}
