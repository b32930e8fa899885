import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { HttpRequest } from "../runtime/handler";
import type { RouteAuth } from "../runtime/settings";
import type { Realizer } from "./core/cloud";
import type { CloudName } from "./core/clouds";
import type { Code, UsesArg } from "./core/code";
import { type ContractRow, emulated } from "./core/contract";
import type { Duration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { type HandlerSpec, handlerSpec } from "./core/handler";
import { Durations } from "./core/options";
import { Pattern } from "./core/pattern";
import { isRefused, type JsonSchema, jsonSchemaOf } from "./core/schema";
import { foundation } from "./foundation";
import { httpApiLimits } from "./limits/http-api";

declare module "./core/cloud" {
  interface Cloud {
    readonly httpApi: Realizer<Pattern<"HttpApi">, HttpApiSpec, HttpApiOutputs>;
  }
}

/**
 * Who may call a route. There is no default: a public route says so.
 * - `none`: anybody. The function behind still answers to its gateway only.
 * - `iam`: a principal of the cloud's own access management.
 * - `jwt`: a bearer token of `issuer` for one of `audience`, holding all of `scopes` (default none).
 */
export type Auth =
  | "none"
  | "iam"
  | {
      readonly jwt: {
        readonly issuer: string;
        readonly audience: readonly string[];
        readonly scopes?: readonly string[];
      };
    };

type PathOf<Route extends string> = Route extends `${string} ${infer Path}` ? Params<Path> : never;
type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never;
type RequestOf<Handler> = Handler extends (request: infer Request, ctx: never) => unknown ? Request : never;
type BodyOf<Handler> =
  RequestOf<Handler> extends HttpRequest<never, infer Body>
    ? Body
    : RequestOf<Handler> extends { readonly body: infer Body }
      ? Body
      : never;
type ParamsOf<Handler> = RequestOf<Handler> extends { readonly params: infer P } ? keyof P : never;
type BodyArg<Handler> = [BodyOf<Handler>] extends [undefined]
  ? { readonly body?: undefined }
  : { readonly body: z.$ZodType<BodyOf<Handler>> };

/** One route: `"POST /orders": { auth, body, handler, uses }`. */
export type Route<Key extends string, Handler> = {
  readonly auth: Auth;
  readonly handler: Code<Handler>;
} & BodyArg<Handler> &
  UsesArg<Handler> &
  (ParamsOf<Handler> extends PathOf<Key>
    ? unknown
    : { readonly handler: `the handler asks for a path parameter that is not in "${Key}"` });

export interface HttpApiArgs<Handlers> {
  /** Routes by method and path, parameters in braces. Each is a function and an identity of its own; routes that name the same handler and `uses` share one. */
  readonly routes: { readonly [Key in keyof Handlers]: Route<Key & string, Handlers[Key]> };
  /** Time for one request. Default "10 seconds"; portable "1 second" to "29 seconds". */
  readonly timeout?: Duration;
  /** Memory of each function in MiB. Default 512; portable 512, 2048, 4096. */
  readonly memory?: number;
  /** Largest request body in bytes. Default 1,048,576; portable up to 2,097,152. */
  readonly maxBodyBytes?: number;
  /** Which browser origins may call. Default: none. `maxAge` default "1 hour", portable up to "1 day". */
  readonly cors?: {
    readonly origins: readonly string[];
    readonly headers?: readonly string[];
    readonly maxAge?: Duration;
  };
  /**
   * Requests a second over the whole API, and how many at once above that. Default: the cloud's own quota.
   * `required: false` accepts a cloud whose gateway cannot do it, and says so in the contract; by default it is refused there.
   */
  readonly throttle?: { readonly rate: number; readonly burst: number; readonly required?: boolean };
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"HttpApi">;
}

/** The defaults, once. */
export const httpApiDefaults = {
  timeout: "10 seconds",
  memory: 512,
  maxBodyBytes: 1_048_576,
  cors: { headers: ["content-type", "authorization", "idempotency-key", "traceparent"], maxAge: "1 hour" },
  throttle: { required: true },
  outOfRange: "refuse",
} as const;

export interface RouteSpec {
  /** As the user wrote it: `POST /orders`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly params: readonly string[];
  readonly auth: RouteAuth;
  readonly body: JsonSchema | undefined;
}

/** One function of the API and the routes it answers. */
export interface RouteGroup {
  /** Stable part of the function's name: the handler file's name, with a number where two files share it. */
  readonly name: string;
  readonly handler: HandlerSpec;
  readonly routes: readonly RouteSpec[];
}

/** Everything set; times in seconds. */
export interface HttpApiSpec {
  readonly groups: readonly RouteGroup[];
  readonly timeoutSeconds: number;
  readonly maxBodyBytes: number;
  readonly cors:
    | { readonly origins: readonly string[]; readonly headers: readonly string[]; readonly maxAgeSeconds: number }
    | undefined;
  readonly throttle: { readonly rate: number; readonly burst: number; readonly required: boolean } | undefined;
  readonly transform: Transforms<"HttpApi"> | undefined;
}

export interface HttpApiOutputs {
  /** Where the API answers, without a slash at the end. */
  readonly url: pulumi.Output<string>;
}

/** An HTTP API in front of functions: a route is a function, its identity and its auth. Errors are problem+json (RFC 9457). */
export class HttpApi<Handlers> extends Pattern<"HttpApi"> {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs<Handlers>, opts?: pulumi.ComponentResourceOptions) {
    super("HttpApi", name, opts);
    const { spec, rows } = this.parse(args as unknown as PlainArgs);
    foundation();
    const routes = spec.groups.flatMap((group) =>
      group.routes.map(({ method, path, auth }) => ({ method, path, auth: auth.kind })),
    );
    this.url = this.realize(this.site.realization.httpApi, spec, rows, { routes }).url;
  }

  private parse(args: PlainArgs) {
    const given = { ...httpApiDefaults, ...args };
    const cors = args.cors && { ...httpApiDefaults.cors, ...args.cors };
    const throttle = args.throttle && { ...httpApiDefaults.throttle, ...args.throttle };
    const durations = new Durations();
    const asked = {
      timeout: durations.seconds("timeout", given.timeout),
      memory: given.memory,
      maxBodyBytes: given.maxBodyBytes,
      "cors.maxAge": cors && durations.seconds("cors.maxAge", cors.maxAge),
      "throttle.rate": throttle?.rate,
      "throttle.burst": throttle?.burst,
    };
    const parsed = Object.entries(args.routes).map(([key, route]) => this.parseRoute(key, route));
    const problems = [
      ...durations.problems,
      ...parsed.flatMap((route) => route.problems),
      ...clashes(parsed.map(({ spec }) => spec)),
    ];
    if (parsed.length === 0)
      problems.push({ code: "SB-C004", fact: "routes is empty", wayOut: 'add a route such as "GET /health"' });
    const { values, rows } = this.admit(httpApiLimits, asked, given.outOfRange, problems);
    const size = { timeoutSeconds: values.timeout ?? 0, memoryMiB: values.memory };
    const spec: HttpApiSpec = {
      groups: group(parsed, size),
      timeoutSeconds: size.timeoutSeconds,
      maxBodyBytes: values.maxBodyBytes,
      cors: cors && { origins: cors.origins, headers: cors.headers, maxAgeSeconds: values["cors.maxAge"] ?? 0 },
      throttle: throttle && {
        rate: values["throttle.rate"] ?? 0,
        burst: values["throttle.burst"] ?? 0,
        required: throttle.required,
      },
      transform: args.transform,
    };
    return { spec, rows };
  }

  private parseRoute(key: string, route: PlainRoute): ParsedRoute {
    const option = `routes["${key}"]`;
    const [, method = "", path = ""] = routeShape.exec(key) ?? [];
    const problems: Problem[] = [];
    if (!method) {
      const fact = `${option} is no method and path`;
      problems.push({
        code: "SB-C004",
        fact,
        wayOut:
          'write it like "GET /orders/{id}": GET, POST, PUT, PATCH or DELETE, segments of letters, digits, - . _ ~ or one {parameter}',
      });
    }
    const schema = route.body && jsonSchemaOf(`${option}.body`, route.body);
    if (schema && isRefused(schema)) problems.push(schema.problem);
    if (route.body && (method === "GET" || method === "DELETE")) {
      problems.push({
        code: "SB-C004",
        fact: `${option} has a body, which gateways drop on ${method}`,
        wayOut: "use POST, PUT or PATCH, or pass it in the path or query",
      });
    }
    const authProblems = authFaults(option, route.auth, this.site.cloud);
    problems.push(...authProblems);
    const handler = handlerSpec(this.site.cloud, {
      adapter: "http-route",
      code: route.handler,
      exports: route.body === undefined ? [] : ["schema"],
      uses: route.uses ?? {},
      idempotency: undefined,
      timeoutSeconds: 0,
      memoryMiB: 0,
    });
    if ("problems" in handler) problems.push(...handler.problems);
    const params = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
    if (new Set(params).size < params.length) {
      problems.push({
        code: "SB-C004",
        fact: `${option} names a path parameter twice`,
        wayOut: "give each parameter its own name",
      });
    }
    const spec: RouteSpec = {
      key,
      method,
      path,
      params,
      auth: authProblems.length > 0 ? { kind: "none" } : authOf(route.auth),
      body: schema && !isRefused(schema) ? schema : undefined,
    };
    return { spec, file: route.handler.file, handler: "problems" in handler ? undefined : handler, problems };
  }
}

/** The arguments without their types for the compiler. */
interface PlainArgs extends Omit<HttpApiArgs<never>, "routes"> {
  readonly routes: Readonly<Record<string, PlainRoute>>;
}
interface PlainRoute {
  readonly auth: Auth;
  readonly handler: Code;
  readonly body?: z.$ZodType;
  readonly uses?: Readonly<Record<string, GrantData>>;
}
interface ParsedRoute {
  readonly spec: RouteSpec;
  readonly file: string;
  readonly handler: HandlerSpec | undefined;
  readonly problems: readonly Problem[];
}

const routeShape = /^(GET|POST|PUT|PATCH|DELETE) (\/|(?:\/(?:[A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9_]*\}))+)$/;

