import { Conflict, MessageTooLarge, NotGranted } from "../clients";
import { HOST, type Host } from "./events";

/** Performs an operation on a resource of the local cloud, with the errors that clients promise. */
export async function call(resource: string, operation: string, args: readonly unknown[]): Promise<unknown> {
  const host = (globalThis as { [HOST]?: Host })[HOST];
  if (!host) throw new Error("this bundle is for the local cloud and runs only in it");
  try {
    return await host.call(resource, operation, args);
  } catch (error) {
    throw asClientError(error);
  }
}

function asClientError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "NotGranted") return new NotGranted(error.message);
  if (error.name === "Conflict") return new Conflict(error.message);
  const sizes = error.name === "MessageTooLarge" ? /(\d+) bytes.* accepts (\d+)/.exec(error.message) : null;
  return sizes ? new MessageTooLarge(Number(sizes[1]), Number(sizes[2])) : error;
}
