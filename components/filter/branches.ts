/**
 * A filter in the form that every compiler starts from: alternatives, each a conjunction with at most one condition of a
 * kind a field. Conditions on `type` are decided here, because a subscription names its types; contradictions are left out.
 */
import { type Filter, type Filterable, matches, type Scalar } from "../../runtime/filter";

export const attributes = ["source", "subject"] as const;

/** All that is asked of one field; what is absent is not asked. Where anything but `missing` is asked, a scalar is. */
export interface Test {
  readonly in?: readonly Scalar[];
  readonly notIn?: readonly Scalar[];
  readonly prefix?: string;
  readonly suffix?: string;
  readonly range?: { readonly min?: number; readonly max?: number };
  /** True: there is something, be it an object or a list. False: missing or null. */
  readonly exists?: boolean;
}

/** Events of these types that pass every test. */
export interface Branch {
  readonly types: readonly string[];
  readonly tests: ReadonlyMap<string, Test>;
}

type Condition = Exclude<Filter, { all: unknown } | { any: unknown }>;

/** More alternatives than this are no filter that anybody reads, nor one that a service takes. */
const mostBranches = 32;

/** The alternatives of a filter among events of these types: an event matches where one of them does. Undefined: too many. */
export function branchesOf(filter: Filter | undefined, types: readonly string[]): Branch[] | undefined {
  const found = new Map<string, { types: string[]; tests: ReadonlyMap<string, Test> }>();
  for (const type of [...new Set(types)].sort()) {
    const alternatives = filter === undefined ? [new Map<string, Test>()] : alternativesOf(filter, type);
    if (alternatives === undefined) return undefined;
    for (const tests of united(alternatives)) {
      const key = keyOf(tests);
      const same = found.get(key);
      if (same) same.types.push(type);
      else found.set(key, { types: [type], tests });
    }
  }
  return found.size > mostBranches ? undefined : [...found.values()];
}

type Tests = ReadonlyMap<string, Test>;

function alternativesOf(filter: Filter, type: string): Tests[] | undefined {
  if ("any" in filter) {
    const all: Tests[] = [];
    for (const part of filter.any) {
      const found = alternativesOf(part, type);
      if (found === undefined) return undefined;
      all.push(...found);
    }
    return all.length > mostBranches ? undefined : all;
  }
  if ("all" in filter) {
    let all: Tests[] = [new Map()];
    for (const part of filter.all) {
      const found = alternativesOf(part, type);
      if (found === undefined) return undefined;
      all = all.flatMap((left) => found.flatMap((right) => both(left, right) ?? []));
      if (all.length > mostBranches) return undefined;
    }
    return all;
  }
  if (filter.field === "type") return accepts(filter, type) ? [new Map()] : [];
  const test = simplest(filter.field, testOf(filter));
  if (test === undefined) return [];
  return [new Map(isEmpty(test) ? [] : [[filter.field, test]])];
}

function testOf(condition: Condition): Test {
  if ("in" in condition) return { in: condition.in };
  if ("notIn" in condition) return { notIn: condition.notIn };
  if ("prefix" in condition) return { prefix: condition.prefix };
  if ("suffix" in condition) return { suffix: condition.suffix };
  if ("exists" in condition) return { exists: condition.exists };
  const { min, max } = condition;
  return { range: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) } };
}

/** Both conjunctions at once; undefined where nothing can meet both. */
function both(left: Tests, right: Tests): Tests | undefined {
  const joined = new Map(left);
  for (const [field, test] of right) {
    const other = joined.get(field);
    const merged = other === undefined ? test : intersection(field, other, test);
    if (merged === undefined) return undefined;
    if (isEmpty(merged)) joined.delete(field);
    else joined.set(field, merged);
  }
  return joined;
}

