import { type AnyHttpHandler, createHttpRoutes } from "../http-route";
import type { Parts } from "../settings";
import type { HttpEvent, HttpReply } from "./events";

/**
 * Routes as the local cloud calls them. Only its gateway can call a function, so every call is admitted, with the
 * identity that the gateway established.
 */
export function httpRoute(handler: AnyHttpHandler, parts: Parts): (event: HttpEvent) => Promise<HttpReply> {
  const routes = createHttpRoutes(handler, parts);
  return ({ method, path, query, headers, body, identity, timeoutMs }) => {
    const deadline = performance.now() + timeoutMs;
    return routes.handle(
      { method, path, query: new URLSearchParams(query), headers, ...(body && { body }) },
      {
        admit: () => ({ admitted: true, ...(identity && { identity }) }),
        remainingMs: () => Math.max(0, deadline - performance.now()),
      },
    );
  };
}
