/**
 * Azure Functions (Node.js programming model v4) behind API Management. Easy Auth on the app lets only the gateway's
 * identity in and writes who called into `x-ms-client-principal-id`, whatever the caller sent under that name; the
 * identity of the gateway's own caller is in `x-sb-identity`, set by the gateway's policy, believed from it only.
 * One function takes every path, so `host.json` sets `extensions.http.routePrefix` to "".
 */
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { StartupError } from "../errors";
import type { Identity } from "../handler";
import { type Admission, type AnyHttpHandler, createHttpRoutes } from "../http-route";
import { decodeObject } from "../identity";
import type { HttpRouteSettings, Parts } from "../settings";
import { contextSink } from "./log";

type AzureRequest = Pick<HttpRequest, "method" | "url" | "headers" | "arrayBuffer">;
type AzureContext = Pick<InvocationContext, "info" | "warn" | "error">;

export function httpRoute(handler: AnyHttpHandler, parts: Parts) {
  const { routes, handle } = createHttpRoutes(handler, parts);
  if (routes.some((route) => !route.gateway?.principalId))
    throw new StartupError(["a route names no gateway.principalId, so calls past the gateway could not be told apart"]);
  const serve = async (request: AzureRequest, context: AzureContext): Promise<HttpResponseInit> => {
    const url = new URL(request.url);
    const headers = Object.fromEntries(request.headers.entries());
    const native = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: withoutPlatform(headers),
      body: new Uint8Array(await request.arrayBuffer()),
    };
    return handle(native, { admit: ({ gateway }) => admit(headers, gateway), sink: contextSink(context) });
  };
  app.http("routes", {
    route: "{*path}",
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    authLevel: "anonymous", // Easy Auth decides, and then the gateway's principal id; a function key is neither
    handler: serve,
  });
  return serve;
}

function admit(headers: Readonly<Record<string, string>>, gateway: HttpRouteSettings["gateway"]): Admission {
  if (headers["x-ms-client-principal-id"] !== gateway?.principalId) return { admitted: false };
  const identity = readIdentity(headers["x-sb-identity"]);
  return { admitted: true, ...(identity && { identity }) };
}

/** What the platform and the gateway say to this adapter; a handler reads `request.identity`. */
function withoutPlatform(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = /^(authorization|x-sb-identity|x-ms-client-principal.*|x-ms-token-.*)$/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
}

function readIdentity(header: string | undefined): Identity | undefined {
  const { subject, issuer, scopes, claims } = decodeObject(header) ?? {};
  if (typeof subject !== "string" || subject === "") return undefined;
  return {
    subject,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
    claims: typeof claims === "object" && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {},
    ...(typeof issuer === "string" && issuer !== "" && { issuer }),
  };
}
