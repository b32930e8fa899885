import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Identity } from "../runtime/handler";
import type { HttpEvent, HttpReply } from "../runtime/local/events";
import { matchRoute } from "../runtime/route-match";
import { continueTrace, formatTraceparent } from "../runtime/trace";
import type { Clock } from "./clock";
import { allowsOrigin, corsHeaders, preflight } from "./cors";
import { causeOf } from "./errors";
import type { Invoker } from "./function";
import { JwtVerifier } from "./jwt";
import { close, foreignOrigin, hasLoopbackHost, listen, loopback, readBody, reply } from "./loopback";
import { type Answer, type GatewayStatus, problemAnswer } from "./problem";
import type { LocalResources } from "./resources";
import { Throttle } from "./throttle";

export type ApiSettings = LocalResources["Api"];
type Route = ApiSettings["routes"][number];

export interface ApiHooks {
  readonly target: (functionName: string) => (Invoker & { readonly timeoutSeconds: number }) | undefined;
  readonly log: (line: string) => void;
  /** Whether this is a caller that the cloud itself knows: on local, whoever holds the operator's token. */
  readonly principal: (authorization: string | undefined) => string | undefined;
}

/** What is known of a request while it is being answered. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly traceparent: string;
  route?: Route;
}

/** An API's gateway: its own port, so that paths are the blueprint's own. Functions see only what it admits. */
export class Api {
  readonly #server: Server;
  readonly #jwt: JwtVerifier;
  #throttle: Throttle | undefined;
  #port = 0;
  #active = 0;

  private constructor(
    private settings: ApiSettings,
    private readonly clock: Clock,
    private readonly hooks: ApiHooks,
  ) {
    this.#jwt = new JwtVerifier(clock);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#throttle = throttleOf(settings, clock);
  }

  static async start(settings: ApiSettings, clock: Clock, hooks: ApiHooks): Promise<Api> {
    const api = new Api(settings, clock, hooks);
    api.#port = await listen(api.#server, settings.port ?? 0, `API "${settings.name}"`);
    return api;
  }

  get url(): string {
    return `http://${loopback}:${this.#port}`;
  }

  get active(): number {
    return this.#active;
  }

  /** Everything but the port, which belongs to a running server. */
  configure(settings: ApiSettings): void {
    this.settings = settings;
    this.#throttle = throttleOf(settings, this.clock);
  }

  close(): Promise<void> {
    return close(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#active++;
    const started = this.clock.now();
    const trace = continueTrace(single(request.headers.traceparent));
    const exchange: Exchange = { request, traceparent: formatTraceparent(trace) };
    let answer: Answer;
    try {
      answer = await this.#answer(exchange);
    } catch (error) {
      this.hooks.log(
        JSON.stringify({ level: "ERROR", message: "gateway failure", cause: causeOf(error), traceId: trace.traceId }),
      );
      answer = problemAnswer(500, "the gateway could not answer this request");
    }
    const headers = {
      ...answer.headers,
      ...corsHeaders(this.settings.cors, request),
      traceparent: exchange.traceparent,
    };
    reply(this.#server, request, response, { ...answer, headers });
    this.#active--;
    this.#logAccess(exchange, answer, started, trace.traceId);
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const { request } = exchange;
    const { method = "GET", url = "/" } = request;
    if (!hasLoopbackHost(request)) return problemAnswer(421, "this API answers to loopback names only");
    const [path = "/", query = ""] = splitOnce(url, "?");
    const origin = foreignOrigin(request);
    const found = matchRoute(this.settings.routes, method, path);
    if (found.kind === "method") {
      const headers = preflight(this.settings.cors, request, found.allowed);
      if (headers && origin !== undefined && allowsOrigin(this.settings.cors, origin))
        return { status: 204, headers, body: "" };
    }
    if (origin !== undefined && method !== "GET" && method !== "HEAD" && !allowsOrigin(this.settings.cors, origin)) {
      return problemAnswer(403, "pages of this origin may not call this API");
    }
    const wait = this.#throttle?.take() ?? 0;
    if (wait > 0) return problemAnswer(429, "too many requests", { "retry-after": String(Math.ceil(wait)) });
    if (found.kind === "malformed") return problemAnswer(400, "the path has a malformed percent-encoding");
    if (found.kind === "none") return problemAnswer(404, "there is nothing at this path");
    if (found.kind === "method") {
      const allow = found.allowed.join(", ");
      return problemAnswer(405, `this path answers to ${allow}`, { allow });
    }
    exchange.route = found.route;
    const admission = await this.#admit(found.route, request);
    if ("status" in admission) return admission;
    const body = await readBody(request, this.settings.maxBodyBytes);
    if (!body) return problemAnswer(413, `the body is larger than ${this.settings.maxBodyBytes} bytes`);
    return this.#forward(exchange, found.route, {
      method,
      path,
      query,
      headers: { ...flat(request.headers), traceparent: exchange.traceparent },
      ...(body.byteLength > 0 && { body }),
      ...admission,
      timeoutMs: this.settings.timeoutSeconds * 1000,
    });
  }

