/** Names with wildcards, as policies of AWS and Azure write them: `*` for any text, `?` for any character. */

/** A wildcard anywhere: `*`, `sqs:*`, `sqs:Send*`, `sqs:Sen?Message`. */
export const hasWildcard = (name: string): boolean => /[*?]/.test(name);

/** A value that names one. */
export const isExact = (value: string): boolean => value !== "" && !hasWildcard(value);

/**
 * True where a pattern covers a name, whatever the case. Only the last `*` is ever widened, since an earlier one could gain
 * nothing by it: no pattern takes longer than its length times the name's.
 */
export const covers = (pattern: string, name: string): boolean => matches(plain(pattern), name.toLowerCase());

/** Several `*` in a row are one. */
const plain = (pattern: string): string => pattern.toLowerCase().replace(/\*+/g, "*");

function matches(wanted: string, given: string): boolean {
  let [at, read] = [0, 0];
  let star: { readonly at: number; read: number } | undefined;
  while (read < given.length) {
    if (wanted[at] === "*") star = { at: at++, read };
    else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === given[read])) {
      at += 1;
      read += 1;
    } else if (star) {
      star.read += 1;
      at = star.at + 1;
      read = star.read;
    } else return false;
  }
  while (wanted[at] === "*") at += 1;
  return at === wanted.length;
}

/** Those of some names that any of the patterns covers. */
export function coveredBy(patterns: readonly string[], names: readonly string[]): readonly string[] {
  const all = patterns.map(plain);
  return names.filter((name) => all.some((pattern) => matches(pattern, name.toLowerCase())));
}
