import { createHash } from "node:crypto";
import { apply, display, type RunResult } from "../../../cli/engine";

export const appId = "5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11";
export const tenant = "7c3a2f1e-0b5d-4a8e-9f21-6d5c4b3a2f10";
const subscription = "/subscriptions/1b1c1d1e-2a2b-4c3d-8e5f-0a1b2c3d4e5f";

type Values = Readonly<Record<string, unknown>>;

/** A principal as the tests speak of it: `principal of fulfil-fn`. Azure's are GUIDs. */
const principalOf = (name: string) => `principal of ${name}`;

/** Where each type's own name and its parents' stand, as Azure's ids spell them. */
const kinds: Readonly<Record<string, readonly (readonly [segment: string, property: string])[]>> = {
  "servicebus:Namespace": [["Microsoft.ServiceBus/namespaces", "namespaceName"]],
  "servicebus:Queue": [
    ["Microsoft.ServiceBus/namespaces", "namespaceName"],
    ["queues", "queueName"],
  ],
  "servicebus:Topic": [
    ["Microsoft.ServiceBus/namespaces", "namespaceName"],
    ["topics", "topicName"],
  ],
  "servicebus:Subscription": [
    ["Microsoft.ServiceBus/namespaces", "namespaceName"],
    ["topics", "topicName"],
    ["subscriptions", "subscriptionName"],
  ],
  "eventgrid:Topic": [["Microsoft.EventGrid/topics", "topicName"]],
  "eventgrid:SystemTopic": [["Microsoft.EventGrid/systemTopics", "systemTopicName"]],
  "eventhub:Namespace": [["Microsoft.EventHub/namespaces", "namespaceName"]],
  "eventhub:EventHub": [
    ["Microsoft.EventHub/namespaces", "namespaceName"],
    ["eventhubs", "eventHubName"],
  ],
  "eventhub:ConsumerGroup": [
    ["Microsoft.EventHub/namespaces", "namespaceName"],
    ["eventhubs", "eventHubName"],
    ["consumergroups", "consumerGroupName"],
  ],
  "cosmosdb:DatabaseAccount": [["Microsoft.DocumentDB/databaseAccounts", "accountName"]],
  "cosmosdb:SqlResourceSqlDatabase": [
    ["Microsoft.DocumentDB/databaseAccounts", "accountName"],
    ["sqlDatabases", "databaseName"],
  ],
  "cosmosdb:SqlResourceSqlContainer": [
    ["Microsoft.DocumentDB/databaseAccounts", "accountName"],
    ["containers", "containerName"],
  ],
  "storage:StorageAccount": [["Microsoft.Storage/storageAccounts", "accountName"]],
  "storage:BlobContainer": [
    ["Microsoft.Storage/storageAccounts", "accountName"],
    ["containers", "containerName"],
  ],
  "storage:Queue": [
    ["Microsoft.Storage/storageAccounts", "accountName"],
    ["queues", "queueName"],
  ],
  "keyvault:Vault": [["Microsoft.KeyVault/vaults", "vaultName"]],
  "keyvault:Key": [
    ["Microsoft.KeyVault/vaults", "vaultName"],
    ["keys", "keyName"],
  ],
  "apimanagement:ApiManagementService": [["Microsoft.ApiManagement/service", "serviceName"]],
  "apimanagement:Api": [["Microsoft.ApiManagement/apis", "apiId"]],
  "apimanagement:ApiOperation": [["Microsoft.ApiManagement/operations", "operationId"]],
  "apimanagement:Logger": [["Microsoft.ApiManagement/loggers", "loggerId"]],
  "web:AppServicePlan": [["Microsoft.Web/serverfarms", "name"]],
  "web:WebApp": [["Microsoft.Web/sites", "name"]],
};

