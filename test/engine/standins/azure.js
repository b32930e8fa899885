// What Azure makes of a resource beyond its inputs: its path, its addresses, the identities that it gives.
const { guid, hex } = require("./identifiers");

const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";
const tenantId = guid("tenant");

/** Where each type's resources stand. The last input in the path names the resource; none of them can change. */
const inGroup = {
  "apimanagement:Api": "Microsoft.ApiManagement/service/{serviceName}/apis/{apiId}",
  "apimanagement:ApiDiagnostic":
    "Microsoft.ApiManagement/service/{serviceName}/apis/{apiId}/diagnostics/{diagnosticId}",
  "apimanagement:ApiManagementService": "Microsoft.ApiManagement/service/{serviceName}",
  "apimanagement:ApiOperation": "Microsoft.ApiManagement/service/{serviceName}/apis/{apiId}/operations/{operationId}",
  "apimanagement:ApiOperationPolicy":
    "Microsoft.ApiManagement/service/{serviceName}/apis/{apiId}/operations/{operationId}/policies/{policyId}",
  "apimanagement:Logger": "Microsoft.ApiManagement/service/{serviceName}/loggers/{loggerId}",
  "apimanagement:Policy": "Microsoft.ApiManagement/service/{serviceName}/policies/{policyId}",
  "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
  "cosmosdb:DatabaseAccount": "Microsoft.DocumentDB/databaseAccounts/{accountName}",
  "cosmosdb:SqlResourceSqlContainer":
    "Microsoft.DocumentDB/databaseAccounts/{accountName}/sqlDatabases/{databaseName}/containers/{containerName}",
  "cosmosdb:SqlResourceSqlDatabase": "Microsoft.DocumentDB/databaseAccounts/{accountName}/sqlDatabases/{databaseName}",
  "cosmosdb:SqlResourceSqlRoleAssignment":
    "Microsoft.DocumentDB/databaseAccounts/{accountName}/sqlRoleAssignments/{roleAssignmentId}",
  "eventgrid:SystemTopic": "Microsoft.EventGrid/systemTopics/{systemTopicName}",
  "eventgrid:SystemTopicEventSubscription":
    "Microsoft.EventGrid/systemTopics/{systemTopicName}/eventSubscriptions/{eventSubscriptionName}",
  "eventgrid:Topic": "Microsoft.EventGrid/topics/{topicName}",
  "eventgrid:TopicEventSubscription":
    "Microsoft.EventGrid/topics/{topicName}/eventSubscriptions/{eventSubscriptionName}",
  "eventhub:ConsumerGroup":
    "Microsoft.EventHub/namespaces/{namespaceName}/eventhubs/{eventHubName}/consumergroups/{consumerGroupName}",
  "eventhub:EventHub": "Microsoft.EventHub/namespaces/{namespaceName}/eventhubs/{eventHubName}",
  "eventhub:Namespace": "Microsoft.EventHub/namespaces/{namespaceName}",
  "keyvault:Key": "Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
  "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
  "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
  "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "servicebus:DefaultRule":
    "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}/subscriptions/{subscriptionName}/rules/$Default",
  "servicebus:Namespace": "Microsoft.ServiceBus/namespaces/{namespaceName}",
  "servicebus:Queue": "Microsoft.ServiceBus/namespaces/{namespaceName}/queues/{queueName}",
  "servicebus:Rule":
    "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}/subscriptions/{subscriptionName}/rules/{ruleName}",
  "servicebus:Subscription":
    "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}/subscriptions/{subscriptionName}",
  "servicebus:Topic": "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}",
  "storage:BlobContainer":
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "storage:BlobServiceProperties": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/{blobServicesName}",
  "storage:ManagementPolicy":
    "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  "storage:Queue": "Microsoft.Storage/storageAccounts/{accountName}/queueServices/default/queues/{queueName}",
  "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
  "web:AppServicePlan": "Microsoft.Web/serverfarms/{name}",
  "web:WebApp": "Microsoft.Web/sites/{name}",
  "web:WebAppAuthSettingsV2": "Microsoft.Web/sites/{name}/config/authsettingsV2",
  "web:WebAppScmAllowed": "Microsoft.Web/sites/{name}/basicPublishingCredentialsPolicies/scm",
};
const elsewhere = {
  "authorization:RoleAssignment": "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  "monitor:DiagnosticSetting": "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  "resources:ResourceGroup": `${subscription}/resourceGroups/{resourceGroupName}`,
};
const paths = {
  ...Object.fromEntries(
    Object.entries(inGroup).map(([type, path]) => [
      type,
      `${subscription}/resourceGroups/{resourceGroupName}/providers/${path}`,
    ]),
  ),
  ...elsewhere,
};
const parametersOf = (path) => [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
const perToken = (make) =>
  Object.fromEntries(Object.entries(paths).map(([type, path]) => [`azure-native:${type}`, make(path, type)]));

/** Inputs that name a resource. */
const names = perToken((path) => parametersOf(path).pop());

/** Properties whose change needs another resource, beside those of the path and the location. */
const alsoImmutable = {
  "authorization:RoleAssignment": ["principalId", "roleDefinitionId"],
  "cosmosdb:SqlResourceSqlRoleAssignment": ["principalId", "scope"],
};
const immutable = perToken((path, type) => [...parametersOf(path), "location", ...(alsoImmutable[type] ?? [])]);

const host = (name, rest) => `https://${name}.${rest}`;

/** Per type, of its `name` and its `inputs`. */
const types = {
  "apimanagement:ApiManagementService": (name) => ({ gatewayUrl: host(name, "azure-api.net") }),
  "applicationinsights:Component": (name, inputs) => ({
    connectionString: `InstrumentationKey=${guid(name)};IngestionEndpoint=${host(inputs.location, "in.applicationinsights.azure.com/")}`,
    instrumentationKey: guid(name),
    appId: guid(`app${name}`),
  }),
  "cosmosdb:DatabaseAccount": (name) => ({ documentEndpoint: host(name, "documents.azure.com:443/") }),
  "eventgrid:Topic": (name, inputs) => ({
    endpoint: host(name, `${inputs.location}-1.eventgrid.azure.net/api/events`),
    metricResourceId: guid(name),
  }),
  "eventgrid:SystemTopic": (name) => ({ metricResourceId: guid(name) }),
  "eventhub:EventHub": (_name, inputs) => ({
    partitionIds: Array.from({ length: inputs.partitionCount ?? 1 }, (_, index) => String(index)),
  }),
  "eventhub:Namespace": (name) => ({ serviceBusEndpoint: host(name, "servicebus.windows.net:443/") }),
  "keyvault:Key": (name, inputs) => {
    const keyUri = host(inputs.vaultName, `vault.azure.net/keys/${name}`);
    return { keyUri, keyUriWithVersion: `${keyUri}/${hex(name, 32)}` };
  },
  "keyvault:Vault": (name, inputs) => ({
    properties: { ...inputs.properties, vaultUri: host(name, "vault.azure.net/") },
  }),
  "managedidentity:UserAssignedIdentity": (name) => ({ ...principal(name), clientId: guid(`client${name}`) }),
  "operationalinsights:Workspace": (name) => ({ customerId: guid(name) }),
  "servicebus:Namespace": (name) => ({ serviceBusEndpoint: host(name, "servicebus.windows.net:443/") }),
  "storage:StorageAccount": (name) => ({
    primaryEndpoints: Object.fromEntries(
      ["blob", "dfs", "queue", "table"].map((service) => [service, host(name, `${service}.core.windows.net/`)]),
    ),
  }),
  "web:WebApp": (name) => {
    const site = `${name}.azurewebsites.net`;
    const scm = process.env.SB_STANDIN_SCM ?? `${name}.scm.azurewebsites.net`;
    return {
      defaultHostName: site,
      enabledHostNames: [site, scm],
      hostNameSslStates: [{ name: scm, hostType: "Repository" }],
    };
  },
};

const principal = (name) => ({ principalId: guid(`principal${name}`), tenantId });

/** The identity that Azure gives to a resource which asks for one of its own. */
function identified(name, { identity }) {
  return /SystemAssigned/.test(identity?.type ?? "") ? { identity: { ...identity, ...principal(name) } } : {};
}

function computed(token, name, inputs) {
  const type = token.slice(token.indexOf(":") + 1);
  const path = paths[type] ?? `${subscription}/resourceGroups/${inputs.resourceGroupName}/providers/${type}/${name}`;
  const [own] = parametersOf(path).slice(-1);
  const id = path
    .replace(/\{(\w+)\}/g, (_, parameter) => (parameter === own ? name : inputs[parameter]))
    .replace(/^\/\//, "/");
  const segments = path.slice(path.lastIndexOf("/providers/") + "/providers/".length).split("/");
  const kind = [segments[0], ...segments.slice(1).filter((_, index) => index % 2 === 0)].join("/");
  return { id, name, type: kind, ...types[type]?.(name, inputs), ...identified(name, inputs) };
}

/** Answers of the provider's functions that a program may ask. */
const functions = {
  "azure-native:authorization:getClientConfig": () => ({
    clientId: guid("client"),
    tenantId,
    objectId: guid("object"),
    subscriptionId: subscription.split("/")[2],
  }),
};

module.exports = { computed, functions, immutable, names, unknownInPreview: {} };
