import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Marks a value that is not known yet, as the engine does (`plugin.UnknownStringValue` in its sources). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Key of an object that stands for something else, and the sign of a secret. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export type Properties = Readonly<Record<string, unknown>>;

export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

/** Properties as plain values. Secrets are opened; unknowns stay as their mark. */
export function fromWire(struct: Struct | undefined): Properties {
  return open(struct?.toJavaScript() ?? {}) as Properties;
}

/** Properties as the engine takes them; undefined ones are left out. */
export function toWire(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  if (signatureKey in value && value[signatureKey] === secretSignature && "value" in value) return open(value.value);
  // Metadata of the engine's own starts with two underscores; null is a property that is not set.
  const entries = Object.entries(value).filter(([key, inner]) => !key.startsWith("__") && inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, open(inner)]));
}
