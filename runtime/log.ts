/**
 * Structured logging: one JSON object a line. The runtime's own lines hold names, ids, counts and causes;
 * never a message's body, a request's body or an item.
 */
import { type Cause, causeText } from "./errors";
import type { Log, LogFields } from "./handler";

/** Upper case because Lambda filters JSON lines by these words. */
export type LogLevel = "INFO" | "WARN" | "ERROR";

export interface LogRecord {
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly component: string;
  readonly traceId: string;
  readonly [field: string]: string | number | boolean | undefined;
}

/** Where records go; a cloud whose log service reads other field names has its own. */
export type LogSink = (record: LogRecord) => void;

/** Straight to stdout: platforms that patch `console` would wrap the line a second time. */
export const stdout: LogSink = (record) => {
  process.stdout.write(`${JSON.stringify(record)}\n`);
};

export function createLog(component: string, traceId: string, sink: LogSink = stdout): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) =>
    sink({ ...primitives(fields), timestamp: new Date().toISOString(), level, message, component, traceId });
  return { info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}

/** The fields under which a cause is logged. */
export function causeFields(cause: Cause): LogFields {
  return { cause: causeText(cause) };
}

/** What the type promises, also for handlers that the compiler did not check: an object could be a payload. */
function primitives(fields: LogFields | undefined): LogFields | undefined {
  if (fields === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "object" ? "[object]" : value]),
  );
}
