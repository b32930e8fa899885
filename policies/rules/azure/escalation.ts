/** Roles by which an identity can give itself others, act as another or read keys (Azure). */
import { isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { texts } from "../expect";
import { coveredBy } from "../globs";
import { insteadOf, registeredGrants } from "../grants";
import { delegated } from "./delegation";
import { escalatingRoles, roleNamed } from "./roles";

const of = (provider: string, operations: readonly string[]) =>
  operations.map((operation) => `Microsoft.${provider}/${operation}`);
const operations = [
  ...of("Authorization", [
    "roleAssignments/write",
    "roleDefinitions/write",
    "roleAssignmentScheduleRequests/write",
    "roleEligibilityScheduleRequests/write",
    "roleManagementPolicies/write",
    "elevateAccess/action",
    "policyAssignments/write",
  ]),
  ...of("ManagedServices", ["registrationAssignments/write"]),
  ...of("ManagedIdentity", [
    "userAssignedIdentities/assign/action",
    "userAssignedIdentities/federatedIdentityCredentials/write",
  ]),
  ...of("KeyVault", ["vaults/write", "vaults/accessPolicies/write"]),
  ...of("Web", [
    "sites/publish/action",
    "sites/publishxml/action",
    "sites/config/list/action",
    "sites/host/listkeys/action",
    "sites/functions/listkeys/action",
    "sites/extensions/write",
  ]),
  ...of("App", ["containerApps/listSecrets/action", "containerApps/exec/action"]),
  ...of("Logic", ["workflows/triggers/listCallbackUrl/action"]),
  ...of("Resources", ["deploymentScripts/write"]),
  ...of("Compute", ["virtualMachines/runCommand/action", "virtualMachines/extensions/write"]),
  ...of("Automation", ["automationAccounts/jobs/write"]),
  ...of("Storage", ["storageAccounts/listKeys/action", "storageAccounts/listAccountSas/action"]),
  ...of("DocumentDB", [
    "databaseAccounts/listKeys/action",
    "databaseAccounts/listConnectionStrings/action",
    "databaseAccounts/sqlRoleAssignments/write",
    "databaseAccounts/tableRoleAssignments/write",
    "databaseAccounts/mongodbUserDefinitions/write",
  ]),
  ...of("ServiceBus", [
    "namespaces/authorizationRules/listKeys/action",
    "namespaces/queues/authorizationRules/listKeys/action",
    "namespaces/topics/authorizationRules/listKeys/action",
  ]),
  ...of("EventHub", [
    "namespaces/authorizationRules/listKeys/action",
    "namespaces/eventhubs/authorizationRules/listKeys/action",
  ]),
  ...of("EventGrid", ["topics/listKeys/action", "domains/listKeys/action", "namespaces/listKeys/action"]),
  ...of("Cache", ["redis/listKeys/action"]),
  ...of("AppConfiguration", ["configurationStores/listKeys/action"]),
  ...of("SignalRService", ["signalR/listKeys/action", "webPubSub/listKeys/action"]),
  ...of("Search", ["searchServices/listAdminKeys/action"]),
  ...of("CognitiveServices", ["accounts/listKeys/action"]),
  ...of("ContainerRegistry", ["registries/listCredentials/action"]),
  ...of("OperationalInsights", ["workspaces/sharedKeys/action"]),
];

const fine = "its role neither assigns roles nor stands for other identities";

function judge(role: unknown): Finding {
  const name = typeof role === "string" ? roleNamed(role, escalatingRoles) : undefined;
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

/** Lighthouse hands roles to another tenant. */
export const delegation = (resource: ResourceView): readonly Finding[] => delegated(resource, judge);

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
