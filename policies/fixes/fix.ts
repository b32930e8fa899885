/**
 * What to write in the program: arguments of the resource itself, a whole statement where something stands beside it, or a
 * comment where nothing is left to write. `$` is the resource, and `"$-tls"` a name made of its name. What stands between ‹ and ›
 * is written for each setting that the message names: `NAME` is the setting, `SECRET` the secret in its place, `LABEL` its name
 * where a name has no capitals. Where a control finds different faults on one type, a list of what the reason says and the
 * code for it, of which the first that matches holds.
 */
export type Fix = string | readonly (readonly [about: RegExp, code: string])[];

/** By control and resource type. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, Fix>>>>;

/** Every message: for the last code of a list. */
export const otherwise = /^/;

/** One fix for several types. */
export const each = <One extends Fix>(types: readonly string[], fix: One): Readonly<Record<string, One>> =>
  Object.fromEntries(types.map((type) => [type, fix]));

/** Where a message names no setting, or none that can be repeated. */
const example = ["DB_PASSWORD"];

/** All code of a fix. */
export const codesOf = (fix: Fix): readonly string[] =>
  (typeof fix === "string" ? [fix] : fix.map(([, code]) => code)).map((code) => named(code, example));

/** The code of a fix for one reason; undefined where none is meant for it. */
export function codeFor(fix: Fix | undefined, reason: string): string | undefined {
  const code = typeof fix === "string" ? fix : fix?.find(([about]) => about.test(reason))?.[1];
  return code === undefined ? undefined : named(code, namesIn(reason));
}

/** A verdict joins its reasons by semicolons; the one within a reason comes before the grants that were judged instead. */
const between = /; (?!judged the grants )/;

/** The code for each reason of a verdict. */
export const codesFor = (fix: Fix | undefined, message: string): readonly string[] => [
  ...new Set(message.split(between).flatMap((reason) => codeFor(fix, reason) ?? [])),
];

/** Settings in parentheses, as `nameOf` lets them through. */
function namesIn(reason: string): readonly string[] {
  const [, told = ""] = /\(([\w, …]*)\)/.exec(reason) ?? [];
  const names = told.split(", ").filter((name) => /^\w+$/.test(name));
  return names.length > 0 ? [...new Set(names)] : example;
}

function named(code: string, names: readonly string[]): string {
  const written = (part: string, name: string) =>
    part.replaceAll(/NAME|SECRET|LABEL/g, (what) => {
      if (what === "NAME") return name;
      if (what === "LABEL") return name.toLowerCase().replaceAll("_", "-");
      return names.length === 1 ? "secret" : `secrets.${name}`;
    });
  return code.replaceAll(/‹([^›]*)›/g, (_, part: string) => names.map((name) => written(part, name)).join(", "));
}
