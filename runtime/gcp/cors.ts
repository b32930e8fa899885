/** CORS, which API Gateway leaves to the function: preflight requests reach it, and its answers carry the headers. */
import { matchRoute } from "../route-match";
import type { HttpRouteSettings } from "../settings";

type Headers = Readonly<Record<string, string>>;
type Asked = Readonly<Record<string, string | undefined>>;

/** The route of a path, whatever the method: a preflight request names another than its own. */
export function routeOf(routes: readonly HttpRouteSettings[], path: string): HttpRouteSettings | undefined {
  const any = routes.map((route) => ({ method: "*", path: route.path, route }));
  const match = matchRoute(any, "*", path);
  return match.kind === "route" ? match.route.route : undefined;
}

/** Headers that let a page of another origin read an answer; none when it may not. `own`: the answer's headers so far. */
export function corsHeaders(cors: HttpRouteSettings["cors"], { origin }: Asked, own: Headers = {}): Headers {
  if (!cors || origin === undefined) return {};
  if (cors.origins.includes("*")) return { "access-control-allow-origin": "*" };
  const vary = own.vary === undefined ? "origin" : `${own.vary}, origin`;
  return cors.origins.includes(origin) ? { "access-control-allow-origin": origin, vary } : { vary };
}

/** What a preflight request is answered with; undefined when it is none. */
export function preflight(cors: HttpRouteSettings["cors"], method: string, asked: Asked): Headers | undefined {
  const wanted = asked["access-control-request-method"];
  if (!cors || method !== "OPTIONS" || asked.origin === undefined || wanted === undefined) return undefined;
  return {
    ...corsHeaders(cors, asked),
    "access-control-allow-methods": cors.methods.join(", "),
    "access-control-allow-headers": cors.headers.join(", "),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}
