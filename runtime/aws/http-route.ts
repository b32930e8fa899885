/**
 * Lambda behind an API Gateway HTTP API, payload format 2.0. The gateway's decoded `rawPath` cannot be taken apart
 * again (`%2F` has become `/`), so the route is the one that the gateway matched, with its path parameters.
 */
import { StartupError } from "../errors";
import type { Identity } from "../handler";
import { type Admission, type AnyHttpHandler, createHttpRoutes } from "../http-route";
import { identityFromClaims } from "../identity";
import type { HttpRouteSettings, Parts } from "../settings";

/** The part of the event that is read. */
export interface ApiGatewayEvent {
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly requestContext: {
    readonly apiId: string;
    readonly http: { readonly method: string };
    readonly authorizer?: unknown;
  };
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
}

export interface ApiGatewayReply {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

export function httpRoute(handler: AnyHttpHandler, parts: Parts) {
  const { routes, handle } = createHttpRoutes(handler, parts);
  if (routes.some((route) => !route.gateway?.apiId))
    throw new StartupError(["a route names no gateway.apiId, so calls past the gateway could not be told apart"]);
  return async (
    event: ApiGatewayEvent,
    context: { readonly getRemainingTimeInMillis: () => number },
  ): Promise<ApiGatewayReply> => {
    const route = routes.find(({ method, path }) => `${method} ${path}` === event.routeKey);
    const cookie = event.cookies?.join("; ");
    const request = {
      method: event.requestContext.http.method,
      path: event.rawPath.split("/").map(encodeURIComponent).join("/"),
      query: new URLSearchParams(event.rawQueryString),
      headers: { ...event.headers, ...(cookie !== undefined && { cookie }) },
      body: event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64") : (event.body ?? ""),
    };
    const reply = await handle(request, {
      admit: ({ gateway }) => admit(event, gateway),
      remainingMs: () => context.getRemainingTimeInMillis(),
      ...(route && { matched: { route, params: defined(event.pathParameters ?? {}) } }),
    });
    return { statusCode: reply.status, headers: { ...reply.headers }, body: reply.body, isBase64Encoded: false };
  };
}

/** Only this API may invoke the function (resource policy); its id in the context says that it did. */
function admit(event: ApiGatewayEvent, gateway: HttpRouteSettings["gateway"]): Admission {
  if (event.requestContext?.apiId !== gateway?.apiId) return { admitted: false };
  const identity = identityOf(event.requestContext.authorizer);
  return { admitted: true, ...(identity && { identity }) };
}

interface Authorizer {
  readonly jwt?: { readonly claims: Readonly<Record<string, unknown>> };
  readonly iam?: {
    readonly userArn: string;
    readonly accountId: string;
    readonly callerId: string;
    readonly principalOrgId?: string | null;
  };
}

function identityOf(authorizer: unknown): Identity | undefined {
  const { jwt, iam } = (authorizer ?? {}) as Authorizer;
  if (jwt !== undefined) return identityFromClaims(jwt.claims);
  if (iam === undefined) return undefined;
  const { userArn, accountId, callerId, principalOrgId } = iam;
  return { subject: userArn, scopes: [], claims: { accountId, callerId, ...(principalOrgId && { principalOrgId }) } };
}

function defined(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
