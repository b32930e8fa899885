/**
 * Reading properties that may not be known yet. The engine hands policies a proxy that throws on the first unknown value
 * it is asked for, and loses every later finding of that function; a plan carries a sentinel string instead. `plain`
 * makes one form of both, `known` reads it in three answers.
 */

/** The engine's sentinels, by type of value (`@pulumi/policy` proxy, `@pulumi/pulumi` runtime/rpc). */
const sentinels: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** A secret that a plan hides: as good as unknown to a control. */
const hiddenSecret = "[secret]";

/** The key and values by which the wire form between program and engine marks what is no plain value. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const referenceSignature = "5cf8f73096256a8f31e491e813e4eb8e";

export type Properties = Readonly<Record<string, unknown>>;

export type Known =
  | { readonly state: "absent" }
  | { readonly state: "unknown" }
  | { readonly state: "value"; readonly value: unknown };

const absent: Known = { state: "absent" };
const unknown: Known = { state: "unknown" };

export function isUnknown(value: unknown): boolean {
  return sentinels.has(value) || value === hiddenSecret;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a member; the policy engine's proxy throws for an unknown one, and its error carries the sentinel. */
function member(of: object, key: string): unknown {
  try {
    return Reflect.get(of, key);
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return unknownValue;
    throw error;
  }
}

/**
 * The property at a path such as `sku.name` or `keys.0.uri`: absent (also null), unknown (it, or anything it lies in),
 * or its value, which may hold unknown values further in.
 */
export function known(props: unknown, path: string): Known {
  let value: unknown = props;
  for (const key of path.split(".")) {
    if (isUnknown(value)) return unknown;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return absent;
    value = member(value, key);
  }
  if (value === undefined || value === null) return absent;
  return isUnknown(value) ? unknown : { state: "value", value };
}

/** The value at a path where it is known, else undefined. */
export function valueAt(props: unknown, path: string): unknown {
  const found = known(props, path);
  return found.state === "value" ? found.value : undefined;
}

/** True where anything in the value is not known. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** No provider has properties that lie so deep; what does is not read. */
const deepest = 100;

/** A plain copy: proxies and wire marks gone, unknowns as the sentinel, assets and archives empty (no control reads them). */
export function plain(value: unknown, depth = 0): unknown {
  if (isUnknown(value) || depth > deepest) return unknownValue;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.keys(value).map((key) => plain(member(value, key), depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return {};
  if (Object.hasOwn(value, signatureKey)) return unwrapped(value, depth + 1);
  return Object.fromEntries(Object.keys(value).map((key) => [key, plain(member(value, key), depth + 1)]));
}

function unwrapped(marked: object, depth: number): unknown {
  const inner = (key: string) => (Object.hasOwn(marked, key) ? plain(member(marked, key), depth) : unknownValue);
  switch (member(marked, signatureKey)) {
    case secretSignature:
    case outputSignature:
      return inner("value");
    case referenceSignature:
      return inner("id");
    default:
      return {};
  }
}

/** As `plain`, of a resource's properties. */
export function plainProperties(props: unknown): Properties {
  const copy = plain(props);
  return isObject(copy) ? copy : {};
}
