import type { Filter, Scalar } from "../../runtime/filter";
import { resolve } from "./resolve";

/** One condition as Event Grid's API takes it; all of them must hold. */
export interface AdvancedFilter {
  readonly operatorType: string;
  readonly key: string;
  readonly values?: readonly (string | number)[];
  readonly value?: number | boolean;
}

export interface EventGridFilter {
  readonly includedEventTypes: readonly string[];
  readonly advancedFilters: readonly AdvancedFilter[];
  /** Whether it lets through just what the filter does, whatever the event. */
  readonly exact: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Values that all conditions of a subscription may have together. */
const mostValues = 25;
/** Longest text that a condition compares with. */
const longestValue = 512;
/** Event Grid keeps numbers as decimals of .NET, which end here. */
const greatest = 7.9e28;

/** `undefined`: lets everything through. */
interface Compiled {
  readonly filters: readonly AdvancedFilter[];
  readonly why?: string;
}

/** An Event Grid filter that lets through every event of `types` that meets the filter. */
export function compile(filter: Filter | undefined, types: readonly string[]): EventGridFilter {
  const resolved = resolve(filter, types);
  // A list without types would be one that includes all of them.
  const includedEventTypes = resolved.types.length > 0 ? resolved.types : ["no such type"];
  if (!resolved.filter) {
    const why = resolved.exact ? {} : { why: "it asks different things of different types" };
    return { includedEventTypes, advancedFilters: [], exact: resolved.exact, ...why };
  }
  const { filters, why } = part(resolved.filter);
  const kept: AdvancedFilter[] = [];
  let values = 0;
  for (const one of filters) {
    const more = Math.max(1, one.values?.length ?? 1);
    if (values + more > mostValues) break;
    values += more;
    kept.push(one);
  }
  const reason = kept.length < filters.length ? `Event Grid takes ${mostValues} values` : why;
  return { includedEventTypes, advancedFilters: kept, exact: reason === undefined, ...(reason ? { why: reason } : {}) };
}

function part(filter: Filter): Compiled {
  if ("all" in filter) {
    const parts = filter.all.map(part);
    const why = parts.find((one) => one.why !== undefined)?.why;
    return { filters: parts.flatMap(({ filters }) => filters), ...(why === undefined ? {} : { why }) };
  }
  if ("any" in filter) return any(filter.any.map(part));
  return leaf(filter);
}

/** All conditions of a subscription must hold; the values of one of them are a choice, and the only one there is. */
function any(parts: readonly Compiled[]): Compiled {
  const filters = parts.map(({ filters: [only, ...more] }) => (more.length === 0 ? only : undefined));
  const [first] = filters;
  const choice =
    first?.values !== undefined &&
    filters.every((one) => one?.key === first.key && one.operatorType === first.operatorType && one.values);
  if (!choice) return { filters: [], why: "Event Grid has no choice between conditions on different fields" };
  const values = filters.flatMap((one) => one?.values ?? []);
  const why = parts.find((one) => one.why !== undefined)?.why;
  return { filters: [{ ...first, values }], ...(why === undefined ? {} : { why }) };
}

function leaf(filter: Exclude<Filter, { all: unknown } | { any: unknown }>): Compiled {
  const key = filter.field;
  const present = { operatorType: "IsNotNull", key };
  const coarse = (why: string): Compiled => ({ filters: [present], why });
  if ("exists" in filter) return presence(key, filter.exists, present);
  if ("prefix" in filter) return texts("StringBeginsWith", key, [filter.prefix], coarse);
  if ("suffix" in filter) return texts("StringEndsWith", key, [filter.suffix], coarse);
  if ("in" in filter) return equal(key, filter.in, coarse);
  // Exclusions hold for missing fields too, and without regard to case: they would drop what is wanted.
  if ("notIn" in filter) return coarse("Event Grid excludes texts without regard to case");
  const { min, max } = filter;
  if (![min ?? 0, max ?? 0].every(comparable)) return coarse(tooGreat);
  const least = min === undefined ? [] : [{ operatorType: "NumberGreaterThanOrEquals", key, value: min }];
  const most = max === undefined ? [] : [{ operatorType: "NumberLessThanOrEquals", key, value: max }];
  return { filters: [...least, ...most] };
}

const comparable = (value: number) => Math.abs(value) <= greatest;
const tooGreat = `Event Grid compares no number beyond ${greatest}`;

/**
 * Objects and lists are not null, and count as present. Whether a key of another case is the same key is not documented:
 * where it is, asking for absence would drop events that have the other.
 */
function presence(key: string, exists: boolean, present: AdvancedFilter): Compiled {
  if (key === "subject") return { filters: [exists ? present : { operatorType: "IsNullOrUndefined", key }] };
  if (!exists) return { filters: [], why: "Event Grid may take a field whose name differs in case for this one" };
  return { filters: [present], why: "Event Grid counts objects and lists as present" };
}

function equal(key: string, values: readonly Scalar[], coarse: (why: string) => Compiled): Compiled {
  const [first] = values;
  if (values.every((value) => typeof value === "number"))
    return values.every(comparable) ? { filters: [{ operatorType: "NumberIn", key, values }] } : coarse(tooGreat);
  if (values.every((value) => typeof value === "string")) return texts("StringIn", key, values, coarse);
  if (values.length === 1 && typeof first === "boolean")
    return { filters: [{ operatorType: "BoolEquals", key, value: first }] };
  return coarse("Event Grid compares with values of one type, and with one boolean");
}

/**
 * Event Grid compares texts without regard to case: more gets through, unless there is no case to disregard. Its
 * documentation shows a number that begins like a text, so that in the data a number may pass for its text.
 */
function texts(
  operatorType: string,
  key: string,
  values: readonly string[],
  coarse: (why: string) => Compiled,
): Compiled {
  if (values.some((value) => value.length > longestValue || value === ""))
    return coarse(`Event Grid compares with texts of 1 to ${longestValue} characters`);
  const filters = [{ operatorType, key, values }];
  if (!values.every((value) => /^[ -@[-`{-~]*$/.test(value)))
    return { filters, why: "Event Grid compares texts without regard to case" };
  return key === "subject" ? { filters } : { filters, why: "Event Grid may take a number for its text" };
}
