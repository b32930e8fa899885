import type * as pulumi from "@pulumi/pulumi";
import type { GrantData, GrantRecord, Target } from "../core/grant";

/** One role of one member on exactly one resource. */
export interface Permission {
  /** As the grant is registered and printed. */
  readonly rendered: {
    readonly role: string;
    /** Which kind of resource has the policy that the role is added to. */
    readonly on: string;
    readonly resource: pulumi.Input<string>;
    readonly condition?: pulumi.Input<string>;
  };
  /** Adds the member; never replaces others' grants. */
  readonly bind: (name: string, member: pulumi.Input<string>, options: pulumi.CustomResourceOptions) => pulumi.Resource;
}

/** What a grant becomes: the client's configuration (see `runtime/gcp`), and the permission behind it. */
export interface Access {
  readonly config: Readonly<Record<string, pulumi.Input<string | number>>>;
  readonly permission: Permission;
}

const offers = new WeakMap<Target, (grant: GrantData) => Access>();

/** Says how a component can be used. */
export function provide(target: Target, offer: (grant: GrantData) => Access): void {
  offers.set(target, offer);
}

export function accessTo(grant: GrantData): Access {
  const offer = offers.get(grant.target);
  if (!offer) throw new Error(`${grant.target.kind} "${grant.target.id}" cannot be used on gcp`);
  return offer(grant);
}

export function record(from: string, { target, operations }: GrantData, { permission }: Access): GrantRecord {
  return { from, to: target.id, operations, rendered: [permission.rendered] };
}
