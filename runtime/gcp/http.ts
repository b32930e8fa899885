/** Requests and responses as the Functions Framework hands them over: Express's, over Node's own. */
import type { LogSink } from "../log";

export interface FrameworkRequest {
  readonly method: string;
  /** Path and query as they were on the wire. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body's bytes, which the framework keeps beside what it parsed. */
  readonly rawBody?: Uint8Array | undefined;
}

export interface FrameworkResponse {
  statusCode: number;
  readonly setHeader: (name: string, value: string) => unknown;
  readonly end: (body?: string) => unknown;
}

export function headersOf(request: FrameworkRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      typeof value === "object" ? value.join(", ") : value,
    ]),
  );
}

/** Cloud Logging reads these names: https://cloud.google.com/logging/docs/structured-logging */
export const cloudLogging: LogSink = (record) => {
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  const line = {
    ...record,
    severity: record.level === "WARN" ? "WARNING" : record.level,
    "logging.googleapis.com/trace": project ? `projects/${project}/traces/${record.traceId}` : record.traceId,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
