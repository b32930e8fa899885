/**
 * What to write in the program: arguments of the resource itself, a whole statement where something stands beside it, in which
 * `$` is the resource, or a comment where nothing is left to write. Where a control finds different faults on one type, a list
 * of what the verdict's message says and the code for it, of which the first that matches holds.
 */
export type Fix = string | readonly (readonly [about: RegExp, code: string])[];

/** By control and resource type. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, Fix>>>>;

/** Every message: for the last code of a list. */
export const otherwise = /^/;

/** One fix for several types. */
export const each = <One extends Fix>(types: readonly string[], fix: One): Readonly<Record<string, One>> =>
  Object.fromEntries(types.map((type) => [type, fix]));

/** All code of a fix. */
export const codesOf = (fix: Fix): readonly string[] => (typeof fix === "string" ? [fix] : fix.map(([, code]) => code));

/** The code of a fix for a message; undefined where none is meant for it. */
export const codeFor = (fix: Fix | undefined, message: string): string | undefined =>
  typeof fix === "string" ? fix : fix?.find(([about]) => about.test(message))?.[1];