/** What Azure answers to the creation of a resource, as far as other resources take it up. */
function answer(group: string, type: string, urnName: string, inputs: Values): { id: string; outputs: Values } {
  const kind = type.replace("azure-native:", "");
  const path = (kinds[kind] ?? [[`Microsoft.${kind.replace(":", "/")}`, "name"]]).map(
    ([segment, property]) => [segment, String(inputs[property] ?? urnName)] as const,
  );
  const name = path.at(-1)?.[1] ?? urnName;
  const home = `${subscription}/resourceGroups/${group}`;
  const id =
    kind === "resources:ResourceGroup"
      ? home
      : `${home}/providers/${path.map(([segment, one]) => `${segment}/${one}`).join("/")}`;
  const answers: Readonly<Record<string, Values>> = {
    "resources:ResourceGroup": { name: group, location: "germanywestcentral" },
    "managedidentity:UserAssignedIdentity": {
      principalId: principalOf(urnName),
      clientId: `client of ${urnName}`,
      tenantId: tenant,
    },
    "applicationinsights:Component": { connectionString: "InstrumentationKey=0;IngestionEndpoint=https://in.example/" },
    "storage:StorageAccount": {
      primaryEndpoints: {
        blob: `https://${name}.blob.core.windows.net/`,
        queue: `https://${name}.queue.core.windows.net/`,
      },
    },
    "eventgrid:Topic": {
      endpoint: `https://${name}.germanywestcentral-1.eventgrid.azure.net/api/events`,
      identity: { type: "SystemAssigned", principalId: principalOf(urnName) },
    },
    "eventgrid:SystemTopic": { identity: { type: "SystemAssigned", principalId: principalOf(urnName) } },
    "cosmosdb:DatabaseAccount": { documentEndpoint: `https://${name}.documents.azure.com:443/` },
    "keyvault:Vault": {
      properties: { ...(inputs.properties as object), vaultUri: `https://${name}.vault.azure.net/` },
    },
    "keyvault:Key": { keyUri: `https://${String(inputs.vaultName)}.vault.azure.net/keys/${name}` },
    "web:WebApp": {
      defaultHostName: `${name}.azurewebsites.net`,
      hostNameSslStates: [
        { name: `${name}.azurewebsites.net`, hostType: "Standard" },
        { name: `${name}.scm.azurewebsites.net`, hostType: "Repository" },
      ],
    },
    "apimanagement:ApiManagementService": {
      gatewayUrl: `https://${name}.azure-api.net`,
      identity: { type: "SystemAssigned", principalId: principalOf(urnName), tenantId: tenant },
    },
  };
  return { id, outputs: { ...inputs, name, ...answers[kind] } };
}

/** Deploys a program in process; every value that only Azure knows is known afterwards. */
export function deployed(
  program: () => unknown,
  config: Record<string, string> = {},
  group = "foundation1a2b3c4d",
): Promise<RunResult> {
  const own = Object.entries({ cloud: "azure", azureAppId: appId, ...config })
    .filter(([, value]) => value !== "")
    .map(([key, value]) => [`serverless-blueprints:${key}`, value]);
  return apply(
    program,
    {
      project: "shop",
      stack: "test-azure",
      config: { "azure-native:location": "germanywestcentral", ...Object.fromEntries(own) },
    },
    {
      register: async ({ type, name, inputs }) => {
        const { id, outputs } = answer(group, type, name, inputs);
        return { id, outputs: { ...outputs } };
      },
      invoke: async (token) => {
        throw new Error(`asked ${token}`);
      },
    },
  );
}

/** One resource's inputs, by type (the last part of its token) and name. */
export function inputs<Inputs = Record<string, unknown>>(result: RunResult, type: string, name: string): Inputs {
  const all = result.resources.filter((one) => one.type.endsWith(`:${type}`) && one.name === name);
  const [found] = all;
  if (!found || all.length > 1) throw new Error(`${all.length} resources ${type} "${name}"`);
  return display(found.inputs) as Inputs;
}

/** The only resource of a type. */
export function only<Inputs = Record<string, unknown>>(result: RunResult, type: string): Inputs {
  const all = result.resources.filter((one) => one.type.endsWith(`:${type}`));
  const [found] = all;
  if (!found || all.length > 1) throw new Error(`${all.length} resources ${type}`);
  return display(found.inputs) as Inputs;
}

/** Names of roles by the ids of their definitions, as Microsoft publishes them; Cosmos DB's last. */
const roleNames: Readonly<Record<string, string>> = {
  "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "Azure Service Bus Data Receiver",
  "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
  "d5a91429-5739-47e2-a06b-3470a27159e7": "EventGrid Data Sender",
  "a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "Azure Event Hubs Data Receiver",
  "2b629674-e913-4c01-ae53-ef4638d8f975": "Azure Event Hubs Data Sender",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
  "19e7f393-937e-4f77-808e-94535e297925": "Storage Queue Data Reader",
  "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "00000000-0000-0000-0000-000000000001": "Cosmos DB Built-in Data Reader",
  "00000000-0000-0000-0000-000000000002": "Cosmos DB Built-in Data Contributor",
};

/** Every role that was given, as `who: role on resource`; names without what makes them nobody else's. */
export function roles(result: RunResult): string[] {
  return result.resources
    .filter(({ type }) => /RoleAssignment$/.test(type))
    .map((one) => {
      const { principalId, roleDefinitionId, scope } = display(one.inputs) as Record<string, string>;
      const role = roleNames[roleDefinitionId?.split("/").pop() ?? ""] ?? roleDefinitionId;
      const resource = String(scope).split("/providers/Microsoft.").pop() ?? "";
      return `${String(principalId).replace("principal of ", "")}: ${role} on ${resource.replace(/-?[0-9a-f]{8}(?=\/|$)/g, "")}`;
    })
    .sort();
}

/** The application settings of a function app; those that are JSON, parsed. */
export function settings(result: RunResult, name: string): Record<string, unknown> {
  const { siteConfig } = inputs<{ siteConfig: { appSettings: { name: string; value: string }[] } }>(
    result,
    "WebApp",
    name,
  );
  return Object.fromEntries(
    siteConfig.appSettings.map(({ name: key, value }) => [key, /^[[{]/.test(value) ? JSON.parse(value) : value]),
  );
}

/** A short mark of a value, to compare two without printing them. */
export const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
