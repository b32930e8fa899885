/** Finds the route of a path: literal segments win over parameters, and a parameter is one non-empty segment. */
export interface Routable {
  readonly method: string;
  /** With parameters in braces: `/orders/{id}`. */
  readonly path: string;
}

export type RouteMatch<Route> =
  | { readonly kind: "route"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The path exists under other methods. */
  | { readonly kind: "method"; readonly allowed: readonly string[] }
  | { readonly kind: "malformed" }
  | { readonly kind: "none" };

/** `path` percent-encoded, as on the wire; the parameters come out decoded, so `%2F` stays inside its segment. */
export function matchRoute<Route extends Routable>(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch<Route> {
  const segments: string[] = [];
  try {
    for (const segment of path.split("/")) segments.push(decodeURIComponent(segment));
  } catch {
    return { kind: "malformed" };
  }
  const matches = routes
    .flatMap((route) => {
      const params = matchPath(route.path.split("/"), segments);
      return params === undefined ? [] : [{ kind: "route" as const, route, params }];
    })
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (matches.length === 0) return { kind: "none" };
  const found = matches.find(({ route }) => route.method.toUpperCase() === method.toUpperCase());
  return (
    found ?? { kind: "method", allowed: [...new Set(matches.map(({ route }) => route.method.toUpperCase()))].sort() }
  );
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  for (let index = 0; index < pattern.length; index++) {
    const expected = pattern[index] ?? "";
    const actual = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name === undefined ? expected !== actual : actual === "") return undefined;
    if (name !== undefined) params.push([name, actual]);
  }
  return Object.fromEntries(params);
}
