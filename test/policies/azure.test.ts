import { azureStack, definition, group } from "./support/azure";
import { killed } from "./support/mutants";
import { Out } from "./support/stack";

const roles = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  administrator: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  busOwner: "090c5cfd-751d-490a-894a-3ce6f1109419",
};
const subscription = "/subscriptions/5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11";
const policy = "identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy";

describe("mutants on Azure", () => {
  killed("ENC-01", azureStack, "bus", [
    { name: "no encryption settings", change: (stack) => stack.set("bus", { encryption: undefined }) },
    {
      name: "a tier without keys",
      change: (stack) => stack.set("bus", { sku: { name: "Standard", tier: "Standard" } }),
    },
    {
      name: "a key from elsewhere than a vault",
      change: (stack) => stack.set("bus", { "encryption.keySource": "Microsoft.ServiceBus" }),
    },
    { name: "no key in the list", change: (stack) => stack.set("bus", { "encryption.keyVaultProperties": [] }) },
    {
      name: "a key without a vault",
      change: (stack) => stack.set("bus", { "encryption.keyVaultProperties": [{ keyName: "shop" }] }),
    },
    {
      name: "under an explicit API version",
      change: (stack) =>
        stack.retype("bus", "azure-native:servicebus/v20240101:Namespace").set("bus", { encryption: undefined }),
    },
    {
      name: "under a generated package's version",
      change: (stack) =>
        stack
          .retype("bus", "azure-native_servicebus_v20240101:servicebus:Namespace")
          .set("bus", { encryption: undefined }),
    },
  ]);

  killed("ENC-03", azureStack, "cosmos", [
    { name: "no key", change: (stack) => stack.set("cosmos", { keyVaultKeyUri: undefined }) },
    {
      name: "an address that is no key",
      change: (stack) => stack.set("cosmos", { keyVaultKeyUri: "https://shop.vault.azure.net/secrets/shop" }),
    },
    {
      name: "under version 2's module name",
      change: (stack) =>
        stack
          .retype("cosmos", "azure-native:documentdb/v20230415:DatabaseAccount")
          .set("cosmos", { keyVaultKeyUri: undefined }),
    },
  ]);

  killed("IAM-01", azureStack, "front", [
    { name: "no authentication settings", change: (stack) => stack.remove("front-auth") },
    { name: "switched off", change: (stack) => stack.set("front-auth", { platform: { enabled: false } }) },
    {
      name: "optional authentication",
      change: (stack) => stack.set("front-auth", { "globalValidation.requireAuthentication": false }),
    },
    {
      name: "anonymous callers let through",
      change: (stack) => stack.set("front-auth", { "globalValidation.unauthenticatedClientAction": "AllowAnonymous" }),
    },
    {
      name: "a path left open",
      change: (stack) => stack.set("front-auth", { "globalValidation.excludedPaths": ["/api/orders"] }),
    },
    { name: "the whole tenant", change: (stack) => stack.set("front-auth", { [policy]: undefined }) },
    {
      name: "an empty list of principals",
      change: (stack) => stack.set("front-auth", { [`${policy}.allowedPrincipals.identities`]: [] }),
    },
    {
      name: "anyone with an account elsewhere",
      change: (stack) => stack.set("front-auth", { "identityProviders.gitHub": { enabled: true } }),
    },
    {
      name: "identity providers of a wrong shape",
      change: (stack) => stack.set("front-auth", { identityProviders: ["azureActiveDirectory"] }),
    },
    {
      name: "settings of another app",
      change: (stack) => stack.set("front-auth", { name: new Out("fulfil", "shop-fulfil") }),
    },
  ]);

  killed("IAM-02", azureStack, "front-receive", [
    {
      name: "Owner by definition id",
      also: ["IAM-08 front-receive"],
      change: (stack) => stack.set("front-receive", { roleDefinitionId: definition(roles.owner) }),
    },
    {
      name: "Contributor by a subscription's definition id",
      also: ["IAM-08 front-receive"],
      change: (stack) =>
        stack.set("front-receive", { roleDefinitionId: `${subscription}${definition(roles.contributor)}` }),
    },
    {
      name: "User Access Administrator in capitals",
      also: ["IAM-08 front-receive"],
      change: (stack) =>
        stack.set("front-receive", { roleDefinitionId: definition(roles.administrator.toUpperCase()) }),
    },
    {
      name: "everything on the bus",
      change: (stack) => stack.set("front-receive", { roleDefinitionId: definition(roles.busOwner) }),
    },
    {
      name: "a custom role with every action",
      also: ["IAM-08 redriver"],
      change: (stack) => stack.set("redriver", { permissions: [{ actions: ["*"] }] }),
      at: "redriver",
    },
    {
      name: "a custom role with a service's data actions, in its second permission",
      change: (stack) =>
        stack.set("redriver", { permissions: [{ actions: [] }, { dataActions: ["Microsoft.ServiceBus/*"] }] }),
      at: "redriver",
    },
    {
      name: "no role",
      change: (stack) => stack.set("front-receive", { roleDefinitionId: undefined }),
    },
    {
      name: "a custom role of one text",
      change: (stack) => stack.set("redriver", { permissions: [{ actions: { all: true } }] }),
      at: "redriver",
    },
    { name: "a role that is no text", change: (stack) => stack.set("front-receive", { roleDefinitionId: 7 }) },
    {
      name: "a custom role without permissions",
      change: (stack) => stack.set("redriver", { permissions: undefined }),
      at: "redriver",
    },
    {
      name: "access policies that are no list",
      change: (stack) => stack.set("vault", { "properties.accessPolicies": "all" }),
      at: "vault",
    },
    {
      name: "all in a vault's access policy",
      change: (stack) =>
        stack.set("vault", {
          "properties.accessPolicies": [{ permissions: { secrets: ["get"] } }, { permissions: { keys: ["All"] } }],
        }),
      at: "vault",
    },
  ]);

  killed("IAM-03", azureStack, "front-receive", [
    { name: "the resource group", change: (stack) => stack.set("front-receive", { scope: group }) },
    { name: "the subscription", change: (stack) => stack.set("front-receive", { scope: subscription }) },
    {
      name: "the resource group's output",
      change: (stack) => stack.set("front-receive", { scope: new Out("group", group) }),
    },
    { name: "a scope that is no text", change: (stack) => stack.set("front-receive", { scope: 7 }) },
    { name: "no scope", change: (stack) => stack.set("front-receive", { scope: undefined }) },
    {
      name: "the whole Cosmos account",
      change: (stack) =>
        stack.set("front-read", { scope: `${group}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos` }),
      at: "front-read",
    },
    {
      name: "a role that can be assigned anywhere",
      change: (stack) => stack.set("redriver", { assignableScopes: ["/"] }),
      at: "redriver",
    },
  ]);

  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fulfil`;
  killed("IAM-04", azureStack, "front", [
    { name: "no identity", change: (stack) => stack.set("front", { identity: undefined }) },
    { name: "no identity, said so", change: (stack) => stack.set("front", { identity: { type: "None" } }) },
    {
      name: "an identity shared by two apps",
      change: (stack) =>
        stack.set("front", { "identity.userAssignedIdentities": [new Out("fulfil-identity", identity)] }),
      at: ["front", "fulfil"],
    },
    {
      name: "a user-assigned identity that names none",
      change: (stack) => stack.set("front", { "identity.userAssignedIdentities": [] }),
    },
  ]);

  killed("IAM-05", azureStack, "bus", [
    { name: "keys on the bus", change: (stack) => stack.set("bus", { disableLocalAuth: false }) },
    { name: "keys on the bus by default", change: (stack) => stack.set("bus", { disableLocalAuth: undefined }) },
    { name: "keys on Cosmos", change: (stack) => stack.set("cosmos", { disableLocalAuth: false }), at: "cosmos" },
    {
      name: "keys on the storage account",
      change: (stack) => stack.set("store", { allowSharedKeyAccess: true }),
      at: "store",
    },
    {
      name: "keys on the storage account by default",
      change: (stack) => stack.set("store", { allowSharedKeyAccess: undefined }),
      at: "store",
    },
    {
      name: "keys on Application Insights",
      change: (stack) => stack.set("insights", { disableLocalAuth: undefined }),
      at: "insights",
    },
    {
      name: "an authorization rule",
      change: (stack) => stack.add("azure-native:servicebus:QueueAuthorizationRule", "rule", {}),
      at: "rule",
    },
    {
      name: "an account key in the app's settings",
      change: (stack) =>
        stack.set("front", { "siteConfig.appSettings.1": { name: "Storage", value: "AccountName=a;AccountKey=b" } }),
      at: "front",
    },
  ]);
});
