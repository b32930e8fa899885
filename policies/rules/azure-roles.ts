/** Azure built-in roles by definition id: those that are no data-plane role for one kind of work. */
const broad: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
  "f526a384-b230-433a-b45c-95f59c4a2dec": "Azure Event Hubs Data Owner",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
  "5bd9cd88-fe45-4216-938b-f97437e15450": "DocumentDB Account Contributor",
};

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Which of some roles a definition id, a bare GUID or a role's name stands for; undefined for any other role. */
export function roleNamed(role: string, among: Readonly<Record<string, string>>): string | undefined {
  // A definition's id ends in its GUID; the subscription's GUID comes before it.
  const id = guid.exec(role.slice(role.lastIndexOf("/") + 1))?.[0]?.toLowerCase();
  if (id !== undefined) return among[id];
  const name = role.trim().toLowerCase();
  return Object.values(among).find((one) => one.toLowerCase() === name);
}

export const broadRole = (role: string): string | undefined => roleNamed(role, broad);

/** True where an ARM id names something inside a resource group, not the group, the subscription or a management group. */
export const isResourceScope = (scope: string): boolean =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.test(scope);
