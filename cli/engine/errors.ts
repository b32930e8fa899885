/** A failure that belongs to one resource. `cause` is the error as it was thrown. */
export class ResourceFailure extends Error {
  override readonly name = "ResourceFailure";

  constructor(
    /** The resource's URN where it has one, else its name and type. */
    readonly resource: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${resource}: ${message}`, options);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
