/**
 * EventBridge's event patterns, as its user guide describes content filtering: fields are looked for by path, a field's
 * list of values is a choice, a list in the event matches when one of its elements does, `exists` looks at leaves only.
 */
type Json = unknown;
const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function matchesPattern(pattern: Json, event: Json): boolean {
  if (!isObject(pattern)) throw new Error("a pattern is an object");
  return Object.entries(pattern).every(([key, test]) => {
    if (key === "$or") return (test as readonly Json[]).some((one) => matchesPattern(one, event));
    const value = isObject(event) ? event[key] : undefined;
    if (isObject(test)) return matchesPattern(test, Array.isArray(value) ? undefined : value);
    if (!Array.isArray(test)) throw new Error(`the pattern at ${key} is no list`);
    return test.some((one) => meets(one, leaves(value)));
  });
}

/** What the matcher sees of a field: its values, none for an object. */
function leaves(value: Json): readonly Json[] {
  if (value === undefined || isObject(value)) return [];
  return Array.isArray(value) ? value.filter((one) => !isObject(one) && !Array.isArray(one)) : [value];
}

function meets(test: Json, values: readonly Json[]): boolean {
  if (!isObject(test)) return values.some((value) => value === test);
  if ("exists" in test) return test.exists === values.length > 0;
  if ("prefix" in test)
    return values.some((value) => typeof value === "string" && value.startsWith(String(test.prefix)));
  if ("suffix" in test) return values.some((value) => typeof value === "string" && value.endsWith(String(test.suffix)));
  if ("anything-but" in test) return values.some((value) => !(test["anything-but"] as readonly Json[]).includes(value));
  if ("numeric" in test) return values.some((value) => typeof value === "number" && inRange(value, test.numeric));
  throw new Error(`no such test: ${JSON.stringify(test)}`);
}

/** Numbers are compared from -5e9 to 5e9. */
function inRange(value: number, bounds: Json): boolean {
  const list = bounds as readonly (string | number)[];
  if (Math.abs(value) > 5e9) return false;
  for (let at = 0; at < list.length; at += 2) {
    const bound = Number(list[at + 1]);
    if (Math.abs(bound) > 5e9) throw new Error(`EventBridge takes no number beyond 5e9: ${bound}`);
    const holds = {
      "=": value === bound,
      ">=": value >= bound,
      "<=": value <= bound,
      ">": value > bound,
      "<": value < bound,
    };
    if (!holds[list[at] as "="]) return false;
  }
  return true;
}
