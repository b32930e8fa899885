/**
 * EventBridge's event patterns, as "Comparison operators for use in event patterns" and the README of its matcher
 * (https://github.com/aws/event-ruler) describe them: an event is a list of paths with values, a path's tests are a
 * choice, all paths of one rule must match, and `$or` makes several rules of one pattern. Throws where AWS would refuse.
 */
type Json = unknown;
type Scalar = string | number | boolean | null;
interface Field {
  readonly path: string;
  readonly value: Scalar;
  /** Which element of which list it is in. */
  readonly elements: ReadonlyMap<Json, number>;
}
type Rule = ReadonlyMap<string, readonly Json[]>;

const reserved = ["exactly", "prefix", "suffix", "equals-ignore-case", "numeric", "cidr", "exists", "anything-but"];
const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function matchesPattern(pattern: Json, event: Json): boolean {
  const size = JSON.stringify(pattern).length;
  if (size > 2048) throw new Error(`a pattern of ${size} characters`);
  const rules = rulesOf(pattern, "", [new Map()], false);
  const combinations = rules.reduce(
    (sum, rule) => sum + [...rule.values()].reduce((of, { length }) => of * length, 1),
    0,
  );
  if (rules.length > 1 && combinations > 1000) throw new Error(`${combinations} combinations`);
  const fields = [...fieldsOf(event, "", new Map())];
  return rules.some((rule) => ruleMatches([...rule], fields, new Map()));
}

/** Dots join names, so that a name with a dot is a path too; `$or` forks, and what it says of a path replaces what was said. */
function rulesOf(pattern: Json, at: string, rules: readonly Rule[], forked: boolean): readonly Rule[] {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw new Error(`no object with names at ${at}`);
  let made = rules;
  for (const [name, test] of Object.entries(pattern)) {
    const path = at === "" ? name : `${at}.${name}`;
    if (name === "$or") {
      if (!Array.isArray(test) || test.length < 2) throw new Error("$or needs two alternatives");
      made = test.flatMap((one) => rulesOf(one, at, made, true));
    } else if (forked && reserved.includes(name)) throw new Error(`${name} is reserved inside $or`);
    else if (isObject(test)) made = rulesOf(test, path, made, forked);
    else if (!Array.isArray(test) || test.length === 0) throw new Error(`no list of tests at ${path}`);
    else made = made.map((rule) => new Map([...rule, [path, test as readonly Json[]]]));
  }
  return made;
}

/** Lists are crushed: each element is a value of the list's own path. */
function* fieldsOf(value: Json, path: string, elements: ReadonlyMap<Json, number>): Iterable<Field> {
  if (isObject(value))
    for (const [name, inner] of Object.entries(value))
      yield* fieldsOf(inner, path === "" ? name : `${path}.${name}`, elements);
  else if (Array.isArray(value))
    for (const [index, inner] of value.entries())
      yield* fieldsOf(
        inner,
        path,
        typeof inner === "object" && inner !== null ? new Map([...elements, [value, index]]) : elements,
      );
  else if (value !== undefined) yield { path, value: value as Scalar, elements };
}

/** One field for each path, no two of them in different elements of the same list. */
function ruleMatches(
  [first, ...rest]: readonly (readonly [string, readonly Json[]])[],
  fields: readonly Field[],
  elements: ReadonlyMap<Json, number>,
): boolean {
  if (first === undefined) return true;
  const [path, tests] = first;
  const there = fields.filter((field) => field.path === path);
  if (there.length === 0 && tests.some((test) => isObject(test) && test.exists === false))
    return ruleMatches(rest, fields, elements);
  return there.some(
    ({ value, elements: own }) =>
      [...own].every(([list, index]) => (elements.get(list) ?? index) === index) &&
      tests.some((test) => meets(test, value)) &&
      ruleMatches(rest, fields, new Map([...elements, ...own])),
  );
}

function meets(test: Json, value: Scalar): boolean {
  if (!isObject(test)) return typeof test === "number" ? equalNumbers(test, value) : test === value;
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(test);
  if (more.length > 0) throw new Error("one operator a test");
  switch (operator) {
    case "exists":
      return operand === true;
    case "prefix":
      return typeof value === "string" && value.startsWith(textOf(operand));
    case "suffix":
      return typeof value === "string" && value.endsWith(textOf(operand));
    case "anything-but":
      return anythingBut(Array.isArray(operand) ? operand : [operand], value);
    case "numeric":
      return numeric(operand, value);
    default:
      throw new Error(`no such test: ${JSON.stringify(test)}`);
  }
}

function anythingBut(excluded: readonly Json[], value: Scalar): boolean {
  if (excluded.length === 0) throw new Error("nothing is excluded");
  if (excluded.every((one) => typeof one === "string")) return !excluded.some((one) => one === value);
  if (excluded.every((one) => typeof one === "number")) return !excluded.some((one) => equalNumbers(one, value));
  throw new Error("texts and numbers are not excluded together, others not at all");
}

/** "Limited to values between -5.0e9 and +5.0e9 inclusive, with six digits to the right of the decimal point." */
const comparable = (value: number) => (Math.abs(value) <= 5e9 ? Math.trunc((value + 5e9) * 1e6) : undefined);

/** Numbers beyond those bounds are equal where they are written alike. */
function equalNumbers(wanted: number, value: Scalar): boolean {
  if (typeof value !== "number") return false;
  const [left, right] = [comparable(wanted), comparable(value)];
  return left !== undefined && right !== undefined ? left === right : String(wanted) === String(value);
}

function numeric(bounds: Json, value: Scalar): boolean {
  if (!Array.isArray(bounds) || bounds.length === 0 || bounds.length % 2 > 0) throw new Error("no bounds");
  const found = typeof value === "number" ? comparable(value) : undefined;
  let holds = found !== undefined;
  for (let at = 0; at < bounds.length; at += 2) {
    const bound = comparable(Number(bounds[at + 1]));
    if (bound === undefined) throw new Error(`EventBridge takes no number beyond 5e9: ${bounds[at + 1]}`);
    const distance = (found ?? Number.NaN) - bound;
    const compared: Readonly<Record<string, boolean>> = {
      "=": distance === 0,
      ">=": distance >= 0,
      "<=": distance <= 0,
    };
    holds = holds && compared[String(bounds[at])] === true;
  }
  return holds;
}

function textOf(operand: Json): string {
  if (typeof operand !== "string" || operand === "") throw new Error("no text to compare with");
  return operand;
}
