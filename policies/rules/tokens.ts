/**
 * The tokens of a text, each as its groups were matched, in time that grows with the length only.
 * @param skipped matches what stands between tokens; sticky, as `token` is
 * Throws where the text has something else.
 */
export function tokensOf(text: string, skipped: RegExp, token: RegExp): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match;
  };
  while (at < text.length) {
    if (next(skipped)) continue;
    const match = next(token);
    if (!match) throw new SyntaxError("it has a character that begins no token");
    found.push(match);
  }
  return found;
}
