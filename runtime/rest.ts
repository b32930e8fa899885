/** Calls to a cloud's REST interface: a deadline, a few retries of refusals that ask for them, one kind of error. */
import { setTimeout as sleep } from "node:timers/promises";
import { NotGranted } from "./clients";

const TIMEOUT_MS = 10_000;
const TRIES = 4;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;

export interface RestRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For calls that carry whole objects. Default 10 s. */
  readonly timeoutMs?: number;
  /** `Service Bus send`: for errors. */
  readonly operation: string;
  /** Statuses that the caller understands; every other one but 2xx is an error. */
  readonly expected?: readonly number[];
}

export interface RestReply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The answer as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** A cloud's service answered with an error. Holds no part of the request or of the answer. */
export class RestError extends Error {
  override readonly name = "RestError";
  constructor(
    operation: string,
    readonly status: number,
  ) {
    super(`${operation} was answered with status ${status}`);
  }
}

export async function rest(request: RestRequest): Promise<RestReply> {
  for (let round = 1; ; round++) {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: "error",
      signal: AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS),
      ...(request.body !== undefined && { body: request.body }),
    });
    const { status, headers } = response;
    if (response.ok || request.expected?.includes(status)) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      return {
        status,
        headers,
        bytes,
        get json() {
          return parse(bytes);
        },
      };
    }
    await response.body?.cancel();
    if (status === 401 || status === 403)
      throw new NotGranted(`${request.operation} was refused: is it among this handler's uses?`);
    if ((status !== 429 && status !== 503) || round === TRIES) throw new RestError(request.operation, status);
    await sleep(wait(headers, round));
  }
}

/** What the service asks for, or a doubling wait with jitter. */
function wait(headers: Headers, round: number): number {
  const asked = Number(headers.get("x-ms-retry-after-ms") ?? Number.NaN);
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const own = FIRST_WAIT_MS * 2 ** (round - 1) * (0.5 + Math.random());
  const ms = Number.isFinite(asked) ? asked : Number.isFinite(seconds) ? seconds * 1000 : own;
  return Math.min(LONGEST_WAIT_MS, Math.max(0, ms));
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
