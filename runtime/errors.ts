/** What may be said of an error in a log line, on a dead letter or in a trace: its name and message, one short line. */
export interface Cause {
  readonly name: string;
  readonly message: string;
}

/** Longest cause in characters, name included: fits every cloud's message attributes and log indexes. */
const LONGEST = 256;

export function causeOf(error: unknown): Cause {
  if (error instanceof Error) {
    const name = plain(error.name, 64) || "Error";
    // V8 quotes the text it could not parse: the one built-in error whose message is payload.
    if (error instanceof SyntaxError) return { name, message: "a text could not be parsed" };
    return { name, message: plain(error.message, LONGEST - name.length - 2) };
  }
  if (typeof error === "string") return { name: "Error", message: plain(error, LONGEST - 7) };
  return { name: "Error", message: "something that is not an Error was thrown" };
}

/** `Name: message`, as dead letters carry it. */
export function causeText(cause: Cause): string {
  return cause.message === "" ? cause.name : `${cause.name}: ${cause.message}`;
}

/** One line, cut at `longest`: attributes and headers refuse control characters, and a half surrogate. */
function plain(text: string, longest: number): string {
  const line = text.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim();
  if (line.length <= longest) return line;
  return `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A message whose body is not what the worker's schema says. Names fields, never their values. */
export class InvalidMessage extends Error {
  override readonly name = "InvalidMessage";
}

/** A record was not handed out, because one before it must be dealt with first. */
export class HeldBack extends Error {
  override readonly name = "HeldBack";
}

/** The handler answered something that its contract does not allow. */
export class InvalidResult extends Error {
  override readonly name = "InvalidResult";
}

/** The function's environment is not what deployment writes. Thrown at cold start, listing all that is wrong. */
export class StartupError extends Error {
  override readonly name = "StartupError";
  constructor(problems: readonly string[]) {
    super(`this function cannot start: ${problems.join("; ")}; deploy its component again`);
  }
}