  async #admit({ auth }: Route, request: IncomingMessage): Promise<Answer | { identity?: Identity }> {
    if (auth.kind === "none") return {};
    const { authorization } = request.headers;
    if (auth.kind === "iam") {
      const subject = this.hooks.principal(authorization);
      if (subject !== undefined) return { identity: { subject, scopes: [], claims: {} } };
      return problemAnswer(401, "this route needs the local cloud's own token", { "www-authenticate": "Bearer" });
    }
    const verdict = await this.#jwt.verify(auth, authorization);
    if (verdict.ok) return { identity: verdict.identity };
    return problemAnswer(
      verdict.status,
      verdict.detail,
      verdict.challenge ? { "www-authenticate": verdict.challenge } : {},
    );
  }

  async #forward(exchange: Exchange, route: Route, event: HttpEvent): Promise<Answer> {
    const failed = (status: GatewayStatus, detail: string, cause: string): Answer => {
      this.hooks.log(
        JSON.stringify({
          level: "ERROR",
          message: "call failed",
          route: routeName(route),
          cause,
          traceparent: exchange.traceparent,
        }),
      );
      return problemAnswer(status, detail);
    };
    const target = this.hooks.target(route.function);
    if (!target) return failed(503, "the service behind this route is not deployed", `no function "${route.function}"`);
    let cancel = () => {};
    const late = new Promise<"late">((resolve) => {
      cancel = this.clock.schedule(this.clock.now() + event.timeoutMs, () => resolve("late"));
    });
    const timeoutMs = Math.min(event.timeoutMs, target.timeoutSeconds * 1000);
    try {
      const answered = await Promise.race([target.invoke({ ...event, timeoutMs }), late]);
      if (answered === "late")
        return failed(504, `the service did not answer within ${this.settings.timeoutSeconds} s`, "timed out");
      return isReply(answered) ? answered : failed(502, "the service gave no valid answer", "not an HTTP reply");
    } catch (error) {
      const cause = causeOf(error);
      const timedOut = cause.includes("timed out");
      return failed(
        timedOut ? 504 : 502,
        timedOut ? "the service did not answer in time" : "the service failed",
        cause,
      );
    } finally {
      cancel();
    }
  }

  /** The route's pattern and not the path: a path may hold personal data. */
  #logAccess({ request, route }: Exchange, answer: Answer, started: number, traceId: string): void {
    this.hooks.log(
      JSON.stringify({
        timestamp: new Date(this.clock.now()).toISOString(),
        level: "INFO",
        message: "access",
        method: request.method,
        route: route ? routeName(route) : undefined,
        status: answer.status,
        ms: Math.round((this.clock.now() - started) * 10) / 10,
        bytes: Buffer.byteLength(answer.body),
        traceId,
      }),
    );
  }
}

function throttleOf({ throttleRate, throttleBurst }: ApiSettings, clock: Clock): Throttle | undefined {
  return throttleRate === undefined || throttleBurst === undefined
    ? undefined
    : new Throttle(throttleRate, throttleBurst, clock);
}

function routeName({ method, path }: Route): string {
  return `${method} ${path}`;
}

function isReply(reply: unknown): reply is HttpReply {
  const { status, headers, body } = (reply ?? {}) as Partial<HttpReply>;
  return (
    typeof status === "number" &&
    status >= 200 &&
    status <= 599 &&
    typeof body === "string" &&
    typeof headers === "object" &&
    headers !== null
  );
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
