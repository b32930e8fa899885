import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { foreignOrigin, hasLoopbackHost } from "./loopback";
import { type Answer, problemAnswer } from "./problem";

const cookieName = "local-cloud-session";
/** How long a browser stays signed in, in seconds. */
const sessionSeconds = 12 * 3600;
const safeMethods = ["GET", "HEAD"];

/**
 * Who may speak to the admin server: programs with the operator's token, and the browser that opened a one-time link.
 * Every request must name loopback as its host; one that changes state must not come from a page of another origin.
 */
export class Guard {
  readonly #codes = new Set<string>();
  readonly #session = randomBytes(32).toString("base64url");

  constructor(private readonly isOperator: (authorization: string | undefined) => boolean) {}

  /** A code that signs one browser in, once. */
  newCode(): string {
    const code = randomBytes(16).toString("base64url");
    this.#codes.add(code);
    return code;
  }

  /** Undefined when the request may pass, else the refusal. */
  refusal(request: IncomingMessage): Answer | undefined {
    const misdirected = this.misdirected(request);
    if (misdirected) return misdirected;
    const changes = !safeMethods.includes(request.method ?? "");
    if (changes && foreignOrigin(request) !== undefined) {
      return problemAnswer(403, "pages of another origin may change nothing here");
    }
    if (this.isOperator(request.headers.authorization)) return undefined;
    // A cookie is sent by the browser on its own: a change then needs an Origin, and it must be ours.
    if (this.#hasSession(request) && (!changes || request.headers.origin !== undefined)) return undefined;
    const detail = "this needs the operator's token, or a browser signed in by the link that the local cloud printed";
    return problemAnswer(401, detail, { "www-authenticate": "Bearer" });
  }

  misdirected(request: IncomingMessage): Answer | undefined {
    return hasLoopbackHost(request) ? undefined : problemAnswer(421, "the local cloud answers to loopback names only");
  }

  /** Headers that sign the browser in, or undefined when the code is wrong or used up. */
  redeem(code: string, request: IncomingMessage): Readonly<Record<string, string>> | undefined {
    if (!this.#codes.delete(code)) return this.#hasSession(request) ? {} : undefined;
    return {
      "set-cookie": `${cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${sessionSeconds}`,
    };
  }

  #hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? "").split(/; */);
    const given = cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? "";
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(given), digest(this.#session));
  }
}
