/** OpenAPI documents: what can be called, and what it asks of callers. */
import { isObject, type Properties } from "../known";
import { list } from "./expect";
import type { declaredRoutes } from "./grants";

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly content: Properties;
}

const verbs = ["get", "put", "post", "delete", "patch", "head", "options", "trace", "x-amazon-apigateway-any-method"];

/** Every operation but preflight requests, which carry no credentials. */
export function operationsOf(document: Properties): readonly Operation[] {
  const paths = isObject(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, item]) =>
    verbs.flatMap((method) => {
      const content = isObject(item) && Object.hasOwn(item, method) ? item[method] : undefined;
      return isObject(content) && method !== "options" ? [{ method, path, content }] : [];
    }),
  );
}

/** For gateways `/a/{x}` and `/a/{y}` are one path. */
const shapeOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, "{}")}`;

/** Operations that admit anyone, but for those that a component's route table declares public. */
export function undeclared(
  open: readonly Operation[],
  routes: ReturnType<typeof declaredRoutes>,
): readonly Operation[] {
  const declared = new Set(routes?.flatMap((route) => (route.auth === "none" ? [shapeOf(route)] : [])));
  return open.filter((one) => !declared.has(shapeOf(one)));
}

/** One requirement of a list is enough for a caller, and an empty one asks for nothing. */
export function authenticates(security: unknown, holds: (scheme: string) => boolean = () => true): boolean {
  const ways = list(security);
  return ways.length > 0 && ways.every((way) => isObject(way) && Object.keys(way).some(holds));
}
