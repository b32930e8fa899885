/** A minimal check of configuration that deployment wrote. A schema library would be most of a small bundle. */
export type Shape =
  | "string"
  | "number"
  | "object"
  | { readonly members: Readonly<Record<string, Shape>> }
  | { readonly each: Shape }
  | { readonly maybe: Shape };

export const object = (members: Readonly<Record<string, Shape>>): Shape => ({ members });
export const list = (each: Shape): Shape => ({ each });
export const optional = (maybe: Shape): Shape => ({ maybe });

/** One sentence for each thing that is wrong; none when `value` has the shape. Unknown members are left alone. */
export function shapeErrors(name: string, value: unknown, shape: Shape): readonly string[] {
  if (shape === "string") return typeof value === "string" && value !== "" ? [] : [`${name} must be a text`];
  if (shape === "number") return Number.isFinite(value) ? [] : [`${name} must be a number`];
  if (shape === "object") return isObject(value) ? [] : [`${name} must be an object`];
  if ("maybe" in shape) return value === undefined ? [] : shapeErrors(name, value, shape.maybe);
  if ("each" in shape) {
    if (!Array.isArray(value)) return [`${name} must be a list`];
    return value.flatMap((entry, index) => shapeErrors(`${name}[${index}]`, entry, shape.each));
  }
  if (!isObject(value)) return [`${name} must be an object`];
  return Object.entries(shape.members).flatMap(([key, member]) => shapeErrors(`${name}.${key}`, value[key], member));
}

/** For a client's factory: the configuration as `Config`, or one error that lists what is wrong. */
export function configured<Config>(config: unknown, shape: Shape): Config {
  const wrong = shapeErrors("configuration", config, shape);
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return config as Config;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
