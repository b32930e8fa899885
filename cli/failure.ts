/** What a user did wrong: one message, no stack trace, a non-zero exit. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(fact: string, wayOut: string) {
    super(`${fact}.\n  Way out: ${wayOut}.`);
  }
}
