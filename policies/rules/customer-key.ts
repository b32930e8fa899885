import { known } from "../known";
import { atLeast, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isName } from "../names";

interface KeyProperty {
  /** Dotted path of the property that names the key. */
  readonly path: string;
  /** Types a key's name comes from: while the name is unknown, one of these must be where it comes from. */
  readonly from: readonly string[];
  /** Says why a known name is no customer-managed key; undefined where it is one. */
  readonly fault: (name: string) => string | undefined;
  /** How the provider encrypts without a key of the customer's; undefined where it does not encrypt at all. */
  readonly otherwise: string | undefined;
}

/**
 * A key of the customer's own is demanded from `confidential` up; under `internal` the provider's encryption is enough.
 * At every first preview the key's name is unknown: then the graph tells whether it comes from a key.
 */
export function customerKey(resource: ResourceView, stack: StackView, property: KeyProperty): Finding {
  const demanded = atLeast(stack.dataClass, "confidential");
  const { path, otherwise } = property;
  const finding = judgeKey(resource, stack, property);
  if (finding.verdict !== "fail" || demanded) return finding;
  return otherwise === undefined
    ? fail(`${finding.message}, and nothing else encrypts it`)
    : pass(`${otherwise}; ${path} is not demanded of internal data`);
}

function judgeKey(resource: ResourceView, stack: StackView, { path, from, fault }: KeyProperty): Finding {
  const found = known(resource.props, path);
  if (found.state === "absent") return fail(`no customer-managed key: set ${path}`);
  if (found.state === "value") {
    const wrong = isName(found.value) ? fault(found.value) : `${path} names no key`;
    return wrong === undefined ? pass("encrypted by a customer-managed key") : fail(wrong);
  }
  const [property = path] = path.split(".");
  const key = stack.dependencies(resource, property).find(({ type }) => from.includes(type));
  return key
    ? pass(`encrypted by this stack's key "${key.name}", whose id is known after deployment`)
    : undetermined(`${path} is known after deployment only, and does not come from a key of this stack`);
}

/** As `customerKey`, of every member of a list, such as replicas; nothing where there is none. */
export function customerKeys(
  resource: ResourceView,
  stack: StackView,
  list: string,
  property: KeyProperty,
): readonly Finding[] {
  const found = known(resource.props, list);
  if (found.state === "absent") return [];
  if (found.state === "unknown") return [customerKey(resource, stack, { ...property, path: list })];
  if (!Array.isArray(found.value)) return [fail(`${list} is no list`)];
  return found.value.map((_, index) =>
    customerKey(resource, stack, { ...property, path: `${list}.${index}.${property.path}` }),
  );
}

export const awsKeyTypes = [
  "aws:kms/key:Key",
  "aws:kms/alias:Alias",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/externalKey:ExternalKey",
];
export const azureKeyTypes = ["azure-native:keyvault:Key", "azure-native:keyvault:ManagedHsmKey"];
export const gcpKeyTypes = ["gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyVersion:CryptoKeyVersion"];

/** The keys that AWS itself owns go by aliases `alias/aws/<service>`, bare, shortened or at the end of an ARN. */
export function awsKeyFault(name: string): string | undefined {
  if (/(^|:)(alias\/)?aws\//.test(name)) return "the key is AWS's own (alias/aws/…): use one of your own";
  return awsKeyName.test(name) ? undefined : "the key's name is no KMS key (its id, its ARN or alias/…)";
}

/** An id, of many regions or of one; an alias; or the ARN of either. */
const awsKeyName =
  /^(arn:[^:]+:kms:[^:]*:[^:]*:(key|alias)\/.+|alias\/.+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

export const gcpKeyFault = (name: string): string | undefined =>
  /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+/.test(name)
    ? undefined
    : "the key's name is no Cloud KMS crypto key (projects/…/locations/…/keyRings/…/cryptoKeys/…)";

export const azureKeyFault = (uri: string): string | undefined =>
  /^https:\/\/[^/]+\/keys\/[^/]+/i.test(uri)
    ? undefined
    : "the key's address is no Key Vault key (https://<vault>/keys/<key>)";

type Judge = (resource: ResourceView, stack: StackView) => Finding;

/** What a key of each cloud is named by, given where. */
export const awsProperty = (path: string, otherwise: string | undefined): KeyProperty => ({
  path,
  from: awsKeyTypes,
  fault: awsKeyFault,
  otherwise,
});
export const gcpProperty = (path: string): KeyProperty => ({
  path,
  from: gcpKeyTypes,
  fault: gcpKeyFault,
  otherwise: "encrypted by Google's own key",
});

/** Judges one property that names a key. */
export const awsKey =
  (path: string, otherwise: string | undefined = "encrypted by AWS's own key"): Judge =>
  (resource, stack) =>
    customerKey(resource, stack, awsProperty(path, otherwise));
export const gcpKey =
  (path: string): Judge =>
  (resource, stack) =>
    customerKey(resource, stack, gcpProperty(path));
export const azureKey =
  (path: string): Judge =>
  (resource, stack) =>
    customerKey(resource, stack, {
      path,
      from: [...azureKeyTypes, "azure-native:keyvault:Vault"],
      fault: azureKeyFault,
      otherwise: "encrypted by Azure's own key",
    });
