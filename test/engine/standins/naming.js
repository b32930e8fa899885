// What a provider's Check adds to what the program says: the name of a resource that has none, and Azure's location.
const { createHash } = require("node:crypto");
const { schemaOf } = require("./schema");

/** The input that holds an Azure resource's own name: the last part of its path, which each type calls otherwise. */
const azureNames = {
  ApiManagementService: "serviceName",
  BlobContainer: "containerName",
  Component: "resourceName",
  DatabaseAccount: "accountName",
  Key: "keyName",
  Namespace: "namespaceName",
  Queue: "queueName",
  ResourceGroup: "resourceGroupName",
  SqlResourceSqlContainer: "containerName",
  SqlResourceSqlDatabase: "databaseName",
  StorageAccount: "accountName",
  Subscription: "subscriptionName",
  Topic: "topicName",
  UserAssignedIdentity: "resourceName",
  Vault: "vaultName",
  Workspace: "workspaceName",
};

/** Which input names the resource, if one does. */
function nameProperty(provider, token) {
  const schema = schemaOf(provider, token) ?? {};
  const own = provider === "azure-native" ? azureNames[token.split(":")[2]] : undefined;
  return [own, "name"].find((property) => property && schema[property]);
}

/**
 * Fills the name where the program leaves it to the provider: the one that the resource has already, or the logical name and a
 * suffix that is the same in every run, so that a preview names what the deployment makes. `taken` counts what already exists under
 * this URN: a replacement lives beside what it replaces. The property is noted under `__defaults`, as bridged providers do.
 */
function named(provider, token, urn, given, before, taken) {
  const property = nameProperty(provider, token);
  if (!property || given[property] !== undefined || given[`${property}Prefix`] !== undefined) return given;
  const kept = before?.__defaults?.includes(property) ? before[property] : undefined;
  const suffix = createHash("sha256").update(`${urn} ${taken}`).digest("hex").slice(0, 7);
  const own = `${urn.split("::")[3]}${provider === "azure-native" ? "" : "-"}${suffix}`;
  return { ...given, [property]: kept ?? own, __defaults: [property] };
}

/** Azure's provider puts its own location where a resource names none. */
function located(provider, token, given, location = "germanywestcentral") {
  if (provider !== "azure-native" || given.location !== undefined || !schemaOf(provider, token)?.location) return given;
  return { ...given, location };
}

/** The name that the cloud knows the resource by; undefined where the type has none. */
function physicalName(provider, token, inputs) {
  const property = nameProperty(provider, token);
  if (property && inputs[property] !== undefined) return inputs[property];
  if (inputs.namePrefix !== undefined) return `${inputs.namePrefix}20250101`;
  return inputs.roleAssignmentName;
}

/**
 * Whether the provider must delete before it replaces: a name that the program gives cannot be had twice. Bridged providers look
 * whether it changes; Azure's does not.
 */
function oneAtATime(provider, token, before, after) {
  const property = nameProperty(provider, token) ?? "roleAssignmentName";
  if (after[property] === undefined || after.__defaults?.includes(property)) return false;
  return provider === "azure-native" || before[property] === after[property];
}

module.exports = { located, named, oneAtATime, physicalName };
