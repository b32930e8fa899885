/**
 * A Functions Framework HTTP function behind API Gateway. Cloud Run has verified the bearer token and that its account
 * may invoke; the account must also be the gateway's, because a project has other invokers. The gateway replaces the
 * caller's own token and states its claims in `x-apigateway-api-userinfo`, believed from the gateway only.
 */
import { StartupError } from "../errors";
import { type Admission, type AnyHttpHandler, createHttpRoutes } from "../http-route";
import { decodeObject, identityFromClaims } from "../identity";
import type { HttpRouteSettings, Parts } from "../settings";
import { corsHeaders, preflight, routeOf } from "./cors";
import { cloudLogging, type FrameworkRequest, type FrameworkResponse, headersOf, takeBodiesAsTheyCome } from "./http";

/** What the platform and the gateway say to this adapter; a handler reads `request.identity`. */
const PLATFORM = /^(authorization|x-serverless-authorization|x-forwarded-authorization|x-apigateway-api-userinfo)$/;

export function httpRoute(handler: AnyHttpHandler, parts: Parts) {
  takeBodiesAsTheyCome();
  const { routes, handle } = createHttpRoutes(handler, parts, { sink: cloudLogging });
  if (routes.some((route) => !route.gateway?.serviceAccount))
    throw new StartupError([
      "a route names no gateway.serviceAccount, so calls past the gateway could not be told apart",
    ]);
  return async (request: FrameworkRequest, response: FrameworkResponse): Promise<void> => {
    const headers = headersOf(request);
    const [path = "/", query = ""] = splitOnce(request.originalUrl);
    const route = routeOf(routes, path);
    const allowed = preflight(route?.cors, request.method, headers);
    if (allowed && admit(headers, route).admitted) {
      send(response, 204, allowed);
      return;
    }
    const reply = await handle(
      {
        method: request.method,
        path,
        query: new URLSearchParams(query),
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !PLATFORM.test(name))),
        ...(request.rawBody && { body: request.rawBody }),
      },
      { admit: (asked) => admit(headers, asked) },
    );
    send(response, reply.status, { ...reply.headers, ...corsHeaders(route?.cors, headers, reply.headers) }, reply.body);
  };
}

function send(
  response: FrameworkResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}

function splitOnce(url: string): readonly string[] {
  const at = url.indexOf("?");
  return at === -1 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

function admit(headers: Readonly<Record<string, string | undefined>>, route: HttpRouteSettings | undefined): Admission {
  // Cloud Run verifies this header and not the other, where both are sent.
  const bearer = headers["x-serverless-authorization"] ?? headers.authorization;
  const [, payload] = /^bearer +[\w-]+\.([\w-]+)\./i.exec(bearer ?? "") ?? [];
  if (!isGateway(decodeObject(payload) ?? {}, route?.gateway)) return { admitted: false };
  const userinfo = decodeObject(headers["x-apigateway-api-userinfo"]);
  const identity = userinfo && isFor(route, userinfo) ? identityFromClaims(userinfo) : undefined;
  return { admitted: true, ...(identity && { identity }) };
}

/** API Gateway knows one list of audiences for an issuer, that of all its routes: each route's own is looked at here. */
function isFor(route: HttpRouteSettings | undefined, { aud }: Readonly<Record<string, unknown>>): boolean {
  const { auth } = route ?? {};
  return auth?.kind !== "jwt" || [aud].flat().some((one) => typeof one === "string" && auth.audience.includes(one));
}

/** By email where the token has one, otherwise by the account's unique id, which every token has as its subject. */
function isGateway(caller: Readonly<Record<string, unknown>>, gateway: HttpRouteSettings["gateway"]): boolean {
  if (caller.email !== undefined) return caller.email === gateway?.serviceAccount && caller.email_verified === true;
  return gateway?.serviceAccountId !== undefined && caller.sub === gateway.serviceAccountId;
}
