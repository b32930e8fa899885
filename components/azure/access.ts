import { createHash } from "node:crypto";
import * as authorization from "@pulumi/azure-native/authorization";
import * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import * as pulumi from "@pulumi/pulumi";
import type { GrantData, GrantRecord, Target } from "../core/grant";
import type { Pattern } from "../core/pattern";

/** Azure's built-in roles by the id of their definition. */
export const roles = {
  serviceBusReceiver: "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
  serviceBusSender: "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
  eventGridSender: "d5a91429-5739-47e2-a06b-3470a27159e7",
  eventHubsReceiver: "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
  eventHubsSender: "2b629674-e913-4c01-ae53-ef4638d8f975",
  storageBlobReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  storageBlobContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  storageQueueProcessor: "8a0f0c08-91a1-4084-bc3d-661d67233fed",
  storageQueueReader: "19e7f393-937e-4f77-808e-94535e297925",
  storageQueueSender: "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
  storageBlobOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  secretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  cryptoServiceEncryptionUser: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  metricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb",
} as const;
export type Role = keyof typeof roles;

/** Cosmos DB's own roles, which are not those of the resource manager. */
const cosmosRoles = {
  reader: "00000000-0000-0000-0000-000000000001",
  contributor: "00000000-0000-0000-0000-000000000002",
} as const;

/** A role on exactly one resource. */
export type Permission =
  | { readonly role: Role; readonly scope: pulumi.Input<string> }
  | {
      readonly cosmosRole: keyof typeof cosmosRoles;
      readonly account: cosmosdb.DatabaseAccount;
      readonly resourceGroupName: pulumi.Input<string>;
      readonly scope: pulumi.Input<string>;
    };

/** What a grant becomes: the client's configuration, and the roles of the caller's identity. */
export interface AzureAccess {
  readonly config: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly permissions: readonly Permission[];
}

const offers = new WeakMap<Target, (operations: readonly string[]) => AzureAccess>();

/** Says how a component can be used. */
export function provide(target: Target, offer: (operations: readonly string[]) => AzureAccess): void {
  offers.set(target, offer);
}

export function accessTo({ target, operations }: GrantData): AzureAccess {
  const offer = offers.get(target);
  if (!offer) throw new Error(`${target.kind} "${target.id}" cannot be used on azure`);
  return offer(operations);
}

export function record(
  from: string,
  to: string,
  operations: readonly string[],
  permissions: readonly Permission[],
): GrantRecord {
  const rendered = permissions.map((one) =>
    "role" in one ? { role: roles[one.role], scope: one.scope } : { cosmosRole: one.cosmosRole, scope: one.scope },
  );
  return { from, to, operations, rendered };
}

/**
 * The name of a role assignment: a GUID, one in the whole tenant, and another one for another principal, role or scope,
 * since an assignment cannot be changed.
 */
function assignmentName(...facts: pulumi.Input<string>[]): pulumi.Output<string> {
  return pulumi.all(facts).apply((known) => {
    const hex = createHash("sha256").update(known.join("\0").toLowerCase()).digest("hex");
    // Version 8 and variant 10 of RFC 9562: a digest of the maker's own choice.
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  });
}

/**
 * The identity that Azure gives to a resource. Known when the resource is, and not before: until then there is an identity with
 * what was asked of it alone.
 */
export function principalOf(resource: {
  readonly id: pulumi.Output<string>;
  readonly identity: pulumi.Output<{ readonly principalId?: string | undefined } | undefined>;
}): pulumi.Output<string> {
  return pulumi.all([resource.identity, resource.id]).apply(([identity]) => identity?.principalId ?? "");
}

/** Gives an identity a role. `principalType` spares the resource manager a look-up that a new identity would fail. */
export function assign(
  self: Pattern,
  name: string,
  principalId: pulumi.Input<string>,
  permission: Permission,
): pulumi.Resource {
  if ("cosmosRole" in permission) {
    const { account, resourceGroupName, cosmosRole, scope } = permission;
    const roleDefinitionId = pulumi.interpolate`${account.id}/sqlRoleDefinitions/${cosmosRoles[cosmosRole]}`;
    return new cosmosdb.SqlResourceSqlRoleAssignment(
      name,
      {
        accountName: account.name,
        resourceGroupName,
        roleAssignmentId: assignmentName(principalId, roleDefinitionId, scope),
        principalId,
        roleDefinitionId,
        scope,
      },
      self.child(),
    );
  }
  const { role, scope } = permission;
  // Built-in roles stand above subscriptions; so written, the role is known before anything is deployed.
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`;
  return new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: assignmentName(principalId, roleDefinitionId, scope),
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId,
      scope,
    },
    self.child(),
  );
}