function authOf(auth: Auth): RouteAuth {
  if (auth === "none" || auth === "iam") return { kind: auth };
  return { kind: "jwt", issuer: auth.jwt.issuer, audience: auth.jwt.audience, scopes: auth.jwt.scopes ?? [] };
}

function authFaults(option: string, auth: Auth | undefined, cloud: CloudName): Problem[] {
  if (auth === "none" || auth === "iam") return [];
  if (auth === undefined || typeof auth !== "object" || !auth.jwt) {
    return [
      {
        code: "SB-C004",
        fact: `${option}.auth is not set`,
        wayOut: 'say who may call: "none", "iam" or { jwt: { issuer, audience } }',
      },
    ];
  }
  const problems: Problem[] = [];
  const { issuer, audience } = auth.jwt;
  const secure =
    /^https:\/\/[^\s?#]+$/.test(issuer) ||
    // An issuer on this machine can be reached from the local cloud only.
    (cloud === "local" && /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[^\s?#]*)?$/.test(issuer));
  if (!secure)
    problems.push({
      code: "SB-C004",
      fact: `${option}.auth.jwt.issuer=${JSON.stringify(issuer)} is no https address`,
      wayOut: "give the issuer exactly as its tokens name it",
    });
  if (audience.length === 0)
    problems.push({
      code: "SB-C004",
      fact: `${option}.auth.jwt.audience is empty`,
      wayOut: "name the audience that this API's tokens are issued for",
    });
  return problems;
}

/** Two routes that a gateway cannot tell apart. */
function clashes(routes: readonly RouteSpec[]): Problem[] {
  const shapes = new Map<string, string>();
  return routes.flatMap((route): Problem[] => {
    const shape = `${route.method} ${route.path.replace(/\{[^}]+\}/g, "{}")}`;
    const twin = shapes.get(shape);
    shapes.set(shape, route.key);
    if (twin === undefined) return [];
    return [
      {
        code: "SB-C004",
        fact: `routes["${route.key}"] and routes["${twin}"] differ in parameter names only`,
        wayOut: "keep one of them",
      },
    ];
  });
}

/** Routes with the same bundle and the same grants share a function. */
function group(parsed: readonly ParsedRoute[], size: { timeoutSeconds: number; memoryMiB: number }): RouteGroup[] {
  const groups = new Map<string, { name: string; handler: HandlerSpec; routes: RouteSpec[] }>();
  const taken = new Set<string>();
  for (const { handler, file, spec } of parsed) {
    if (!handler) continue;
    const uses = Object.entries(handler.uses).map(
      ([key, use]) => `${key}=${use.target.kind}/${use.target.id}/${use.role}`,
    );
    const key = [handler.bundle.hash, ...uses.sort()].join("\0");
    const known = groups.get(key);
    if (known) known.routes.push(spec);
    else {
      const base =
        (file.split("/").pop() ?? "route")
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "-")
          .slice(0, 12)
          .replace(/^-+|-+$/g, "") || "route";
      let name = base;
      for (let count = 2; taken.has(name); count++) name = `${base}${count}`;
      taken.add(name);
      groups.set(key, {
        name,
        handler: { ...handler, ...size },
        routes: [spec],
      });
    }
  }
  return [...groups.values()];
}

/** Validation is the same runtime code on every cloud: no gateway in use here validates bodies. */
export const validationRow: ContractRow = emulated(
  "validation",
  "the body's schema",
  "400 that names the fields",
  "the handler's own schema, in the adapter; the gateway passes any body on",
  "runtime/http-route.ts",
);

/** How many routes ask for which auth, for the contract. */
export function authText({ groups }: HttpApiSpec): string {
  const kinds = groups.flatMap(({ routes }) => routes.map(({ auth }) => auth.kind));
  return (["none", "iam", "jwt"] as const)
    .map((kind) => `${kind}: ${kinds.filter((one) => one === kind).length}`)
    .join(", ");
}
