/**
 * What every cloud's HTTP adapter has in common: admit only the gateway's calls, find the route, check identity,
 * scopes, size and body, call the handler, check its answer. Whatever goes wrong is answered as problem+json.
 */
import { readHttpRoutes } from "./environment";
import { causeOf, InvalidResult } from "./errors";
import type { Context, HttpHandler, HttpRequest, HttpResponse, Identity } from "./handler";
import { causeFields, createLog, type LogSink, stdout } from "./log";
import { PROBLEM_JSON, type Problem, type ProblemStatus, problem } from "./problem";
import type { RuntimeOptions } from "./queue-worker";
import { matchRoute } from "./route-match";
import { fieldErrors } from "./schema";
import type { HttpRouteSettings, Parts, Schema } from "./settings";
import { continueTrace, withTrace } from "./trace";

/** A request in neutral terms. */
export interface NativeRequest {
  readonly method: string;
  /** As it was on the wire: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
}

/** Whether a call came from the gateway of `route`, and whom that gateway established as the caller. */
export type Admission = { readonly admitted: false } | { readonly admitted: true; readonly identity?: Identity };

export interface NativeCall {
  readonly admit: (route: HttpRouteSettings) => Admission;
  /** Absent where the platform tells none: then the route's timeout counts, from now. */
  readonly remainingMs?: () => number;
  /** The route and its decoded parameters, where the gateway has already found them; otherwise the path is matched. */
  readonly matched?: { readonly route: HttpRouteSettings; readonly params: Readonly<Record<string, string>> };
  /** Where this call logs to, on platforms that hand out a log with each call. */
  readonly sink?: LogSink;
}

export interface NativeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpRoutes {
  readonly routes: readonly HttpRouteSettings[];
  /** Never rejects. */
  readonly handle: (request: NativeRequest, call: NativeCall) => Promise<NativeResponse>;
}

/** Any route's handler: what it gets is checked by the route and its schema. */
export type AnyHttpHandler = (request: never, ctx: never) => Promise<HttpResponse>;

/** Leaves the request's processing with an answer of the runtime's own. */
class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
  }
}

function refuse(status: ProblemStatus, detail: string, headers?: Readonly<Record<string, string>>): never {
  throw new Refusal(problem(status, detail), headers);
}

/** Reads the environment: to be called at cold start, once. */
export function createHttpRoutes(handler: AnyHttpHandler, parts: Parts, options: RuntimeOptions = {}): HttpRoutes {
  const { routes, clients } = readHttpRoutes(parts, options.environment);
  const sink = options.sink ?? stdout;
  const call = handler as HttpHandler<string, unknown, unknown>;
  const anyComponent = routes[0]?.component ?? "";

  const handle: HttpRoutes["handle"] = (native, { admit, remainingMs, matched, sink: callSink = sink }) => {
    const trace = continueTrace(native.headers.traceparent);
    const started = Date.now();
    return withTrace(trace, async () => {
      let log = createLog(anyComponent, trace.traceId, callSink);
      try {
        const admissions = new Map(routes.map((route) => [route, admit(route)] as const));
        const open = routes.filter((route) => admissions.get(route)?.admitted === true);
        if (open.length === 0) {
          log.warn("call refused: it did not come through the gateway");
          refuse(403, "this service is reached through its gateway only");
        }
        const { route, params } = findRoute(open, native, matched);
        log = createLog(route.component, trace.traceId, callSink);
        const admission = admissions.get(route);
        const identity = checkIdentity(route, admission?.admitted ? admission.identity : undefined);
        const request: HttpRequest<string, unknown> = {
          method: native.method,
          path: native.path,
          params,
          query: joined(native.query),
          headers: native.headers,
          body: readBody(native, route, parts.schema),
          ...(identity && { identity }),
        };
        const context: Context<unknown> = {
          uses: clients.uses,
          log,
          traceId: trace.traceId,
          remainingMs: remainingMs ?? (() => Math.max(0, started + route.timeoutSeconds * 1000 - Date.now())),
        };
        return respond(await call(request, context));
      } catch (error) {
        if (error instanceof Refusal) return answer(error.problem, error.headers);
        log.error("request failed", causeFields(causeOf(error)));
        return answer(problem(500, "the service could not answer this request", { traceId: trace.traceId }));
      }
    });
  };
  return { routes, handle };
}

function answer(body: Problem, headers: Readonly<Record<string, string>> = {}): NativeResponse {
  return { status: body.status, headers: { "content-type": PROBLEM_JSON, ...headers }, body: JSON.stringify(body) };
}

function findRoute(
  routes: readonly HttpRouteSettings[],
  native: NativeRequest,
  matched: NativeCall["matched"],
): NonNullable<NativeCall["matched"]> {
  if (matched !== undefined && routes.includes(matched.route)) return matched;
  const match = matchRoute(routes, native.method, native.path);
  if (match.kind === "malformed") refuse(400, "the path has a malformed percent-encoding");
  if (match.kind === "none") refuse(404, "there is nothing at this path");
  if (match.kind === "method")
    refuse(405, `this path answers to ${match.allowed.join(", ")}`, { allow: match.allowed.join(", ") });
  return match;
}

function checkIdentity(route: HttpRouteSettings, identity: Identity | undefined): Identity | undefined {
  const { auth } = route;
  if (auth.kind === "none") return undefined;
  if (identity === undefined || identity.subject === "")
    refuse(
      401,
      "this route needs an authenticated caller",
      auth.kind === "jwt" ? { "www-authenticate": "Bearer" } : {},
    );
  if (auth.kind === "iam") return identity;
  if (identity.issuer !== auth.issuer)
    refuse(401, "the token's issuer is not this route's", { "www-authenticate": 'Bearer error="invalid_token"' });
  const missing = auth.scopes.filter((scope) => !identity.scopes.includes(scope));
  if (missing.length > 0)
    refuse(403, `the token lacks the scope ${missing.join(" ")}`, {
      "www-authenticate": `Bearer error="insufficient_scope", scope="${auth.scopes.join(" ")}"`,
    });
  return identity;
}

/** A repeated name has its values joined with commas, on every cloud. */
function joined(query: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(",")]));
}

function readBody(native: NativeRequest, route: HttpRouteSettings, schema: Schema | undefined): unknown {
  const { body = "" } = native;
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  if (bytes > route.maxBodyBytes) refuse(413, `the body has ${bytes} bytes; this route accepts ${route.maxBodyBytes}`);
  if (schema === undefined) return undefined;
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(native.headers["content-type"] ?? ""))
    refuse(415, "this route takes application/json", { accept: "application/json" });
  let value: unknown;
  try {
    value = JSON.parse(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    refuse(400, "the body is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues);
  throw new Refusal(problem(400, "the body is not what this route takes; see errors", { errors }));
}

/** The handler's answer as text, or `InvalidResult`: a wrong answer is a failure of the service, never of the caller. */
function respond(response: HttpResponse): NativeResponse {
  const { status, headers = {}, body } = (response ?? {}) as HttpResponse;
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw new InvalidResult("the handler's status is not an integer from 100 to 599");
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // RFC 9110 §5.1, §5.5; also what keeps a value from becoming a header of its own.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new InvalidResult("the handler answered with a header that HTTP does not allow");
    sent[name.toLowerCase()] = value;
  }
  if (body === undefined || status === 204 || status === 304 || status < 200)
    return { status, headers: sent, body: "" };
  if (typeof body === "string" && sent["content-type"] !== undefined) return { status, headers: sent, body };
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new InvalidResult("the handler's body cannot be written as JSON");
  return { status, headers: { "content-type": "application/json", ...sent }, body: text };
}