function intersection(field: string, left: Test, right: Test): Test | undefined {
  if ((left.exists ?? true) !== (right.exists ?? true)) return undefined;
  const prefix = longer(left.prefix, right.prefix, (long, short) => long.startsWith(short));
  const suffix = longer(left.suffix, right.suffix, (long, short) => long.endsWith(short));
  if (prefix === undefined || suffix === undefined) return undefined;
  const lists = [left.in, right.in].filter((list) => list !== undefined);
  const [first, second] = lists;
  const bounds = [left.range, right.range].filter((range) => range !== undefined);
  const mins = bounds.flatMap(({ min }) => min ?? []);
  const maxs = bounds.flatMap(({ max }) => max ?? []);
  return simplest(field, {
    ...(first && { in: second ? first.filter((value) => second.includes(value)) : first }),
    ...((left.notIn || right.notIn) && { notIn: [...new Set([...(left.notIn ?? []), ...(right.notIn ?? [])])] }),
    ...(prefix !== "" && { prefix }),
    ...(suffix !== "" && { suffix }),
    ...(bounds.length > 0 && {
      range: { ...(mins.length > 0 && { min: Math.max(...mins) }), ...(maxs.length > 0 && { max: Math.min(...maxs) }) },
    }),
    ...(left.exists !== undefined && right.exists !== undefined && { exists: left.exists }),
  });
}

/** The longer of two affixes; empty where neither is asked for, undefined where they exclude each other. */
function longer(left = "", right = "", covers: (long: string, short: string) => boolean): string | undefined {
  const [long, short] = left.length >= right.length ? [left, right] : [right, left];
  return covers(long, short) ? long : undefined;
}

/** The same test without what its other parts decide already; undefined where no value can pass. */
function simplest(field: string, test: Test): Test | undefined {
  const text = attributes.some((name) => name === field);
  if (test.exists !== undefined && text) return test.exists ? {} : undefined;
  if (test.exists !== undefined) return test;
  if (test.in) {
    const possible = [...new Set(test.in)].filter(
      (value) => passes({ ...test, in: [value] }, value) && (!text || typeof value === "string"),
    );
    return possible.length > 0 ? { in: possible } : undefined;
  }
  const { notIn, ...rest } = test;
  const affix = rest.prefix !== undefined || rest.suffix !== undefined;
  if (rest.range && (affix || text || Number(rest.range.min) > Number(rest.range.max))) return undefined;
  if (notIn === undefined) return rest;
  const relevant = notIn.filter((value) => passes(rest, value) && (!text || typeof value === "string"));
  return relevant.length > 0 || !(affix || text || rest.range) ? { ...rest, notIn: relevant } : rest;
}

/** Whether this scalar passes: asked of the reference itself, a condition at a time. */
export function passes(test: Test, value: Scalar): boolean {
  const conditions: Condition[] = [];
  const field = "data.value";
  if (test.in) conditions.push({ field, in: test.in });
  if (test.notIn) conditions.push({ field, notIn: test.notIn });
  if (test.prefix !== undefined) conditions.push({ field, prefix: test.prefix });
  if (test.suffix !== undefined) conditions.push({ field, suffix: test.suffix });
  if (test.range) conditions.push({ field, ...test.range });
  if (test.exists !== undefined) conditions.push({ field, exists: test.exists });
  return matches({ all: conditions }, { type: "", source: "", subject: "", data: { value } });
}

function accepts(condition: Condition, type: string): boolean {
  const event: Filterable = { type, source: "", subject: "", data: undefined };
  return matches(condition, event);
}

function isEmpty(test: Test): boolean {
  return Object.keys(test).length === 0;
}

/** Alternatives without repetition; an unconditional one covers all others, and lists of the same field become one. */
function united(alternatives: readonly Tests[]): readonly Tests[] {
  if (alternatives.some(({ size }) => size === 0)) return [new Map()];
  const found = new Map<string, Tests>();
  for (const tests of alternatives) {
    const [only, more] = [...tests];
    const list = only && more === undefined ? only[1].in : undefined;
    const key = only && list ? `in ${only[0]}` : keyOf(tests);
    const earlier = only && list ? (found.get(key)?.get(only[0])?.in ?? []) : [];
    found.set(key, only && list ? new Map([[only[0], { in: [...new Set([...earlier, ...list])] }]]) : tests);
  }
  return [...found.values()];
}

function keyOf(tests: Tests): string {
  return JSON.stringify([...tests].sort(([left], [right]) => (left < right ? -1 : 1)));
}
