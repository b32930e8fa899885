/**
 * What the local cloud refuses, by name. `NotGranted`, `Conflict` and `MessageTooLarge` reach a handler as the errors of
 * `runtime/clients`; all others are for whoever deploys or operates.
 */
export type ErrorName =
  | "NotGranted"
  | "Conflict"
  | "MessageTooLarge"
  | "InvalidInput"
  | "AlreadyExists"
  | "NotFound"
  | "InUse"
  | "NotRunning"
  | "AddressInUse"
  | "AlreadyRunning"
  | "UnsafeAddress"
  | "InvocationFailed"
  | "Draining";

export class LocalCloudError extends Error {
  constructor(
    override readonly name: ErrorName,
    message: string,
  ) {
    super(message);
  }
}

/** An error's name and message, without its stack. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
