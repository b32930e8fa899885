import { Out, Stack, text } from "./stack";

export const group = "/subscriptions/5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11/resourceGroups/shop";
export const definition = (id: string) => `/providers/Microsoft.Authorization/roleDefinitions/${id}`;
export const dataReceiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";

/** The smallest stack on Azure that has something for every control and satisfies them all. */
export function azureStack(): Stack {
  const stack = new Stack();
  stack.component("Foundation", "foundation", { audit: { existing: "activity-log" } });
  const vault = stack.add("azure-native:keyvault:Vault", "vault", {
    properties: { enableRbacAuthorization: true, enablePurgeProtection: true },
  });
  const key = stack.add("azure-native:keyvault:Key", "key", {
    keyName: "shop",
    properties: {
      rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] },
    },
  });
  stack.add("azure-native:resources:ResourceGroup", "group", {});
  const namespace = stack.add("azure-native:servicebus:Namespace", "bus", {
    sku: { name: "Premium", tier: "Premium" },
    minimumTlsVersion: "1.2",
    disableLocalAuth: true,
    encryption: {
      keySource: "Microsoft.KeyVault",
      keyVaultProperties: [{ keyName: key("shop"), keyVaultUri: vault("https://shop.vault.azure.net") }],
    },
  });
  stack.add("azure-native:eventhub:Namespace", "hubs", {
    minimumTlsVersion: "1.2",
    sku: { name: "Premium", tier: "Premium" },
    disableLocalAuth: true,
    encryption: {
      keySource: "Microsoft.KeyVault",
      keyVaultProperties: [{ keyName: key("shop"), keyVaultUri: vault("https://shop.vault.azure.net") }],
    },
  });
  stack.add("azure-native:appconfiguration:ConfigurationStore", "config", {
    disableLocalAuth: true,
    encryption: { keyVaultProperties: { keyIdentifier: key("https://shop.vault.azure.net/keys/shop") } },
  });
  const dead = stack.add("azure-native:servicebus:Queue", "dead", {
    namespaceName: namespace("bus"),
    queueName: "dead",
  })("dead");
  stack.add("azure-native:monitor:MetricAlert", "alarm", {
    scopes: [namespace("bus")],
    criteria: {
      allOf: [
        {
          metricName: "ActiveMessages",
          dimensions: [{ name: "EntityName", operator: "Include", values: [dead] }],
        },
      ],
    },
    actions: [
      { actionGroupId: new Out("operations", `${group}/providers/Microsoft.Insights/actionGroups/operations`) },
    ],
  });
  stack.add("azure-native:monitor:ActionGroup", "operations", { enabled: true });
  stack.add("azure-native:eventgrid:EventSubscription", "events", {
    deadLetterWithResourceIdentity: { deadLetterDestination: { endpointType: "StorageBlob" } },
  });
  const queue = stack.add("azure-native:servicebus:Queue", "queue", {
    namespaceName: namespace("bus"),
    queueName: "queue",
    deadLetteringOnMessageExpiration: true,
    forwardDeadLetteredMessagesTo: dead,
  })(`${group}/providers/Microsoft.ServiceBus/namespaces/bus/queues/queue`);
  const cosmos = stack.add("azure-native:cosmosdb:DatabaseAccount", "cosmos", {
    keyVaultKeyUri: key("https://shop.vault.azure.net/keys/shop"),
    minimalTlsVersion: "Tls12",
    disableLocalAuth: true,
    backupPolicy: { type: "Continuous" },
  });
  const container = stack.add("azure-native:cosmosdb:SqlResourceSqlContainer", "orders", {
    accountName: cosmos("cosmos"),
  });
  const workspace = stack.add("azure-native:operationalinsights:Workspace", "workspace", {
    retentionInDays: 365,
    features: { disableLocalAuth: true },
  })(`${group}/providers/Microsoft.OperationalInsights/workspaces/workspace`);
  const insights = stack.add("azure-native:applicationinsights:Component", "insights", {
    disableLocalAuth: true,
    workspaceResourceId: workspace,
  })("InstrumentationKey=0");
  const store = stack.add("azure-native:storage:StorageAccount", "store", {
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    minimumTlsVersion: "TLS1_2",
    encryption: {
      keySource: "Microsoft.Keyvault",
      keyVaultProperties: { keyName: key("shop"), keyVaultUri: vault("https://shop.vault.azure.net") },
      services: { queue: { keyType: "Account" }, table: { keyType: "Account" } },
    },
  });
  stack.add("azure-native:storage:BlobServiceProperties", "store-blobs", {
    accountName: store("store"),
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days: 7 },
    containerDeleteRetentionPolicy: { enabled: true, days: 7 },
  });
  const worker = stack.component("QueueWorker", "worker", {
    grants: [
      { from: "worker", to: "queue", operations: ["receive"], rendered: [{ role: dataReceiver, scope: queue }] },
    ],
  });
  for (const name of ["fulfil", "front"]) {
    const owner = name === "fulfil" ? worker : undefined;
    const identity = stack.add("azure-native:managedidentity:UserAssignedIdentity", `${name}-identity`, {}, owner);
    const app = stack.add("azure-native:web:WebApp", name, {
      name: `shop-${name}`,
      kind: "functionapp,linux",
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: [
          identity(`${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`),
        ],
      },
      functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount: 40 } },
      httpsOnly: true,
      siteConfig: {
        minTlsVersion: "1.2",
        appSettings: [{ name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: insights }],
      },
    });
    stack.add("azure-native:web:WebAppAuthSettingsV2", `${name}-auth`, {
      name: app(`shop-${name}`),
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          validation: {
            defaultAuthorizationPolicy: { allowedPrincipals: { identities: [identity(`principal-${name}`)] } },
          },
        },
      },
    });
    stack.add("azure-native:web:WebAppScmAllowed", `${name}-scm`, { name: app(`shop-${name}`), allow: false });
    stack.add(
      "azure-native:authorization:RoleAssignment",
      `${name}-receive`,
      {
        principalId: identity(`principal-${name}`),
        principalType: "ServicePrincipal",
        roleDefinitionId: definition(dataReceiver),
        scope: queue,
      },
      owner,
    );
    stack.add("azure-native:cosmosdb:SqlResourceSqlRoleAssignment", `${name}-read`, {
      principalId: identity(`principal-${name}`),
      scope: container(`${group}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos/dbs/shop/colls/orders`),
    });
  }
  stack.add("azure-native:managedidentity:FederatedIdentityCredential", "pipeline", {
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:shop/orders:environment:production",
    audiences: ["api://AzureADTokenExchange"],
  });
  stack.add("azure-native:authorization:RoleDefinition", "redriver", {
    scope: text(group),
    assignableScopes: [group],
    permissions: [{ actions: ["Microsoft.ServiceBus/namespaces/queues/read"], dataActions: [] }],
  });
  const service = stack.add("azure-native:apimanagement:ApiManagementService", "gateway", {
    sku: { name: "Consumption", capacity: 0 },
  })("gateway");
  const api = stack.add("azure-native:apimanagement:Api", "api", { serviceName: service, apiId: "api" });
  stack.add("azure-native:apimanagement:ApiDiagnostic", "api-log", {
    serviceName: service,
    apiId: api("api"),
    diagnosticId: "applicationinsights",
    loggerId: "insights",
    sampling: { samplingType: "fixed", percentage: 100 },
  });
  const logged = {
    bus: "",
    hubs: "",
    config: "",
    cosmos: "",
    vault: "",
    workspace: "",
    store: "/blobServices/default",
    fulfil: "",
    front: "",
  };
  for (const [name, service] of Object.entries(logged))
    stack.add("azure-native:monitor:DiagnosticSetting", `${name}-audit`, {
      resourceUri: text(new Out(name, `${group}/providers/Microsoft.Any/${name}`), service),
      workspaceId: workspace,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    });
  return stack;
}
