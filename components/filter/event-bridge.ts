import type { Filter, Scalar } from "../../runtime/filter";
import { resolve } from "./resolve";

export interface EventBridgePattern {
  readonly pattern: Readonly<Record<string, unknown>>;
  /** Whether it lets through just what the filter does, given events whose filtered fields are single values. */
  readonly exact: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Longest pattern in characters, unless AWS has raised an account's quota. */
const longest = 2048;
/** Numbers beyond these bounds are not compared by EventBridge. */
const greatest = 5_000_000_000;

type Pattern = Readonly<Record<string, unknown>>;
/** `undefined`: lets everything through. */
type Compiled = { readonly pattern: Pattern | undefined; readonly why?: string };

/**
 * An EventBridge pattern that lets through every event of `types` that meets the filter. An event on the bus is
 * `{ source, "detail-type": type, detail: { subject, data, … } }`.
 */
export function compile(filter: Filter | undefined, types: readonly string[]): EventBridgePattern {
  const resolved = resolve(filter, types);
  const byType = { "detail-type": resolved.types };
  if (resolved.types.length === 0) return { pattern: { "detail-type": [{ prefix: "no such type" }] }, exact: true };
  if (!resolved.filter)
    return resolved.exact
      ? { pattern: byType, exact: true }
      : coarser(byType, "it asks different things of different types");
  const { pattern, why } = part(resolved.filter);
  const whole = pattern ? merge(byType, pattern) : byType;
  if (JSON.stringify(whole).length > longest)
    return coarser(byType, `the pattern would be longer than ${longest} characters`);
  return why === undefined ? { pattern: whole, exact: true } : coarser(whole, why);
}

const coarser = (pattern: Pattern, why: string): EventBridgePattern => ({ pattern, exact: false, why });

function part(filter: Filter): Compiled {
  if ("all" in filter) return all(filter.all.map(part));
  if ("any" in filter) return any(filter.any.map(part));
  const { test, why } = leaf(filter);
  return { pattern: at(filter.field, test), ...(why === undefined ? {} : { why }) };
}

/** Two conditions on one field, and two choices, have no room beside each other in a pattern: the later one is left out. */
function all(parts: readonly Compiled[]): Compiled {
  let pattern: Pattern = {};
  let why = parts.find((one) => one.why !== undefined)?.why;
  for (const one of parts) {
    if (!one.pattern) continue;
    if (collide(pattern, one.pattern)) why = "a pattern takes one condition for each field, and one choice";
    else pattern = merge(pattern, one.pattern);
  }
  return { pattern, ...(why === undefined ? {} : { why }) };
}

function any(parts: readonly Compiled[]): Compiled {
  const why = parts.find((one) => one.why !== undefined)?.why;
  const patterns: Pattern[] = [];
  for (const { pattern } of parts) if (pattern && Object.keys(pattern).length > 0) patterns.push(pattern);
  const open = patterns.length < parts.length;
  const pattern = open ? undefined : patterns.length === 1 ? patterns[0] : { $or: patterns };
  return { pattern, ...(why === undefined ? {} : { why }) };
}

function leaf(filter: Exclude<Filter, { all: unknown } | { any: unknown }>): { test: unknown[]; why?: string } {
  if ("in" in filter) return equal(filter.in);
  if ("notIn" in filter) return different(filter.notIn);
  if ("prefix" in filter) return { test: [{ prefix: filter.prefix }] };
  if ("suffix" in filter) return { test: [{ suffix: filter.suffix }] };
  // `exists` knows nothing of null, which counts as missing here.
  if ("exists" in filter) return { test: filter.exists ? [{ exists: true }] : [{ exists: false }, null] };
  const { min, max } = filter;
  if (min !== undefined && max !== undefined && comparable(min) && comparable(max))
    return { test: [{ numeric: [">=", min, "<=", max] }] };
  // An open bound would drop what is beyond EventBridge's own bounds.
  const why = `EventBridge compares numbers from -${greatest} to ${greatest} with six decimals: min and max within them are native`;
  return { test: [{ exists: true }], why };
}

function equal(values: readonly Scalar[]): { test: unknown[]; why?: string } {
  if (values.some((value) => typeof value === "number" && !comparable(value)))
    return { test: [{ exists: true }], why: `EventBridge compares no number beyond ${greatest} or six decimals` };
  return { test: values.map((value) => (typeof value === "number" ? { numeric: ["=", value] } : value)) };
}

function different(values: readonly Scalar[]): { test: unknown[]; why?: string } {
  if (values.every((value) => typeof value === "string")) return { test: [{ "anything-but": values }] };
  return { test: [{ exists: true }], why: "EventBridge compares numbers as they are written where they are excluded" };
}

const comparable = (value: number) => Math.abs(value) <= greatest && Number.isInteger(Math.round(value * 1e9) / 1e3);

function at(field: string, test: readonly unknown[]): Pattern {
  const path = ["detail", ...field.split(".")];
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), test) as Pattern;
}

function isPattern(value: unknown): value is Pattern {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function collide(a: Pattern, b: Pattern): boolean {
  return Object.entries(b).some(([key, value]) => {
    if (!Object.hasOwn(a, key)) return false;
    const other = a[key];
    return isPattern(value) && isPattern(other) ? collide(other, value) : true;
  });
}

function merge(a: Pattern, b: Pattern): Pattern {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = merged[key];
    merged[key] = isPattern(value) && isPattern(other) ? merge(other, value) : value;
  }
  return merged;
}
