/** One value kept for a while, fetched once however many ask for it at the same time. Failures are not kept. */
export function cached<Value>(
  fetchValue: () => Promise<{ readonly value: Value; readonly freshUntil: number }>,
  now: () => number = Date.now,
): () => Promise<Value> {
  let kept: { readonly value: Value; readonly freshUntil: number } | undefined;
  let pending: Promise<Value> | undefined;
  return () => {
    if (kept !== undefined && kept.freshUntil > now()) return Promise.resolve(kept.value);
    pending ??= fetchValue()
      .then((fetched) => {
        kept = fetched;
        return fetched.value;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

/** How long a secret's value is kept in memory: a rotation reaches every instance within it. */
const SECRET_MS = 5 * 60 * 1000;

export function cachedSecret(
  read: () => Promise<string>,
  now: () => number = Date.now,
): { read: () => Promise<string> } {
  return { read: cached(async () => ({ value: await read(), freshUntil: now() + SECRET_MS }), now) };
}
