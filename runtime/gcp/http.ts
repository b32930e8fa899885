/** Requests and responses as the Functions Framework hands them over: Express's, over Node's own. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { LogSink } from "../log";

/** What a request said of its body, once the framework has been told that it is bytes. One for all bundles of a process. */
const DECLARED: unique symbol = Symbol.for("serverless-blueprints.declared");

interface Declared {
  readonly [DECLARED]?: Readonly<Record<string, string | undefined>>;
}

export interface FrameworkRequest extends Declared {
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

/**
 * Has the framework hand over bodies as they came. By itself it parses them before it calls the function: what it cannot
 * parse it answers with a page of HTML and logs with the body, and it inflates up to a gigabyte. Node announces each
 * request before any listener gets it; there its body is declared to be bytes. Only in an instance of Cloud Run, where
 * the framework's server is the only one.
 */
export function takeBodiesAsTheyCome(environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.K_SERVICE) subscribe("http.server.request.start", declareBytes);
}

function declareBytes(message: unknown): void {
  const { request } = message as { readonly request: IncomingMessage & { [DECLARED]?: Declared[typeof DECLARED] } };
  if (request[DECLARED]) return;
  const { "content-type": type, "content-encoding": encoding } = request.headers;
  request[DECLARED] = { "content-type": type, "content-encoding": encoding };
  request.headers["content-type"] = "application/octet-stream";
  delete request.headers["content-encoding"];
}

/** The headers as they were on the wire. */
export function headersOf(request: FrameworkRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries({ ...request.headers, ...request[DECLARED] }).map(([name, value]) => [
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
