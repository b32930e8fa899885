import type { IncomingMessage } from "node:http";
import type { LocalResources } from "./resources";

export type CorsSettings = NonNullable<LocalResources["Api"]["cors"]>;
type Headers = Record<string, string>;

/** Headers for an answer that a page of another origin may read; none when it may not. */
export function corsHeaders(cors: CorsSettings | undefined, request: IncomingMessage): Headers {
  const { origin } = request.headers;
  if (!cors || origin === undefined) return {};
  if (cors.origins.includes("*")) return { "access-control-allow-origin": "*" };
  return cors.origins.includes(origin) ? { "access-control-allow-origin": origin, vary: "origin" } : { vary: "origin" };
}

/** Whether a page of this origin may call at all. */
export function allowsOrigin(cors: CorsSettings | undefined, origin: string): boolean {
  return cors !== undefined && (cors.origins.includes("*") || cors.origins.includes(origin));
}

/** What a preflight request is answered with; undefined when it is none. */
export function preflight(
  cors: CorsSettings | undefined,
  request: IncomingMessage,
  methods: readonly string[],
): Headers | undefined {
  const { origin, "access-control-request-method": wanted } = request.headers;
  if (!cors || request.method !== "OPTIONS" || origin === undefined || wanted === undefined) return undefined;
  return {
    ...corsHeaders(cors, request),
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": cors.headers.join(", "),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}
