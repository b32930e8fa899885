export const stackType = "pulumi:pulumi:Stack";

const providerPrefix = "pulumi:providers:";

export interface Site {
  stack: string;
  project: string;
}

/** `urn:pulumi:<stack>::<project>::<types of all ancestors$own type>::<name>`; the root stack is no ancestor. */
export function makeUrn(site: Site, parent: string | undefined, type: string, name: string): string {
  const ancestors = parent ? qualifiedType(parent) : "";
  const qualified = ancestors && ancestors !== stackType ? `${ancestors}$${type}` : type;
  return `urn:pulumi:${site.stack}::${site.project}::${qualified}::${name}`;
}

export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

export function typeOf(urn: string): string {
  return qualifiedType(urn).split("$").pop() ?? "";
}

/** Everything behind the third `::`: a name may hold `::` itself. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

export function isProviderType(type: string): boolean {
  return type.startsWith(providerPrefix);
}

export function packageOf(type: string): string {
  return type.split(":")[0] ?? "";
}
