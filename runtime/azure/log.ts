/** Logs through the call's own log, so that Application Insights shows a line under its invocation. */
import type { LogSink } from "../log";

interface ContextLog {
  readonly info: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly error: (line: string) => void;
}

export function contextSink(context: ContextLog): LogSink {
  return (record) => {
    const line = JSON.stringify(record);
    if (record.level === "ERROR") context.error(line);
    else if (record.level === "WARN") context.warn(line);
    else context.info(line);
  };
}
