/** Names of an item's fields that hold a `Value`, always; any name where the item may have any. */
export type FieldOf<Item, Value> = string extends keyof Item
  ? string
  : { [Name in keyof Item & string]-?: Item[Name] extends Value ? Name : never }[keyof Item & string];

/** The value of a field of JSON data; dots descend. Undefined where there is none. */
export function fieldOf(data: unknown, path: string): unknown {
  let at: unknown = data;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
}
