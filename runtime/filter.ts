/** Which events a subscription wants: one notation, compiled to each cloud's own filter and evaluated here as the reference. */
import { fieldOf } from "./field";

export type Scalar = string | number | boolean;

/**
 * Conditions on `type`, `source`, `subject` and `data.<path>`. A field that is missing, null, an object or a list meets
 * no condition but `exists: false` (missing or null).
 */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly field: string; readonly in: readonly Scalar[] }
  /** There is a value, and it is none of these. */
  | { readonly field: string; readonly notIn: readonly Scalar[] }
  | { readonly field: string; readonly prefix: string }
  | { readonly field: string; readonly suffix: string }
  | { readonly field: string; readonly exists: boolean }
  /** A number within these bounds, both included. */
  | { readonly field: string; readonly min?: number; readonly max?: number };

/** What a filter looks at. */
export interface Filterable {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly data: unknown;
}

export function matches(filter: Filter, event: Filterable): boolean {
  if ("all" in filter) return filter.all.every((part) => matches(part, event));
  if ("any" in filter) return filter.any.some((part) => matches(part, event));
  const value = fieldOf(event, filter.field);
  if ("exists" in filter && !filter.exists) return value === undefined || value === null;
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false;
  if ("exists" in filter) return true;
  if ("in" in filter) return filter.in.includes(value);
  if ("notIn" in filter) return !filter.notIn.includes(value);
  if ("prefix" in filter) return typeof value === "string" && value.startsWith(filter.prefix);
  if ("suffix" in filter) return typeof value === "string" && value.endsWith(filter.suffix);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = filter;
  return typeof value === "number" && value >= min && value <= max;
}
