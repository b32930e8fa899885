import { sourceOf } from "../../runtime/event";
import type { Filter } from "../../runtime/filter";
import { matches } from "../../runtime/filter";

/** A filter's rest once the event's type, and so its source, is known: true, false, or what subject and data decide. */
type Rest = Filter | boolean;

export interface Resolved {
  /** Types that can meet the filter at all. */
  readonly types: readonly string[];
  /** Without conditions on type and source; undefined where every event of these types is wanted, or where types differ. */
  readonly filter: Filter | undefined;
  /** Whether types and filter together say the same as the whole. */
  readonly exact: boolean;
}

/** Takes type and source out of a filter, which clouds treat apart from the data. */
export function resolve(filter: Filter | undefined, types: readonly string[]): Resolved {
  if (!filter) return { types, filter: undefined, exact: true };
  const rests = types.map((type) => ({ type, rest: rest(filter, type) })).filter((one) => one.rest !== false);
  const [first] = rests;
  const wanted = rests.map(({ type }) => type);
  const same = rests.every((one) => JSON.stringify(one.rest) === JSON.stringify(first?.rest));
  if (!first || !same) return { types: wanted, filter: undefined, exact: !first };
  return { types: wanted, filter: typeof first.rest === "boolean" ? undefined : first.rest, exact: true };
}

function rest(filter: Filter, type: string): Rest {
  if ("all" in filter || "any" in filter) {
    const isAll = "all" in filter;
    const parts = (isAll ? filter.all : filter.any).map((part) => rest(part, type));
    if (parts.includes(!isAll)) return !isAll;
    const open = parts.filter((part): part is Filter => typeof part !== "boolean");
    const [only] = open;
    if (!only) return isAll;
    if (open.length === 1) return only;
    return isAll ? { all: open } : { any: open };
  }
  if (filter.field !== "type" && filter.field !== "source") return filter;
  return matches(filter, { type, source: sourceOf(type), subject: "", data: undefined });
}

/** How all of these texts begin. */
export function commonBeginning([first = "", ...rest]: readonly string[]): string {
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
