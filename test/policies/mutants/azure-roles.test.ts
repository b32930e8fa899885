/** Roles of Azure: who gets them, by what resource, for how long, and where. */
import { azureStack, definition, group } from "../support/azure";
import { add, more, set } from "../support/changes";
import { killed, type Mutant } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { Out, unknown } from "../support/stack";

const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const eligible = "azure-native:authorization:PimRoleEligibilitySchedule";
const lighthouse = "azure-native:managedservices:RegistrationDefinition";
const policy = "azure-native:keyvault:AccessPolicy";
const principal = { principalId: "00000000-0000-0000-0000-000000000001" };
const queue = `${group}/providers/Microsoft.ServiceBus/namespaces/bus/queues/queue`;

const assigned = (name: string, id: string, ...also: string[]): Mutant => ({
  name,
  change: set("front-receive", { roleDefinitionId: definition(id) }),
  also: also.map((control) => `${control} front-receive`),
});
const handing = (properties: object) => ({ scope: "/subscriptions/s", properties });
const entry = (permissions: object) => ({ vaultName: "vault", policy: { permissions } });
/** What is wrong with every access policy beside its vault. */
const forAll = ["IAM-03 more"];

describe("mutants of Azure's roles", () => {
  killed("IAM-02", azureStack, "front-receive", [
    assigned("Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7"),
    assigned("Monitoring Contributor, with a slash behind", "749f88d5-cbae-40b8-bcfc-e573ddc772fa/"),
    assigned("EventGrid EventSubscription Contributor", "428e0ff0-5e57-4d9c-a221-2c70d0e0a443"),
    assigned("Data Factory Contributor", "673868aa-7521-48a0-acc6-0f60742d39f5"),
    assigned("SQL Server Contributor", "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437"),
    assigned("SQL DB Contributor", "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec"),
    assigned("Security Admin", "fb1c8493-542b-48eb-b624-b4c8fea62acd"),
    assigned("Contributor to what has keys", "e0f68234-74aa-48ed-b826-c38b57376e17", "IAM-08"),
  ]);
  killed("IAM-08", azureStack, "front-receive", [
    assigned("Reader and Data Access", "c12c1c16-33a1-487b-954d-41c89c60f349"),
    assigned("Virtual Machine Administrator Login", "1c0163c0-47e6-4577-8991-ea5c82e286e4"),
    ...[
      ["Log Analytics", "92aaf0da-9dab-42b6-94a3-d43ce8d16293"],
      ["Resource Policy", "36243c78-bf99-498c-9df9-86d9f8d28608"],
      ["Container Apps", "358470bc-b998-42bd-ab17-a7e34c199c0f"],
      ["App Configuration", "fe86443c-f201-4fc4-9d2a-ac61149fbda0"],
      ["Cognitive Services", "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68"],
      ["API Management Service", "312a565d-c81f-4fd8-895a-4e21e48d571c"],
    ].map(([name = "", id = ""]) => assigned(`${name} Contributor`, id, "IAM-02")),
  ]);
  killed("IAM-08", azureStack, "redriver", [
    ...[
      "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
      "Microsoft.Authorization/policyAssignments/write",
      "Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action",
      "Microsoft.Resources/deploymentScripts/write",
      "Microsoft.App/containerApps/listSecrets/action",
      "Microsoft.CognitiveServices/accounts/listKeys/action",
    ].map((action) => ({ name: action, change: set("redriver", { permissions: [{ actions: [action] }] }) })),
    {
      name: "every listing of keys, with one left out",
      change: set("redriver", {
        permissions: [{ actions: ["*/listKeys/action"], notActions: ["Microsoft.Storage/*/action"] }],
      }),
      also: ["IAM-02 redriver"],
    },
  ]);

  const asked = (roleDefinitionId: unknown, scope: unknown) => ({ ...principal, roleDefinitionId, scope });
  killed("IAM-02", azureStack, "more", [
    { ...more("Owner for the asking", eligible, asked(definition(owner), queue)), also: ["IAM-08 more"] },
    more(
      "Network Contributor for the asking",
      eligible,
      asked(definition("4d97b98b-1d4f-4787-a291-c67834d212e7"), queue),
    ),
    {
      ...more("Owner for another tenant", lighthouse, handing({ authorizations: [{ roleDefinitionId: owner }] })),
      also: ["IAM-08 more"],
    },
    more(
      "Security Admin for another tenant, for a while",
      lighthouse,
      handing({
        authorizations: [{ roleDefinitionId: reader }],
        eligibleAuthorizations: [{ roleDefinitionId: "fb1c8493-542b-48eb-b624-b4c8fea62acd" }],
      }),
    ),
    { ...more("all secrets", policy, entry({ secrets: ["All"] })), also: forAll },
    { ...more("purging of keys", policy, entry({ keys: ["get", "purge"] })), also: forAll },
    { ...more("no policy at all", policy, { vaultName: "vault" }), also: forAll },
  ]);
  killed("IAM-02", azureStack, "vault", [
    {
      name: "a vault's policy that lets purge",
      change: set("vault", { "properties.accessPolicies": [{ permissions: { secrets: ["get", "Purge"] } }] }),
    },
  ]);
  killed("IAM-08", azureStack, "more", [
    {
      ...more("Contributor for the asking", eligible, asked(definition("b24988ac-6180-42a0-ab88-20f7382dd24c"), queue)),
      also: ["IAM-02 more"],
    },
    {
      ...more(
        "a role that another tenant may hand on",
        lighthouse,
        handing({
          authorizations: [{ roleDefinitionId: reader, delegatedRoleDefinitionIds: [reader, owner] }],
        }),
      ),
      also: ["IAM-02 more"],
    },
    more(
      "keys for another tenant",
      lighthouse,
      handing({
        authorizations: [{ roleDefinitionId: "c12c1c16-33a1-487b-954d-41c89c60f349" }],
      }),
    ),
  ]);

  const account = `${group}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos`;
  killed("IAM-03", azureStack, "more", [
    more("a subscription for the asking", eligible, asked(definition(reader), "/subscriptions/s")),
    more("an access policy beside its vault", policy, entry({ secrets: ["get"] })),
    ...["Table", "Gremlin", "Cassandra"].map((api) =>
      more(`a whole account's data by ${api}`, `azure-native:cosmosdb:${api}Resource${api}RoleAssignment`, {
        ...principal,
        roleDefinitionId: `${account}/roleDefinitions/00000000-0000-0000-0000-000000000001`,
        scope: account,
      }),
    ),
  ]);
  killed("IAM-03", azureStack, "front-receive", [
    {
      name: "a management group of the stack",
      change: (stack) => {
        stack.add("azure-native:management:ManagementGroup", "above", {});
        stack.set("front-receive", {
          scope: new Out("above", "/providers/Microsoft.Management/managementGroups/above"),
        });
      },
    },
  ]);
  killed("IAM-05", azureStack, "more", [
    more("a user of MongoDB", "azure-native:cosmosdb:MongoDBResourceMongoUserDefinition", { userName: "shop" }),
  ]);

  accepted("IAM-02", azureStack, [
    ["a data role for the asking", add(eligible, asked(definition("4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"), queue))],
    ["readers of another tenant", add(lighthouse, handing({ authorizations: [{ roleDefinitionId: reader }] }))],
  ]);
  accepted("IAM-03", azureStack, [
    [
      "one table's data",
      add("azure-native:cosmosdb:TableResourceTableRoleAssignment", { scope: `${account}/tables/orders` }),
    ],
  ]);
  vague("IAM-02", azureStack, "more", [
    ["what another tenant gets", add(lighthouse, handing({ authorizations: [{ roleDefinitionId: unknown }] }))],
  ]);
  vague("IAM-08", azureStack, "more", [["what another tenant gets", add(lighthouse, { properties: unknown })]]);
});
