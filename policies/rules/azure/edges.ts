import { isUnknown, known, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { type Cloud, type Held, type Permission, whereOf } from "../edges";
import { perStack } from "../expect";
import { referred } from "../referred";
import { isFunctionApp } from "./function-app";
import { holdsCode, hostsState } from "./host-storage";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";

/** What every function app has, and no grant names: telemetry, and the storage that its host keeps its own state in. */
const telemetry = "3913510d-42f4-4e42-8a64-420c390055eb";
const blobOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
const accountType = "azure-native:storage:StorageAccount";

function ofPlatform(role: string, resource: ResourceView, stack: StackView): boolean {
  if (role !== blobOwner) return role === telemetry;
  const scope = known(resource.props, "scope");
  if (scope.state === "unknown" && stack.dependencies(resource, "scope").length === 0) return true;
  return referred(resource, "scope", stack, [accountType]).some(
    (account) => holdsCode(account, stack) || hostsState(account, stack),
  );
}

const cosmosRoles: Readonly<Record<string, string>> = { "1": "reader", "2": "contributor" };

/** The GUID that a definition's id ends in; of Cosmos DB's own roles, which are not the resource manager's, the name. */
function roleOf(id: string, cosmos: boolean): string {
  const last = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
  return cosmos ? `cosmos ${cosmosRoles[/^0{8}(?:-0{4}){3}-0{11}([12])$/.exec(last)?.[1] ?? ""] ?? last}` : last;
}

function held(resource: ResourceView, stack: StackView): readonly Held[] {
  const identities = stack.dependencies(resource, "principalId").filter(({ type }) => type === identityType);
  const role = known(resource.props, "roleDefinitionId");
  if (role.state === "absent") return [];
  const cosmos = resource.type.startsWith("azure-native:cosmosdb:");
  const what = role.state === "value" && typeof role.value === "string" ? roleOf(role.value, cosmos) : undefined;
  if (what !== undefined && ofPlatform(what, resource, stack)) return [];
  const scope = whereOf(valueAt(resource.props, "scope"));
  const permissions: readonly Permission[] | undefined = what === undefined ? undefined : [{ what, where: scope }];
  return identities.map((identity) => ({ identity, permissions }));
}

export const azureEdges: Cloud = {
  types: ["azure-native:authorization:RoleAssignment", "azure-native:cosmosdb:SqlResourceSqlRoleAssignment"],
  identities: perStack(
    (stack: StackView) =>
      new Set(
        stack
          .ofType("azure-native:web:WebApp")
          .filter(isFunctionApp)
          .flatMap((app) => stack.dependencies(app, "identity").filter(({ type }) => type === identityType)),
      ),
  ),
  held,
  declared: ({ role, cosmosRole, scope }) => {
    const name = typeof cosmosRole === "string" ? `cosmos ${cosmosRole}` : role;
    return typeof name === "string" && !isUnknown(name) ? [{ what: name, where: whereOf(scope) }] : undefined;
  },
};
