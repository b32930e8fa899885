import { operations as known, type Operation } from "../../local/resources";
import type { GrantData, GrantRecord, Target } from "../core/grant";

/** What a grant becomes: the client's configuration, and the permission that the local cloud checks at every call. */
export interface LocalAccess {
  /** The resource's name in the local cloud. */
  readonly resource: string;
  readonly operations: readonly Operation[];
}

const names = new WeakMap<Target, string>();

/** Says under which name a component can be used. */
export function provide(target: Target, resource: string): void {
  names.set(target, resource);
}

export function accessTo({ target, operations }: GrantData): LocalAccess {
  const resource = names.get(target);
  if (resource === undefined) throw new Error(`${target.kind} "${target.id}" cannot be used on local`);
  return { resource, operations: operations.filter((operation): operation is Operation => operation in known) };
}

export function record(from: string, { target, operations }: GrantData, access: LocalAccess): GrantRecord {
  return { from, to: target.id, operations, rendered: [access] };
}
