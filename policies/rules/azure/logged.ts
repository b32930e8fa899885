/** Resources of Azure that have resource logs, and how an id names them. */
import { valueAt } from "../../known";
import type { ResourceView } from "../../model";

export interface Logged {
  /** Kind of resource in an id, without `Microsoft.` before it. */
  readonly id: string;
  /** Input that holds the resource's own name. */
  readonly name: string;
  /** Categories that together say who did what, where a setting names them one by one. */
  readonly categories?: readonly string[];
}

/** Types with resource logs of the category groups `audit` or `allLogs`. */
export const logged: Readonly<Record<string, Logged>> = {
  "keyvault:Vault": { id: "KeyVault/vaults", name: "vaultName", categories: ["AuditEvent"] },
  "keyvault:ManagedHsm": { id: "KeyVault/managedHSMs", name: "name", categories: ["AuditEvent"] },
  "servicebus:Namespace": {
    id: "ServiceBus/namespaces",
    name: "namespaceName",
    categories: ["OperationalLogs", "RuntimeAuditLogs"],
  },
  "eventhub:Namespace": {
    id: "EventHub/namespaces",
    name: "namespaceName",
    categories: ["OperationalLogs", "RuntimeAuditLogs"],
  },
  "eventgrid:Topic": { id: "EventGrid/topics", name: "topicName" },
  "eventgrid:Domain": { id: "EventGrid/domains", name: "domainName" },
  "eventgrid:SystemTopic": { id: "EventGrid/systemTopics", name: "systemTopicName", categories: ["DeliveryFailures"] },
  "eventgrid:PartnerTopic": {
    id: "EventGrid/partnerTopics",
    name: "partnerTopicName",
    categories: ["DeliveryFailures"],
  },
  "eventgrid:PartnerNamespace": { id: "EventGrid/partnerNamespaces", name: "partnerNamespaceName" },
  "eventgrid:Namespace": { id: "EventGrid/namespaces", name: "namespaceName" },
  "cosmosdb:DatabaseAccount": {
    id: "DocumentDB/databaseAccounts",
    name: "accountName",
    categories: ["DataPlaneRequests", "ControlPlaneRequests"],
  },
  "web:WebApp": { id: "Web/sites", name: "name" },
  "web:WebAppSlot": { id: "Web/sites/slots", name: "slot" },
  "apimanagement:ApiManagementService": {
    id: "ApiManagement/service",
    name: "serviceName",
    categories: ["GatewayLogs"],
  },
  "logic:Workflow": { id: "Logic/workflows", name: "workflowName", categories: ["WorkflowRuntime"] },
  "app:ManagedEnvironment": { id: "App/managedEnvironments", name: "environmentName" },
  "appconfiguration:ConfigurationStore": {
    id: "AppConfiguration/configurationStores",
    name: "configStoreName",
    categories: ["Audit", "HttpRequest"],
  },
  "signalrservice:SignalR": { id: "SignalRService/signalR", name: "resourceName" },
  "webpubsub:WebPubSub": { id: "SignalRService/webPubSub", name: "resourceName" },
  "containerregistry:Registry": { id: "ContainerRegistry/registries", name: "registryName" },
  "redis:Redis": { id: "Cache/redis", name: "name" },
  "cache:Redis": { id: "Cache/redis", name: "name" },
  "relay:Namespace": { id: "Relay/namespaces", name: "namespaceName" },
  "notificationhubs:Namespace": { id: "NotificationHubs/namespaces", name: "namespaceName" },
  "streamanalytics:StreamingJob": { id: "StreamAnalytics/streamingJobs", name: "jobName" },
  "datafactory:Factory": { id: "DataFactory/factories", name: "factoryName" },
  "search:Service": { id: "Search/searchServices", name: "searchServiceName" },
  "cognitiveservices:Account": { id: "CognitiveServices/accounts", name: "accountName" },
  "cdn:Profile": { id: "Cdn/profiles", name: "profileName" },
  "operationalinsights:Workspace": {
    id: "OperationalInsights/workspaces",
    name: "workspaceName",
    categories: ["Audit"],
  },
};
export const account: Logged = {
  id: "Storage/storageAccounts",
  name: "accountName",
  categories: ["StorageRead", "StorageWrite", "StorageDelete"],
};

/** Of a type, as far as it has resource logs. */
export const loggedAs = ({ type }: ResourceView): Logged | undefined => {
  const kind = type.replace(/^azure-native:/, "");
  return kind === "storage:StorageAccount" ? account : logged[kind];
};

/** True of an id of this kind that ends with the resource's name, and of the id of a storage account's service. */
export function isOf(uri: string, resource: ResourceView): boolean {
  const { id = "", name = "" } = loggedAs(resource) ?? {};
  const own = valueAt(resource.props, name);
  const ofProvider = afterLast(uri.toLowerCase(), "/providers/microsoft.");
  const [provider = "", ...path] = ofProvider.replace(/\/(\w+services\/default\/?)?$/, "").split("/");
  const kind = [provider, ...path.filter((_, index) => index % 2 === 0)].join("/");
  return typeof own === "string" && own !== "" && kind === id.toLowerCase() && path.at(-1) === own.toLowerCase();
}

function afterLast(text: string, separator: string): string {
  const at = text.lastIndexOf(separator);
  return at < 0 ? "" : text.slice(at + separator.length);
}
