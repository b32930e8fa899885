import { hasUnknown, isObject, isUnknown, valueAt } from "../known";
import { componentPrefix, component as componentType, type ResourceView, type StackView } from "../model";
import { list } from "./expect";

/** What the owning component registered about its permissions, for documents that are unknown until deployment. */
export interface Registered {
  /** For messages: `QueueWorker "fulfil"`. */
  readonly owner: string;
  /** Each permission in the cloud's own terms; unknown values as the sentinel. */
  readonly rendered: readonly Readonly<Record<string, unknown>>[];
}

/** The grants of the catalog component that a resource belongs to; undefined where none registered any that can be read. */
export function registeredGrants(resource: ResourceView, stack: StackView): Registered | undefined {
  const owner = stack.owner(resource);
  if (!owner) return undefined;
  const grants = valueAt(owner.props, "grants");
  if (!Array.isArray(grants)) return undefined;
  const rendered = grants.flatMap((grant) => (isObject(grant) ? list(grant.rendered) : [undefined]));
  // A grant whose rendering cannot be read vouches for nothing.
  if (!rendered.every(isObject)) return undefined;
  return { owner: `${owner.type.slice(componentPrefix.length)} "${owner.name}"`, rendered };
}

/** Says in a message whose grants were judged in place of what. */
export const insteadOf = (what: string, { owner, rendered }: Registered): string =>
  `${what} is known after deployment; judged the grants that ${owner} registers${rendered.length === 0 ? ", which are none" : ""}`;

/** The route table that an HttpApi registers: `undefined` where it has none, or part of it is unknown. */
export function declaredRoutes(
  api: ResourceView,
): readonly { method: string; path: string; auth: string }[] | undefined {
  const routes = valueAt(api.props, "routes");
  if (api.type !== componentType("HttpApi") || !Array.isArray(routes) || hasUnknown(routes)) return undefined;
  return routes.flatMap((route) => {
    if (!isObject(route)) return [];
    const { method, path, auth } = route;
    const kind = isObject(auth) ? auth.kind : auth;
    return typeof method === "string" && typeof path === "string" && typeof kind === "string" && !isUnknown(kind)
      ? [{ method, path, auth: kind }]
      : [];
  });
}
