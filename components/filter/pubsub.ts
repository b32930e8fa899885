import type { Filter, Scalar } from "../../runtime/filter";
import { commonBeginning, resolve } from "./resolve";

export interface PubsubFilter {
  /** A subscription's `filter`; empty: everything. */
  readonly filter: string;
  /** Whether it lets through just what the filter does, whatever the event. */
  readonly exact: boolean;
  /** Why it does not. */
  readonly why?: string;
}

/** Longest filter, in bytes. */
const longest = 256;

interface Compiled {
  readonly text: string;
  readonly why?: string;
}

const tooLong = `Pub/Sub takes filters of ${longest} bytes`;
const alike = "as attributes, numbers and texts look alike";

/**
 * A Pub/Sub filter that lets through every event of `types` that meets the filter: over the attributes `ce-type`,
 * `ce-subject` and `data-<path>` of each promoted field.
 */
export function compile(filter: Filter | undefined, types: readonly string[]): PubsubFilter {
  const resolved = resolve(filter, types);
  if (resolved.types.length === 0) return { filter: 'attributes.ce-type=""', exact: true };
  const reasons: string[] = resolved.exact ? [] : ["it asks different things of different types"];
  const kept: string[] = [];
  const take = (text: string): boolean => {
    const room = Buffer.byteLength(both([...kept, text])) <= longest;
    if (room) kept.push(text);
    return room;
  };
  if (!take(choice(resolved.types.map((type) => `attributes.ce-type=${quote(type)}`)))) {
    reasons.push(tooLong);
    const prefix = commonBeginning(resolved.types);
    if (prefix !== "") take(`hasPrefix(attributes.ce-type,${quote(prefix)})`);
  }
  for (const { text, why } of conjuncts(resolved.filter).map(part)) {
    if (why !== undefined) reasons.push(why);
    if (!take(text)) reasons.push(tooLong);
  }
  const [why] = reasons;
  return { filter: both(kept), exact: why === undefined, ...(why === undefined ? {} : { why }) };
}

/** Conditions that must all hold, so that each can be left out where there is no room for it. */
function conjuncts(filter: Filter | undefined): readonly Filter[] {
  if (filter === undefined) return [];
  return "all" in filter ? filter.all.flatMap(conjuncts) : [filter];
}

function part(filter: Filter): Compiled {
  if ("all" in filter || "any" in filter) {
    const isAll = "all" in filter;
    const parts = (isAll ? filter.all : filter.any).map(part);
    const why = parts.find((one) => one.why !== undefined)?.why;
    const texts = parts.map(({ text }) => text);
    return { text: isAll ? both(texts) : choice(texts), ...(why === undefined ? {} : { why }) };
  }
  const isSubject = filter.field === "subject";
  const key = isSubject ? "ce-subject" : keyOf(`data-${filter.field.slice("data.".length)}`);
  // A subject is always a text; a promoted field of the data may have been a number or a boolean.
  const ambiguous = (value: Scalar) => typeof value !== "string" || (!isSubject && looksTyped(value));
  const present = `attributes:${key}`;
  if ("exists" in filter && filter.exists) return { text: present };
  if ("exists" in filter) {
    const text = `NOT ${present}`;
    return isSubject ? { text } : { text, why: "objects and lists do not travel as attributes" };
  }
  if ("prefix" in filter) {
    const text = `hasPrefix(attributes.${key},${quote(filter.prefix)})`;
    // Only a text begins so, unless a number or a boolean would too.
    return !isSubject && /^[-0-9tfNI]/.test(filter.prefix) ? { text, why: alike } : { text };
  }
  if ("in" in filter) {
    const text = choice(filter.in.map((value) => `attributes.${key}=${quote(String(value))}`));
    return filter.in.some(ambiguous) ? { text, why: alike } : { text };
  }
  if ("notIn" in filter) {
    // Excluding what also another type of value looks like would drop what is wanted.
    const excluded = filter.notIn.filter((value) => !ambiguous(value));
    const texts = [present, ...excluded.map((value) => `attributes.${key}!=${quote(String(value))}`)];
    return { text: both(texts), ...(excluded.length < filter.notIn.length ? { why: alike } : {}) };
  }
  const why = "Pub/Sub compares attributes for equality and by prefix only";
  return { text: present, why };
}

/** Whether a number or a boolean is written like this. */
function looksTyped(text: string): boolean {
  return text === "true" || text === "false" || String(Number(text)) === text;
}

// Without parentheses AND and OR must not meet. Those around a literal that holds one of the words do no harm.
const both = (texts: readonly string[]) => join(texts, " AND ", / OR |^NOT /);
const choice = (texts: readonly string[]) => join(texts, " OR ", / AND |^NOT /);
const join = (texts: readonly string[], word: string, apart: RegExp) =>
  texts.length === 1 ? texts.join() : texts.map((text) => (apart.test(text) ? `(${text})` : text)).join(word);
/** Keys need quotes for other characters than these, such as the dot of a path. */
const keyOf = (name: string) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quote(name));

/** A string literal: quotes and backslashes escaped, and what cannot be printed by its number. */
function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&");
  return `"${escaped.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}
