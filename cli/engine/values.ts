import {
  specialArchiveSig,
  specialAssetSig,
  specialOutputValueSig,
  specialResourceSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime/rpc";

/**
 * The wire form of values between a program and its engine: JSON in which objects with one reserved key stand for
 * secrets, assets, archives, references and outputs, and one reserved string for what is not known yet.
 */
export type Properties = Record<string, unknown>;

export const unknown = unknownValue;
export const signatureKey = specialSigKey;
export const signatures = {
  secret: specialSecretSig,
  asset: specialAssetSig,
  archive: specialArchiveSig,
  reference: specialResourceSig,
  output: specialOutputValueSig,
} as const;

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function signatureOf(value: unknown): unknown {
  return isObject(value) ? value[signatureKey] : undefined;
}

export function isSecret(value: unknown): value is { value: unknown } {
  return signatureOf(value) === signatures.secret;
}

export function secret(value: unknown): Properties {
  return { [signatureKey]: signatures.secret, value };
}

/** Applies `change` to every member of an array or a plain object; other values come back as they are. */
export function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (isObject(value)) return mapProperties(value, change);
  return value;
}

export function mapProperties(value: Properties, change: (member: unknown) => unknown): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]));
}

/** True where anything inside is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (!isObject(value)) return false;
  if (value[signatureKey] === signatures.output && !("value" in value)) return true;
  return Object.values(value).some(containsUnknown);
}
