import type { Filter, Scalar } from "../../runtime/filter";
import { commonBeginning, resolve } from "./resolve";

export interface EventBridgePattern {
  readonly pattern: Readonly<Record<string, unknown>>;
  /** Whether it lets through just what the filter does, whatever the event. */
  readonly exact: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Longest pattern in characters, unless AWS has raised an account's quota. */
const longest = 2048;
/** Most combinations that alternatives and lists of values may make together. */
const mostCombinations = 1000;
/** Numbers beyond these bounds are not compared by EventBridge. */
const greatest = 5_000_000_000;
/** Names of operators, which EventBridge refuses as names of fields inside `$or`. */
const operators = "exactly prefix suffix equals-ignore-case numeric cidr exists anything-but wildcard".split(" ");
const intoLists = "EventBridge looks into lists and objects that are where a value is expected";

type Pattern = Readonly<Record<string, unknown>>;
/** `undefined`: lets everything through. */
type Compiled = { readonly pattern: Pattern | undefined; readonly why?: string };

/**
 * An EventBridge pattern that lets through every event of `types` that meets the filter. An event on the bus is
 * `{ source, "detail-type": type, detail: { subject, data, … } }`.
 */
export function compile(filter: Filter | undefined, types: readonly string[]): EventBridgePattern {
  const resolved = resolve(filter, types);
  const byType = typesPattern(resolved.types);
  if (resolved.types.length === 0) return { pattern: { "detail-type": [{ prefix: "no such type" }] }, exact: true };
  if (!resolved.filter)
    return resolved.exact
      ? byType
      : coarser(byType.pattern, byType.why ?? "it asks different things of different types");
  const { pattern, why = byType.why } = part(resolved.filter);
  const whole = pattern ? merge(byType.pattern, pattern) : byType.pattern;
  if (size(whole) > longest) return coarser(byType.pattern, `the pattern would be longer than ${longest} characters`);
  if (Object.hasOwn(whole, "$or") && combinations(whole) > mostCombinations)
    return coarser(byType.pattern, `the pattern would have more than ${mostCombinations} combinations`);
  return why === undefined ? { pattern: whole, exact: true } : coarser(whole, why);
}

/** The types themselves, or how they all begin where there are too many. */
function typesPattern(types: readonly string[]): EventBridgePattern {
  const listed = { "detail-type": types };
  if (size(listed) <= longest) return { pattern: listed, exact: true };
  const prefix = commonBeginning(types);
  const test = prefix === "" ? { exists: true } : { prefix };
  return coarser({ "detail-type": [test] }, `the types alone are longer than ${longest} characters`);
}

const size = (pattern: Pattern) => JSON.stringify(pattern).length;

const coarser = (pattern: Pattern, why: string): EventBridgePattern => ({ pattern, exact: false, why });

function part(filter: Filter): Compiled {
  if ("all" in filter) return all(filter.all.map(part));
  if ("any" in filter) return any(filter.any.map(part));
  const { test, why = filter.field === "subject" ? undefined : intoLists } = leaf(filter);
  return { pattern: test && at(filter.field, test), ...(why === undefined ? {} : { why }) };
}

/** Two conditions on one field, and two choices, have no room beside each other in a pattern: the later one is left out. */
function all(parts: readonly Compiled[]): Compiled {
  let pattern: Pattern = {};
  let why = parts.find((one) => one.why !== undefined)?.why;
  for (const one of parts) {
    if (!one.pattern) continue;
    if (collide(pattern, one.pattern)) why = "a pattern takes one condition for each field, and one choice of fields";
    else pattern = merge(pattern, one.pattern);
  }
  return { pattern, ...(why === undefined ? {} : { why }) };
}

function any(parts: readonly Compiled[]): Compiled {
  const why = parts.find((one) => one.why !== undefined)?.why;
  const patterns: Pattern[] = [];
  for (const { pattern } of parts) if (pattern && Object.keys(pattern).length > 0) patterns.push(pattern);
  if (patterns.length < parts.length) return { pattern: undefined, ...(why === undefined ? {} : { why }) };
  const [only] = patterns;
  if (patterns.length === 1) return { pattern: only, ...(why === undefined ? {} : { why }) };
  const named = patterns.flatMap(pathsOf).find((path) => path.split(".").some((name) => operators.includes(name)));
  if (named !== undefined)
    return {
      pattern: undefined,
      why: `EventBridge takes ${named.replace(/^detail\./, "")} for an operator inside $or`,
    };
  return { pattern: { $or: patterns }, ...(why === undefined ? {} : { why }) };
}

/** Without a test: everything is let through. */
interface Leaf {
  readonly test: readonly unknown[] | undefined;
  readonly why?: string;
}

function leaf(filter: Exclude<Filter, { all: unknown } | { any: unknown }>): Leaf {
  if ("in" in filter) return equal(filter.in);
  if ("notIn" in filter) return different(filter.notIn);
  if ("prefix" in filter) return { test: [{ prefix: filter.prefix }] };
  if ("suffix" in filter) return { test: [{ suffix: filter.suffix }] };
  if ("exists" in filter) return filter.exists ? { test: [{ exists: true }] } : absent(filter.field);
  const { min, max } = filter;
  if (min !== undefined && max !== undefined && comparable(min) && comparable(max))
    return { test: [{ numeric: [">=", min, "<=", max] }] };
  // An open bound would drop what is beyond EventBridge's own bounds.
  const why = `EventBridge compares numbers from -${greatest} to ${greatest}: give min and max within them`;
  return { test: [{ exists: true }], why };
}

/**
 * `exists` knows nothing of null, which counts as missing here. Below the first level it finds what is not there: the
 * fields of a list's objects, and a name with a dot in it.
 */
function absent(field: string): Leaf {
  if (field.split(".").length > 2) return { test: undefined, why: intoLists };
  return { test: [{ exists: false }, null] };
}

function equal(values: readonly Scalar[]): Leaf {
  if (values.some((value) => typeof value === "number" && !comparable(value)))
    return { test: [{ exists: true }], why: `EventBridge compares no number beyond ${greatest}` };
  return { test: values.map((value) => (typeof value === "number" ? { numeric: ["=", value] } : value)) };
}

/** Six decimals count: what differs from an excluded number by less would be dropped too. Booleans cannot be excluded. */
function different(values: readonly Scalar[]): Leaf {
  if (values.every((value) => typeof value === "string")) return { test: [{ "anything-but": values }] };
  return { test: [{ exists: true }], why: "EventBridge excludes texts exactly, numbers by six decimals only" };
}

const comparable = (value: number) => Math.abs(value) <= greatest;

function at(field: string, test: readonly unknown[]): Pattern {
  const path = ["detail", ...field.split(".")];
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), test) as Pattern;
}

