/** What the SDK's errors mean to a handler. */
import { NotGranted } from "../clients";

/** The names under which AWS services refuse a call that the function's role does not allow. */
const DENIED = /^(AccessDenied(Exception)?|AuthorizationErrorException|UnauthorizedOperation)$/;

/** A service answered with an error. Under the service's own name for it, without its text: that may quote values or name roles. */
class AwsError extends Error {
  constructor(
    override readonly name: string,
    status: number | undefined,
    cause: unknown,
  ) {
    super(`AWS answered with status ${status ?? "unknown"}`, { cause });
  }
}

export async function translated<Reply>(call: Promise<Reply>): Promise<Reply> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (DENIED.test(error.name))
      throw new NotGranted("AWS refused the call: is it among this handler's uses?", { cause: error });
    const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
    throw $metadata?.httpStatusCode === undefined ? error : new AwsError(error.name, $metadata.httpStatusCode, error);
  }
}
