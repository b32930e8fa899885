import { isObject } from "../known";

/** A text somewhere in a value, by the name of the member that holds it. */
export type Leaf = readonly [name: string, value: unknown];

/** Deeper, and more, than any definition is meant to be. */
const deepest = 100;
const most = 100_000;

interface Walk {
  readonly found: Leaf[];
  /** What YAML repeats by alias is one object: each is read once for every name that it has. */
  readonly seen: Map<object, Set<string>>;
  steps: number;
}

/**
 * Every value that is no list and no map, however far in: of `{ name, value }` by the name that it gives. `complete` is false
 * where there is more than can be read.
 */
export function leavesOf(
  value: unknown,
  name: string,
): { readonly leaves: readonly Leaf[]; readonly complete: boolean } {
  const walk: Walk = { found: [], seen: new Map(), steps: 0 };
  const complete = read(walk, value, name, 0);
  return { leaves: walk.found, complete };
}

function read(walk: Walk, value: unknown, name: string, depth: number): boolean {
  if (depth > deepest || ++walk.steps > most) return false;
  if (typeof value !== "object" || value === null) {
    walk.found.push([name, typeof value === "number" ? String(value) : value]);
    return true;
  }
  const names = walk.seen.get(value) ?? new Set();
  walk.seen.set(value, names);
  if (names.has(name)) return true;
  names.add(name);
  const members: readonly Leaf[] = isObject(value)
    ? Object.entries(value).map(([key, one]) => [own(value, key) ?? key, one])
    : Object.values(value).map((one) => [name, one]);
  return members.every(([key, one]) => read(walk, one, key, depth + 1));
}

/** A variable's value goes by the name beside it. */
function own(of: Readonly<Record<string, unknown>>, key: string): string | undefined {
  if (!/^value$/i.test(key)) return undefined;
  const name = of.name ?? of.Name;
  return typeof name === "string" ? name : undefined;
}
