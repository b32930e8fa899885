import {
  isObject,
  mapMembers,
  mapProperties,
  type Properties,
  signatureKey,
  signatureOf,
  signatures,
  unknown,
} from "./values";

/**
 * Transforms see inputs as outputs that carry their dependencies; everything else speaks of secrets and unknowns.
 * These functions go from one form to the other, as the engine does around every transform.
 */

interface OutputValue extends Properties {
  value?: unknown;
  secret?: boolean;
  dependencies?: string[];
}

function isOutputValue(value: unknown): value is OutputValue {
  return signatureOf(value) === signatures.output;
}

function outputValue(parts: { value?: unknown; secret?: boolean; dependencies?: string[] }): OutputValue {
  return { [signatureKey]: signatures.output, ...parts };
}

function upgrade(value: unknown): unknown {
  if (value === unknown) return outputValue({});
  if (!isObject(value)) return mapMembers(value, upgrade);
  const signature = signatureOf(value);
  if (signature === signatures.secret) {
    const inner = upgrade(value.value);
    return isOutputValue(inner) ? { ...inner, secret: true } : outputValue({ value: inner, secret: true });
  }
  return signature === undefined ? mapMembers(value, upgrade) : value;
}

/** Secrets and unknowns become outputs; so does each property that depends on a resource. */
export function toOutputValues(inputs: Properties, dependencies: ReadonlyMap<string, readonly string[]>): Properties {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, member]) => {
      const value = upgrade(member);
      const urns = new Set([...dependenciesIn(value), ...(dependencies.get(key) ?? [])]);
      if (urns.size === dependenciesIn(value).size) return [key, value];
      return [key, { ...(isOutputValue(value) ? value : outputValue({ value })), dependencies: [...urns] }];
    }),
  );
}

function downgrade(value: unknown): unknown {
  if (!isOutputValue(value)) return mapMembers(value, downgrade);
  const known = "value" in value ? downgrade(value.value) : unknown;
  return value.secret === true ? { [signatureKey]: signatures.secret, value: known } : known;
}

export function fromOutputValues(inputs: Properties): Properties {
  return mapProperties(inputs, downgrade);
}

/** The URNs that the outputs inside a value depend on. */
export function dependenciesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const member of value) dependenciesIn(member, found);
  else if (isObject(value)) {
    if (isOutputValue(value)) for (const urn of value.dependencies ?? []) found.add(urn);
    for (const member of Object.values(value)) dependenciesIn(member, found);
  }
  return found;
}
