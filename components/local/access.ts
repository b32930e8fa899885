import { operations as known, type Operation, type Publishing } from "../../local/resources";
import type { GrantData, GrantRecord, Target } from "../core/grant";

/** What a grant becomes: the client's configuration, and the permission that the local cloud checks at every call. */
export interface LocalAccess {
  /** The resource's name in the local cloud, and what else the client has to know. */
  readonly config: { readonly resource: string } & Readonly<Record<string, string>>;
  readonly permission: { readonly resource: string; readonly operations: readonly (Operation | Publishing)[] };
}

const offers = new WeakMap<Target, LocalAccess["config"]>();

/** Says under which name a component can be used. */
export function provide(target: Target, resource: string, more: Readonly<Record<string, string>> = {}): void {
  offers.set(target, { resource, ...more });
}

export function accessTo({ target, operations }: GrantData): LocalAccess {
  const config = offers.get(target);
  if (config === undefined) throw new Error(`${target.kind} "${target.id}" cannot be used on local`);
  return { config, permission: { resource: config.resource, operations: operations.filter(isKnown) } };
}

const isKnown = (operation: string): operation is Operation | Publishing =>
  operation in known || operation.startsWith("publish ");

export function record(from: string, { target, operations }: GrantData, { permission }: LocalAccess): GrantRecord {
  return { from, to: target.id, operations, rendered: [permission] };
}
