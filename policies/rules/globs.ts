/** Names with wildcards, as policies of AWS and Azure write them: `*` for any text, `?` for any character. */

/** A wildcard anywhere: `*`, `sqs:*`, `sqs:Send*`, `sqs:Sen?Message`. */
export const hasWildcard = (name: string): boolean => /[*?]/.test(name);

/** True where a pattern covers a name, whatever the case. */
export function covers(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\*+/g, ".*").replace(/\?/g, ".")}$`, "is").test(name);
}

/** Those of some names that any of the patterns covers. */
export const coveredBy = (patterns: readonly string[], names: readonly string[]): readonly string[] =>
  names.filter((name) => patterns.some((pattern) => covers(pattern, name)));
