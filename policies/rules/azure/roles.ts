/** Azure's built-in roles by definition id. */
type Roles = Readonly<Record<string, string>>;

/** Roles that assign roles, put identities on code, run code as others or read keys. */
export const escalatingRoles: Roles = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
  "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
  "1c0163c0-47e6-4577-8991-ea5c82e286e4": "Virtual Machine Administrator Login",
  "de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
  "358470bc-b998-42bd-ab17-a7e34c199c0f": "Container Apps Contributor",
  "87a39d53-fc1b-424a-814c-f7e04687dc9e": "Logic App Contributor",
  "f353d9bd-d4a6-484e-a77a-8050b599b867": "Automation Contributor",
  "36243c78-bf99-498c-9df9-86d9f8d28608": "Resource Policy Contributor",
  "41077137-e803-4205-871c-5a86e6a753b4": "Blueprint Contributor",
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
  "81a9662b-bebf-436f-a333-f67b29880f12": "Storage Account Key Operator Service Role",
  "c12c1c16-33a1-487b-954d-41c89c60f349": "Reader and Data Access",
  "92aaf0da-9dab-42b6-94a3-d43ce8d16293": "Log Analytics Contributor",
  "5bd9cd88-fe45-4216-938b-f97437e15450": "DocumentDB Account Contributor",
  "e0f68234-74aa-48ed-b826-c38b57376e17": "Redis Cache Contributor",
  "fe86443c-f201-4fc4-9d2a-ac61149fbda0": "App Configuration Contributor",
  "7ca78c08-252a-4471-8644-bb5ff32d4ba0": "Search Service Contributor",
  "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68": "Cognitive Services Contributor",
  "1e241071-0855-49ea-94dc-649edcd759de": "EventGrid Contributor",
  "312a565d-c81f-4fd8-895a-4e21e48d571c": "API Management Service Contributor",
};

/** Roles that are no data-plane role for one kind of work. */
const broad: Roles = {
  ...Object.fromEntries(
    Object.entries(escalatingRoles).filter(([, name]) =>
      /^Owner$|Contributor$|^(User Access|Role Based Access Control) Administrator$/.test(name),
    ),
  ),
  "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
  "f526a384-b230-433a-b45c-95f59c4a2dec": "Azure Event Hubs Data Owner",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "428e0ff0-5e57-4d9c-a221-2c70d0e0a443": "EventGrid EventSubscription Contributor",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "749f88d5-cbae-40b8-bcfc-e573ddc772fa": "Monitoring Contributor",
  "673868aa-7521-48a0-acc6-0f60742d39f5": "Data Factory Contributor",
  "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437": "SQL Server Contributor",
  "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec": "SQL DB Contributor",
  "fb1c8493-542b-48eb-b624-b4c8fea62acd": "Security Admin",
};

/** What gives a role of the resource manager to somebody, now or for the asking. */
export const assignmentTypes = ["RoleAssignment", "PimRoleEligibilitySchedule"].map(
  (kind) => `azure-native:authorization:${kind}`,
);

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Which of some roles a definition id, a bare GUID or a role's name stands for; undefined for any other role. */
export function roleNamed(role: string, among: Roles): string | undefined {
  // A definition's id ends in its GUID; the subscription's GUID comes before it.
  const last = role.replace(/\/+$/, "").split("/").pop() ?? "";
  const id = guid.exec(last)?.[0]?.toLowerCase();
  if (id !== undefined) return among[id];
  const name = last.trim().toLowerCase();
  return Object.values(among).find((one) => one.toLowerCase() === name);
}

export const broadRole = (role: string): string | undefined => roleNamed(role, broad);

/** True where an ARM id names something inside a resource group, not the group, the subscription or a management group. */
export const isResourceScope = (scope: string): boolean =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.test(scope);
