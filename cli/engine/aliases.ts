import type { ResourceTransformation } from "@pulumi/pulumi";
import { qualifiedType, type Site, stackType } from "./urn";
import { isObject } from "./values";

export interface AliasSpec {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

interface Named {
  type: string;
  name: string;
  parent: string;
}

/**
 * The URNs that a resource's aliases stand for; what a spec leaves open is as the resource has it today. Below a
 * parent, stack and project are the parent's, whatever the spec says: so the engine reads it.
 */
export function aliasUrns(resource: Named, specs: readonly AliasSpec[], site: Site): string[] {
  const urns = specs.map((spec) => {
    if (spec.urn) return spec.urn;
    const parent = spec.noParent ? "" : spec.parent || resource.parent;
    const prefix =
      parent && qualifiedType(parent) !== stackType
        ? `${parent.slice(0, parent.lastIndexOf("::"))}$`
        : `urn:pulumi:${spec.stack || site.stack}::${spec.project || site.project}::`;
    return `${prefix}${spec.type || resource.type}::${spec.name || resource.name}`;
  });
  return [...new Set(urns)];
}

/**
 * Leaves out aliases by type alone that differ in module or version only: a provider's own, for states of earlier
 * releases. A run on an empty stack has no such state, and on Azure they cost three quarters of it.
 */
export const withoutVersions: ResourceTransformation = ({ type, props, opts }) => {
  const ends = (other: string) => [0, 2].every((part) => other.split(":")[part] === type.split(":")[part]);
  const isVersion = (alias: unknown) =>
    isObject(alias) && Object.keys(alias).join() === "type" && typeof alias.type === "string" && ends(alias.type);
  const aliases = opts.aliases?.filter((alias) => !isVersion(alias));
  return aliases?.length === opts.aliases?.length ? undefined : { props, opts: { ...opts, aliases } };
};
