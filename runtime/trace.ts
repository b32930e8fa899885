/**
 * W3C trace context, level 1 (https://www.w3.org/TR/trace-context/): parse what came in, continue it, hand it on.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

export interface Trace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits: this call's own span. */
  readonly spanId: string;
  /** Two hex digits; bit 0 says that the caller sampled. */
  readonly flags: string;
}

const FORMAT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The caller's trace, or undefined when the header is missing or not valid: then it must be ignored as a whole. */
export function parseTraceparent(header: string | undefined): Trace | undefined {
  const match = header === undefined ? null : FORMAT.exec(header);
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", rest] = match;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags };
}

/** A span of the trace that `header` belongs to, or the first span of a new trace. */
export function continueTrace(header: string | undefined): Trace {
  const parent = parseTraceparent(header);
  const spanId = randomHex().slice(-16);
  if (parent === undefined) return { traceId: randomHex(), spanId, flags: "01" };
  return { traceId: parent.traceId, spanId, flags: parent.flags };
}

/** 32 hex digits. A UUID's, because Node keeps randomness for them in advance: ten times as fast as `randomBytes`. */
function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}

export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}

const current = new AsyncLocalStorage<Trace>();

/** Runs `work` so that clients used in it, at any depth, put this trace on what they send. */
export function withTrace<Result>(trace: Trace, work: () => Result): Result {
  return current.run(trace, work);
}

/** The header that a client puts on a message or request; undefined outside a handler. */
export function currentTraceparent(): string | undefined {
  const trace = current.getStore();
  return trace === undefined ? undefined : formatTraceparent(trace);
}
