import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { matchRoute } from "../runtime/route-match";
import { publish } from "./address";
import { adminRoutes } from "./admin";
import type { LocalCloud } from "./cloud";
import { consolePage } from "./console";
import { type ErrorName, LocalCloudError } from "./errors";
import { Guard } from "./guard";
import { close, listen, loopback, readBody, reply } from "./loopback";
import { type Answer, type GatewayStatus, problemAnswer } from "./problem";

export interface AdminServerOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Whether programs of this user are to find this cloud (`pulumi up`, `npm run dlq`). Default true. */
  readonly publish?: boolean;
}

/** Largest request in bytes: a function's bundle travels in one. */
const maxBytes = 64 * 2 ** 20;
const statusOf: Partial<Record<ErrorName, GatewayStatus>> = {
  NotFound: 404,
  AlreadyExists: 409,
  InUse: 409,
  AddressInUse: 409,
  Draining: 503,
};
const json = { "content-type": "application/json", "cache-control": "no-store" };

/** The local cloud's admin server on loopback: the console, and the API of the provider and the commands. */
export class AdminServer {
  readonly #guard: Guard;
  readonly #server: Server;
  #port = 0;
  #retract = () => {};

  private constructor(private readonly cloud: LocalCloud) {
    this.#guard = new Guard((authorization) => cloud.isOperator(authorization));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** One clear error when the port is taken, or another local cloud of this user runs. */
  static async start(cloud: LocalCloud, options: AdminServerOptions = {}): Promise<AdminServer> {
    const server = new AdminServer(cloud);
    server.#port = await listen(server.#server, options.port ?? 0, "the local cloud");
    if (options.publish === false) return server;
    try {
      server.#retract = await publish({ url: server.url, token: cloud.token, bootId: cloud.bootId, pid: process.pid });
    } catch (error) {
      await close(server.#server);
      throw error;
    }
    return server;
  }

  get url(): string {
    return `http://${loopback}:${this.#port}`;
  }

  /** A link that signs one browser in; each call makes a new one. */
  consoleUrl(): string {
    return `${this.url}/sign-in?code=${this.#guard.newCode()}`;
  }

  async close(): Promise<void> {
    this.#retract();
    await close(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch (error) {
      answer = refusalOf(error);
    }
    const headers = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin", ...answer.headers };
    reply(this.#server, request, response, { ...answer, headers });
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = "GET" } = request;
    const misdirected = this.#guard.misdirected(request);
    if (misdirected) return misdirected;
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    if (pathname === "/sign-in" && method === "GET") return this.#signIn(searchParams.get("code") ?? "", request);
    const refusal = this.#guard.refusal(request);
    if (refusal) return refusal;
    if (pathname === "/" && method === "GET") return consolePage(this.cloud);

    const button = matchRoute(buttonRoutes, method, pathname);
    if (button.kind === "route") {
      button.route.run(this.cloud, button.params);
      return { status: 303, headers: { location: "/" }, body: "" };
    }
    const match = matchRoute(adminRoutes, method, pathname);
    if (match.kind === "method") {
      const allow = match.allowed.join(", ");
      return problemAnswer(405, `this path answers to ${allow}`, { allow });
    }
    if (match.kind !== "route") return problemAnswer(404, "there is nothing at this path");
    const body = await bodyOf(request);
    const result = await match.route.run(this.cloud, { params: match.params, query: searchParams, body });
    return { status: 200, headers: json, body: JSON.stringify(result) };
  }

  #signIn(code: string, request: IncomingMessage): Answer {
    const headers = this.#guard.redeem(code, request);
    if (headers) return { status: 303, headers: { ...headers, location: "/" }, body: "" };
    return problemAnswer(401, "this link has been used; start the local cloud again for a new one");
  }
}

/** What the console's buttons do; forms, so that they work without a script. */
const buttonRoutes = [
  {
    method: "POST",
    path: "/console/queues/{queue}/redrive",
    run: (cloud: LocalCloud, { queue = "" }: Readonly<Record<string, string>>) => cloud.find("Queue", queue)?.redrive(),
  },
  {
    method: "POST",
    path: "/console/queues/{queue}/redrive/{id}",
    run: (cloud: LocalCloud, { queue = "", id = "" }: Readonly<Record<string, string>>) =>
      cloud.find("Queue", queue)?.redrive([id]),
  },
];

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBody(request, maxBytes);
  if (!bytes) throw new LocalCloudError("InvalidInput", `a request may have ${maxBytes} bytes`);
  if (bytes.byteLength === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw new LocalCloudError("InvalidInput", "the request's body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LocalCloudError("InvalidInput", "the request's body must be an object");
  return value as Readonly<Record<string, unknown>>;
}

function refusalOf(error: unknown): Answer {
  if (!(error instanceof LocalCloudError))
    return problemAnswer(500, "the local cloud could not do this; its own log says more");
  return problemAnswer(statusOf[error.name] ?? 400, error.message, { "local-cloud-error": error.name });
}
