import { asset } from "@pulumi/pulumi";
import { isObject, mapMembers, mapProperties, type Properties, secret, signatureOf, signatures } from "./values";

/** Opens a value for a provider: secrets by their content, references by their id, assets as the SDK's objects. */
export function plain(value: unknown): unknown {
  if (!isObject(value)) return mapMembers(value, plain);
  switch (signatureOf(value)) {
    case signatures.secret:
    case signatures.output:
      return plain(value.value);
    case signatures.reference:
      return value.id === undefined ? value.urn : plain(value.id);
    case signatures.asset:
      return plainAsset(value);
    case signatures.archive:
      return plainArchive(value);
    default:
      return mapMembers(value, plain);
  }
}

export function plainProperties(value: Properties): Properties {
  return mapProperties(value, plain);
}

function plainAsset(value: Properties): asset.Asset {
  if (typeof value.path === "string") return new asset.FileAsset(value.path);
  if (typeof value.uri === "string") return new asset.RemoteAsset(value.uri);
  return new asset.StringAsset(typeof value.text === "string" ? value.text : "");
}

function plainArchive(value: Properties): asset.Archive {
  if (typeof value.path === "string") return new asset.FileArchive(value.path);
  if (typeof value.uri === "string") return new asset.RemoteArchive(value.uri);
  const members: asset.AssetMap = {};
  for (const [name, member] of Object.entries(isObject(value.assets) ? value.assets : {})) {
    if (!isObject(member)) continue;
    members[name] = signatureOf(member) === signatures.archive ? plainArchive(member) : plainAsset(member);
  }
  return new asset.AssetArchive(members);
}

/** What went in as a secret does not come out in the open: outputs are secret where the inputs of the same path are. */
export function keepSecrets(outputs: unknown, inputs: unknown): unknown {
  if (signatureOf(inputs) === signatures.secret) {
    return signatureOf(outputs) === signatures.secret ? outputs : secret(outputs);
  }
  if (Array.isArray(outputs)) {
    return outputs.map((member, index) => keepSecrets(member, Array.isArray(inputs) ? inputs[index] : undefined));
  }
  if (!isObject(outputs) || signatureOf(outputs) !== undefined || !isObject(inputs)) return outputs;
  return Object.fromEntries(Object.entries(outputs).map(([key, member]) => [key, keepSecrets(member, inputs[key])]));
}

/** `additionalSecretOutputs`: named outputs that are secret whatever the provider says. */
export function markSecret(outputs: Properties, keys: readonly string[]): Properties {
  const marked = { ...outputs };
  for (const key of keys) {
    if (key in marked && signatureOf(marked[key]) !== signatures.secret) marked[key] = secret(marked[key]);
  }
  return marked;
}
