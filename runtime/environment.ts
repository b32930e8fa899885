/** Reads what deployment wrote into the environment, once, at cold start; all that is wrong is said in one error. */
import { StartupError } from "./errors";
import {
  type HttpRouteSettings,
  IDEMPOTENCY,
  type Parts,
  type QueueWorkerSettings,
  SETTINGS,
  useVariable,
} from "./settings";
import { list, object, optional, type Shape, shapeErrors } from "./shape";
import type { Suppressor } from "./suppression";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Clients {
  readonly uses: Readonly<Record<string, unknown>>;
  readonly idempotency?: Suppressor;
}

// Functions, so that a bundle drops the shape it does not use.
const queueWorkerShape = (): Shape =>
  object({
    component: "string",
    timeoutSeconds: "number",
    maxDeliveries: "number",
    backoff: object({ minSeconds: "number", maxSeconds: "number" }),
    deadLetter: optional("string"),
    idempotency: optional(object({ by: "string", windowSeconds: "number" })),
  });

const httpRoutesShape = (): Shape =>
  list(
    object({
      component: "string",
      method: "string",
      path: "string",
      auth: object({ kind: "string" }),
      maxBodyBytes: "number",
      timeoutSeconds: "number",
      gateway: optional("object"),
      cors: optional(
        object({ origins: list("string"), headers: list("string"), methods: list("string"), maxAgeSeconds: "number" }),
      ),
    }),
  );

const jwtShape = (): Shape => object({ issuer: "string", audience: list("string"), scopes: list("string") });

export function readQueueWorker(
  parts: Parts,
  environment: Environment = process.env,
): { readonly settings: QueueWorkerSettings; readonly clients: Clients } {
  const problems: string[] = [];
  const settings = read<QueueWorkerSettings>(SETTINGS, environment, queueWorkerShape(), problems);
  const clients = makeClients(parts, environment, problems);
  if (settings !== undefined && !settings.idempotency !== !parts.idempotency)
    problems.push(`${SETTINGS} and the bundle disagree about idempotency`);
  if (settings === undefined || problems.length > 0) throw new StartupError(problems);
  return { settings, clients };
}

export function readHttpRoutes(
  parts: Parts,
  environment: Environment = process.env,
): { readonly routes: readonly HttpRouteSettings[]; readonly clients: Clients } {
  const problems: string[] = [];
  const routes = read<readonly HttpRouteSettings[]>(SETTINGS, environment, httpRoutesShape(), problems);
  if (routes?.length === 0) problems.push(`${SETTINGS} lists no route`);
  routes?.forEach((route, index) => {
    if (route.auth.kind === "jwt") problems.push(...shapeErrors(`${SETTINGS}[${index}].auth`, route.auth, jwtShape()));
    else if (route.auth.kind !== "none" && route.auth.kind !== "iam")
      problems.push(`${SETTINGS}[${index}].auth.kind must be none, iam or jwt`);
  });
  const clients = makeClients(parts, environment, problems);
  if (routes === undefined || problems.length > 0) throw new StartupError(problems);
  return { routes, clients };
}

function makeClients(parts: Parts, environment: Environment, problems: string[]): Clients {
  const make = <Client>(variable: string, factory: (config: unknown) => Client): Client | undefined => {
    const config = read<unknown>(variable, environment, "object", problems);
    if (config === undefined) return undefined;
    try {
      return factory(config);
    } catch (error) {
      problems.push(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const uses = Object.entries(parts.uses).map(([key, factory]) => [key, make(useVariable(key), factory)] as const);
  const idempotency = parts.idempotency && make(IDEMPOTENCY, parts.idempotency);
  return { uses: Object.freeze(Object.fromEntries(uses)), ...(idempotency && { idempotency }) };
}

function read<Value>(variable: string, environment: Environment, shape: Shape, problems: string[]): Value | undefined {
  const text = environment[variable];
  if (text === undefined || text === "") {
    problems.push(`${variable} is not set`);
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.push(`${variable} is not JSON`);
    return undefined;
  }
  const wrong = shapeErrors(variable, value, shape);
  problems.push(...wrong);
  return wrong.length === 0 ? (value as Value) : undefined;
}
