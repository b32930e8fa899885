/** Roles by which an identity can give itself others, act as another or read keys (Azure). */
import { isUnknown, known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { roleNamed } from "./azure-roles";
import { texts } from "./expect";
import { coveredBy } from "./globs";
import { insteadOf, registeredGrants } from "./grants";

const roles: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
  "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
  "de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
  "87a39d53-fc1b-424a-814c-f7e04687dc9e": "Logic App Contributor",
  "f353d9bd-d4a6-484e-a77a-8050b599b867": "Automation Contributor",
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
  "81a9662b-bebf-436f-a333-f67b29880f12": "Storage Account Key Operator Service Role",
  "5bd9cd88-fe45-4216-938b-f97437e15450": "DocumentDB Account Contributor",
};

const operations = [
  ...["roleAssignments/write", "roleDefinitions/write", "elevateAccess/action"].map(
    (operation) => `Microsoft.Authorization/${operation}`,
  ),
  ...["userAssignedIdentities/assign/action", "userAssignedIdentities/federatedIdentityCredentials/write"].map(
    (operation) => `Microsoft.ManagedIdentity/${operation}`,
  ),
  "Microsoft.KeyVault/vaults/write",
  "Microsoft.KeyVault/vaults/accessPolicies/write",
  "Microsoft.Web/sites/publish/action",
  "Microsoft.Web/sites/publishxml/action",
  "Microsoft.Web/sites/config/list/action",
  "Microsoft.Web/sites/host/listkeys/action",
  "Microsoft.Compute/virtualMachines/runCommand/action",
  "Microsoft.Storage/storageAccounts/listKeys/action",
  "Microsoft.Storage/storageAccounts/listAccountSas/action",
  "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
  "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write",
  "Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action",
  "Microsoft.EventHub/namespaces/authorizationRules/listKeys/action",
  "Microsoft.EventGrid/topics/listKeys/action",
];

const fine = "its role neither assigns roles nor stands for other identities";

function judge(role: unknown): Finding {
  const name = typeof role === "string" ? roleNamed(role, roles) : undefined;
  return name === undefined
    ? pass(fine)
    : fail(`role ${name} assigns roles, runs code as other identities or reads keys: use a data role`);
}

export function assignment(resource: ResourceView, stack: StackView): Finding[] {
  const role = known(resource.props, "roleDefinitionId");
  if (role.state === "value") return [judge(role.value)];
  // What assigns no role at all is IAM-02's.
  if (role.state === "absent") return [];
  if (stack.dependencies(resource, "roleDefinitionId").some(({ type }) => type.endsWith(":RoleDefinition")))
    return [pass("it assigns a role defined in this stack, which is judged by itself")];
  const grants = registeredGrants(resource, stack);
  const note = grants && insteadOf("roleDefinitionId", grants);
  const told = grants?.rendered.flatMap(({ role: one }) => (typeof one === "string" && !isUnknown(one) ? [one] : []));
  if (!told || note === undefined) return [undetermined("roleDefinitionId is known after deployment only")];
  return told.some((one) => judge(one).verdict === "fail")
    ? [fail(`${note}: a role assigns roles, runs code as other identities or reads keys`)]
    : [pass(note)];
}

export function definition({ props }: ResourceView): Finding[] {
  const found = known(props, "permissions");
  if (found.state === "unknown") return [undetermined("permissions are known after deployment only")];
  if (found.state === "absent" || !Array.isArray(found.value)) return [];
  return found.value.map((permission) => {
    const [actions, excluded] = ["actions", "notActions"].map((kind) => known(permission, kind));
    const names = (one = actions) => (one?.state === "value" ? (texts(one.value) ?? []) : []);
    const taken = coveredBy(names(excluded), operations);
    const [first] = coveredBy(names(), operations).filter((operation) => !taken.includes(operation));
    if (first !== undefined) return fail(`${first} lets its holder widen permissions or act as another: leave it out`);
    return isUnknown(permission) || actions?.state === "unknown" || names().some(isUnknown)
      ? undetermined("actions are known after deployment only")
      : pass(fine);
  });
}
