import type { Filter, Scalar } from "../../runtime/filter";
import { resolve } from "./resolve";

export interface PubsubFilter {
  /** A subscription's `filter`; empty: everything. */
  readonly filter: string;
  /** Whether it lets through just what the filter does, given events whose filtered fields are single values. */
  readonly exact: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Longest filter, in bytes. */
const longest = 256;

interface Compiled {
  /** Undefined: lets everything through. */
  readonly text: string | undefined;
  readonly why?: string;
}

const alike = "as attributes, numbers and texts look alike";

/**
 * A Pub/Sub filter that lets through every event of `types` that meets the filter: over the attributes `ce-type`,
 * `ce-subject` and `data-<path>` of each promoted field.
 */
export function compile(filter: Filter | undefined, types: readonly string[]): PubsubFilter {
  const resolved = resolve(filter, types);
  if (resolved.types.length === 0) return { filter: 'attributes."ce-type" = ""', exact: true };
  const byType = choice(resolved.types.map((type) => `attributes."ce-type" = ${quote(type)}`));
  const { text, why } = resolved.filter
    ? part(resolved.filter)
    : { text: undefined, ...(resolved.exact ? {} : { why: "it asks different things of different types" }) };
  const whole = text === undefined ? byType : both([byType, text]);
  if (fits(whole)) return why === undefined ? { filter: whole, exact: true } : { filter: whole, exact: false, why };
  const tooLong = `Pub/Sub takes filters of ${longest} bytes`;
  if (fits(byType))
    return {
      filter: byType,
      exact: text === undefined && why === undefined,
      ...(text === undefined && why === undefined ? {} : { why: why ?? tooLong }),
    };
  const prefix = `hasPrefix(attributes."ce-type", ${quote(common(resolved.types))})`;
  return { filter: fits(prefix) ? prefix : "", exact: false, why: tooLong };
}

function part(filter: Filter): Compiled {
  if ("all" in filter || "any" in filter) {
    const isAll = "all" in filter;
    const parts = (isAll ? filter.all : filter.any).map(part);
    const why = parts.find((one) => one.why !== undefined)?.why;
    const texts = parts.flatMap(({ text }) => text ?? []);
    const open = texts.length === 0 || (!isAll && texts.length < parts.length);
    const text = open ? undefined : isAll ? both(texts) : choice(texts);
    return { text, ...(why === undefined ? {} : { why }) };
  }
  const key = filter.field === "subject" ? '"ce-subject"' : quote(`data-${filter.field.slice("data.".length)}`);
  const present = `attributes:${key}`;
  if ("exists" in filter) return { text: filter.exists ? present : `NOT ${present}` };
  if ("prefix" in filter) {
    const text = `hasPrefix(attributes.${key}, ${quote(filter.prefix)})`;
    // Only a text begins so, unless a number or a boolean would too.
    return /^[-0-9tfNI]/.test(filter.prefix) ? { text, why: alike } : { text };
  }
  if ("in" in filter) {
    const text = choice(filter.in.map((value) => `attributes.${key} = ${quote(String(value))}`));
    return filter.in.some(ambiguous) ? { text, why: alike } : { text };
  }
  if ("notIn" in filter) {
    // Excluding what also another type of value looks like would drop what is wanted.
    const excluded = filter.notIn.filter((value) => !ambiguous(value));
    const texts = [present, ...excluded.map((value) => `NOT attributes.${key} = ${quote(String(value))}`)];
    return { text: both(texts), ...(excluded.length < filter.notIn.length ? { why: alike } : {}) };
  }
  const why = "Pub/Sub compares attributes for equality and by prefix only";
  return { text: present, why };
}

/** Whether a value of another type is the same text. */
function ambiguous(value: Scalar): boolean {
  return typeof value !== "string" || value === "true" || value === "false" || String(Number(value)) === value;
}

const both = (texts: readonly string[]) => (texts.length === 1 ? (texts[0] ?? "") : texts.map(enclose).join(" AND "));
const choice = (texts: readonly string[]) => (texts.length === 1 ? (texts[0] ?? "") : texts.map(enclose).join(" OR "));
const enclose = (text: string) => (/ (AND|OR) |^NOT /.test(text) ? `(${text})` : text);
const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const fits = (text: string) => Buffer.byteLength(text) <= longest;

/** The longest beginning that all have. */
function common(texts: readonly string[]): string {
  const [first = "", ...rest] = texts;
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
