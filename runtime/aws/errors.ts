/** What the SDK's errors mean to a handler. */
import { NotGranted } from "../clients";

/** The names under which AWS services refuse a call that the function's role does not allow. */
const DENIED = /^(AccessDenied(Exception)?|UnauthorizedOperation)$/;

export async function translated<Reply>(call: Promise<Reply>): Promise<Reply> {
  try {
    return await call;
  } catch (error) {
    // AWS names the role and resource in its message; a handler's error may end in a response or a dead letter.
    if (error instanceof Error && DENIED.test(error.name))
      throw new NotGranted("AWS refused the call: is it among this handler's uses?", { cause: error });
    throw error;
  }
}
