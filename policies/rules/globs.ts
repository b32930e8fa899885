/** Names with wildcards, as policies of AWS and Azure write them: `*` for any text, `?` for any character. */

/** A wildcard anywhere: `*`, `sqs:*`, `sqs:Send*`, `sqs:Sen?Message`. */
export const hasWildcard = (name: string): boolean => /[*?]/.test(name);

/**
 * True where a pattern covers a name, whatever the case. Only the last `*` is ever widened, since an earlier one could gain
 * nothing by it: no pattern takes longer than its length times the name's.
 */
export function covers(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
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
export const coveredBy = (patterns: readonly string[], names: readonly string[]): readonly string[] =>
  names.filter((name) => patterns.some((pattern) => covers(pattern, name)));
