/** Permissions of a workload's identity, beside those that the catalog component it belongs to has declared. */
import { isUnknown } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { type Registered, registeredGrants } from "./grants";

export interface Permission {
  /** An action or a role. */
  readonly what: string;
  /** What it is for, where that is known and has the same form in grants. */
  readonly where: string | undefined;
}

export interface Held {
  readonly identity: ResourceView;
  /** Undefined while unknown. */
  readonly permissions: readonly Permission[] | undefined;
}

export interface Cloud {
  /** Types that give permissions to identities. */
  readonly types: readonly string[] | RegExp;
  /** The identities of workloads. */
  readonly identities: (stack: StackView) => ReadonlySet<ResourceView>;
  /** What a resource gives to which identities; what every workload of the platform needs is left out. */
  readonly held: (resource: ResourceView, stack: StackView) => readonly Held[];
  /** A rendered grant in the same form; undefined where it cannot be read yet. */
  readonly declared: (rendered: Readonly<Record<string, unknown>>) => readonly Permission[] | undefined;
}

export const whereOf = (value: unknown): string | undefined =>
  typeof value === "string" && !isUnknown(value) ? value.toLowerCase() : undefined;

const same = (one: Permission, other: Permission): boolean =>
  one.what.toLowerCase() === other.what.toLowerCase() &&
  (one.where === undefined || other.where === undefined || one.where === other.where);

function declaredBy({ rendered }: Registered, cloud: Cloud): readonly Permission[] | undefined {
  const all = rendered.map(cloud.declared);
  return all.every((one) => one !== undefined) ? all.flat() : undefined;
}

/** Granted but not declared. Identities of no component have nothing declared to be held against. */
export function undeclared(cloud: Cloud, resource: ResourceView, stack: StackView): Finding[] {
  const workloads = cloud.identities(stack);
  return cloud.held(resource, stack).flatMap(({ identity, permissions }) => {
    const grants = workloads.has(identity) ? registeredGrants(identity, stack) : undefined;
    if (!grants) return [];
    const own = stack.owner(resource) === stack.owner(identity);
    const declared = declaredBy(grants, cloud);
    if (!permissions || !declared)
      return own
        ? pass(`what it allows is known after deployment; ${grants.owner} made it and registers its grants`)
        : undetermined(`whether ${grants.owner} declares what it allows is known after deployment only`);
    return permissions.every((one) => declared.some((other) => same(one, other)))
      ? pass(`it allows what ${grants.owner} declares`)
      : fail(`it allows what no grant of ${grants.owner} declares: list it under uses, or remove it`);
  });
}

/** Declared but not granted: the handler will fail there. Told of the component, once all is known. */
export function ungranted(cloud: Cloud, stack: StackView): Finding[] {
  const giving = stack.resources.filter(({ type, external }) => !external && matches(cloud.types, type));
  const held = giving.flatMap((resource) => cloud.held(resource, stack));
  const owners = new Map<ResourceView, ResourceView[]>();
  for (const identity of cloud.identities(stack)) {
    const owner = stack.owner(identity);
    if (owner) owners.set(owner, [...(owners.get(owner) ?? []), identity]);
  }
  return [...owners].flatMap(([owner, identities]) => {
    const [first] = identities;
    const grants = first && registeredGrants(first, stack);
    const declared = grants && declaredBy(grants, cloud);
    const mine = held.filter(({ identity }) => stack.owner(identity) === owner);
    if (!grants || !declared || mine.some(({ permissions }) => !permissions)) return [];
    const all = mine.flatMap(({ permissions = [] }) => permissions);
    return declared.every((one) => all.some((other) => same(one, other)))
      ? []
      : [fail(`${grants.owner} declares what no policy allows: grant it, or remove it from uses`, owner.urn)];
  });
}

const matches = (types: readonly string[] | RegExp, type: string): boolean =>
  types instanceof RegExp ? types.test(type) : types.includes(type);