function isPattern(value: unknown): value is Pattern {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether both ask of the same field, one of a field and the other of what is in it, or both have alternatives. */
function collide(a: Pattern, b: Pattern): boolean {
  if (Object.hasOwn(a, "$or") && Object.hasOwn(b, "$or")) return true;
  const paths = pathsOf(a);
  return pathsOf(b).some((path) =>
    paths.some((other) => `${path}.`.startsWith(`${other}.`) || other.startsWith(`${path}.`)),
  );
}

/** The fields that a pattern asks of, inside `$or` too: there a test would replace the one outside. */
function pathsOf(pattern: Pattern): readonly string[] {
  return Object.entries(pattern).flatMap(([name, value]) => {
    if (name === "$or") return (value as readonly Pattern[]).flatMap(pathsOf);
    return isPattern(value) ? pathsOf(value).map((path) => `${name}.${path}`) : [name];
  });
}

/** Where there are alternatives, EventBridge multiplies the values of all lists beside them. */
function combinations(pattern: Pattern): number {
  return Object.entries(pattern).reduce((product, [name, value]) => {
    if (name === "$or") return product * (value as readonly Pattern[]).reduce((sum, one) => sum + combinations(one), 0);
    return product * (isPattern(value) ? combinations(value) : (value as readonly unknown[]).length);
  }, 1);
}

function merge(a: Pattern, b: Pattern): Pattern {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = merged[key];
    merged[key] = isPattern(value) && isPattern(other) ? merge(other, value) : value;
  }
  return merged;
}
