/** Types that a rule judges like one that has mutants of its own: each is shown to fail at least once. */
import { resourcePolicyPath, resourcePolicyTypes } from "../../../policies/rules/aws/resource-policies";
import { awsStack } from "../support/aws";
import { azureStack, group } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName, kmsKeyArn } from "../support/keys";
import { killed, type Mutant } from "../support/mutants";
import { privateAwsStack, privateAzureStack, privateGcpStack } from "../support/private";
import { json, Out, type Stack } from "../support/stack";

/** A type, what is faulty about it, and other controls that rightly fail at the same resource. */
type Row = readonly [type: string, inputs: Record<string, unknown>, also?: readonly string[]];

const mutants = (rows: readonly Row[], control: string): Mutant[] =>
  rows.map(([type, inputs, also = []], index) => ({
    name: `as ${type}${rows.findIndex(([other]) => other === type) < index ? ", another way" : ""}`,
    change: (stack) => {
      stack.add(type, "more", { ...inputs });
      // What has resource logs has them, where this is not what is faulty.
      if (type.startsWith("azure-native:") && control !== "AUD-02")
        stack.add("azure-native:monitor:DiagnosticSetting", "more-audit", {
          resourceUri: new Out("more", `${group}/providers/more`),
          workspaceId: new Out("workspace", `${group}/providers/Microsoft.OperationalInsights/workspaces/workspace`),
          logs: [{ categoryGroup: "allLogs", enabled: true }],
        });
      // A slot that nobody calls or publishes to, where this is not what is faulty.
      if (type === "azure-native:web:WebAppSlot") {
        const ofIt = { name: "shop", slot: new Out("more", "shop/more") };
        if (control !== "IAM-01")
          stack.add("azure-native:web:WebAppAuthSettingsV2Slot", "more-auth", {
            ...ofIt,
            platform: { enabled: true },
            globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
          });
        stack.add("azure-native:web:WebAppScmAllowedSlot", "more-scm", { ...ofIt, allow: false });
      }
    },
    also: also.map((other) => `${other} more`),
  }));
const each = (control: string, make: () => Stack, rows: readonly Row[]): void =>
  killed(control, make, "more", mutants(rows, control));

const azure = (rows: readonly Row[]): Row[] => rows.map(([type, ...rest]) => [`azure-native:${type}`, ...rest]);

const admitting = (principal: unknown) => ({
  Statement: [
    { Effect: "Allow", Principal: principal, Action: "sqs:SendMessage", Resource: "*" },
    {
      Effect: "Deny",
      Principal: "*",
      Action: ["sqs:*", "s3:*", "sns:*"],
      Resource: ["*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});
/** What types with a policy of their own need beside it, and what else is wrong with them; most need nothing. */
const carriers: Readonly<Record<string, readonly [inputs: Record<string, unknown>, also?: readonly string[]]>> = {
  "aws:sqs/queue:Queue": [
    {
      kmsMasterKeyId: kmsKeyArn,
      redrivePolicy: json({ deadLetterTargetArn: new Out("dead", "arn:dead"), maxReceiveCount: 5 }),
    },
  ],
  "aws:sns/topic:Topic": [{ kmsMasterKeyId: kmsKeyArn }],
  "aws:secretsmanager/secret:Secret": [{ kmsKeyId: kmsKeyArn }],
  "aws:s3/bucket:Bucket": [{}, ["ENC-04", "IAM-07", "RES-06"]],
  "aws:kms/key:Key": [{ enableKeyRotation: true }],
  "aws:apigateway/domainName:DomainName": [{ securityPolicy: "TLS_1_2" }],
};
const carrying = (document: object, left: readonly string[] = []): Row[] =>
  resourcePolicyTypes
    .filter((type) => !left.includes(type))
    .map((type) => {
      const [inputs, also] = carriers[type] ?? [{}];
      const [outer = "", inner] = resourcePolicyPath(type).split(".");
      const content = json(document);
      return [type, { ...inputs, [outer]: inner === undefined ? content : { [inner]: content } }, also];
    });

const vaultKey = "https://shop.vault.azure.net/keys/shop";
/** Services of Azure that nothing is wrong with but what a row says; each takes of it what it knows. */
const quiet = { disableLocalAuth: true, minimumTlsVersion: "1.2", minimumTlsVersionAllowed: "1.2" };
const hubs = {
  ...quiet,
  sku: { name: "Premium" },
  encryption: {
    keySource: "Microsoft.KeyVault",
    keyVaultProperties: [{ keyName: "shop", keyVaultUri: "https://shop.vault.azure.net" }],
  },
};
const settings = { disableLocalAuth: true, encryption: { keyVaultProperties: { keyIdentifier: vaultKey } } };
const images = {
  sku: { name: "Premium" },
  encryption: { status: "enabled", keyVaultProperties: { keyIdentifier: vaultKey } },
};
const redis = { ...quiet, disableAccessKeyAuthentication: true };
const hsm = { properties: { enablePurgeProtection: true } };
const environment = { appLogsConfiguration: { destination: "azure-monitor" } };
const without = (of: object, property: string) => ({ ...of, [property]: undefined });

const site = {
  name: "shop",
  slot: "more",
  identity: { type: "SystemAssigned" },
  kind: "functionapp,linux",
  httpsOnly: true,
  siteConfig: {
    minTlsVersion: "1.2",
    ftpsState: "Disabled",
    functionAppScaleLimit: 10,
    appSettings: [{ name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: "InstrumentationKey=0" }],
  },
};
const slot = (siteConfig: object) => ({ ...site, siteConfig: { ...site.siteConfig, ...siteConfig } });
const setting = (name: string, value: string) => ({
  appSettings: [...site.siteConfig.appSettings, { name, value }],
});

/** Workloads of Google Cloud that nothing is wrong with. */
const account = "more@shop.iam.gserviceaccount.com";
const first = {
  serviceAccountEmail: account,
  kmsKeyName: cryptoKeyName,
  maxInstances: 10,
  triggerHttp: true,
  httpsTriggerSecurityLevel: "SECURE_ALWAYS",
};
const pool = (more: object = {}, containers: readonly object[] = []) => ({
  template: { serviceAccount: account, encryptionKey: cryptoKeyName, containers, ...more },
});
const job = (more: object = {}, containers: readonly object[] = []) => ({ template: pool(more, containers) });
const knative = (annotations: object = {}, spec: object = { serviceAccountName: account }) => ({
  template: {
    metadata: {
      annotations: {
        "autoscaling.knative.dev/maxScale": "10",
        "run.googleapis.com/encryption-key": cryptoKeyName,
        ...annotations,
      },
    },
    spec,
  },
});
const sql = (more: object = {}) => ({
  encryptionKeyName: cryptoKeyName,
  settings: { ipConfiguration: { sslMode: "ENCRYPTED_ONLY", ...more } },
});
const firstGeneration = "gcp:cloudfunctions/function:Function";
const workerPool = "gcp:cloudrunv2/workerPool:WorkerPool";
const cloudJob = "gcp:cloudrunv2/job:Job";
const knativeService = "gcp:cloudrun/service:Service";
const secret = [{ envs: [{ name: "DB_PASSWORD", value: "horse" }] }];

describe("mutants of every type: encryption", () => {
  each("ENC-05", awsStack, [
    ["aws:apigateway/stage:Stage", { variables: { dbPassword: "horse" } }, ["AUD-03", "RES-05"]],
  ]);
  each(
    "ENC-05",
    azureStack,
    azure([
      ["web:WebAppSlot", slot(setting("DbPassword", "horse"))],
      [
        "app:Job",
        { identity: { type: "SystemAssigned" }, configuration: { secrets: [{ name: "db", value: "horse" }] } },
      ],
    ]),
  );
  each("ENC-05", gcpStack, [
    [firstGeneration, { ...first, kmsKeyName: undefined }],
    [firstGeneration, { ...first, environmentVariables: { DB_PASSWORD: "horse" } }],
    [workerPool, pool({ encryptionKey: undefined })],
    [workerPool, pool({}, secret)],
    [cloudJob, job({ encryptionKey: undefined })],
    [cloudJob, job({}, secret)],
  ]);
  killed(
    "ENC-06",
    gcpStack,
    "more",
    mutants(
      ["folder", "organization", "billingAccount"].map((of) => [
        `gcp:logging/${of}BucketConfig:${of[0]?.toUpperCase()}${of.slice(1)}BucketConfig`,
        { retentionDays: 365 },
      ]),
      "ENC-06",
    ),
    "regulated",
  );
  each("ENC-03", awsStack, [
    ["aws:timestreamwrite/database:Database", {}],
    ["aws:memorydb/cluster:Cluster", { kmsKeyArn: "alias/aws/memorydb" }],
    ["aws:backup/vault:Vault", { kmsKeyArn: " " }],
    ["aws:keyspaces/table:Table", {}],
    [
      "aws:keyspaces/table:Table",
      { encryptionSpecification: { kmsKeyIdentifier: kmsKeyArn, type: "AWS_OWNED_KMS_KEY" } },
    ],
    ["aws:efs/fileSystem:FileSystem", { kmsKeyId: kmsKeyArn }],
    ["aws:efs/fileSystem:FileSystem", { encrypted: true }],
  ]);
  each("TLS-01", awsStack, [["aws:memorydb/cluster:Cluster", { kmsKeyArn, tlsEnabled: false }]]);
  each(
    "TLS-01",
    azureStack,
    azure([
      ["eventhub:Namespace", without(hubs, "minimumTlsVersion")],
      ["eventgrid:Topic", { ...quiet, minimumTlsVersionAllowed: "1.1" }],
      ["eventgrid:Domain", without(quiet, "minimumTlsVersionAllowed")],
      ["eventgrid:Namespace", { ...quiet, minimumTlsVersionAllowed: "1.0" }],
      ["eventgrid:PartnerNamespace", without(quiet, "minimumTlsVersionAllowed")],
      ["cache:Redis", { ...redis, minimumTlsVersion: "1.0" }],
      ["redisenterprise:RedisEnterprise", {}],
      ["cache/v20240901preview:RedisEnterprise", { minimumTlsVersion: "1.1" }],
      ["redisenterprise:Database", { accessKeysAuthentication: "Disabled", clientProtocol: "Plaintext" }],
      [
        "app:ContainerApp",
        { identity: { type: "SystemAssigned" }, configuration: { ingress: { allowInsecure: true } } },
      ],
      ["web:WebAppSlot", { ...slot({}), httpsOnly: false }],
    ]),
  );
  each("TLS-01", gcpStack, [
    [
      "gcp:cloudtasks/queue:Queue",
      {
        rateLimits: { maxDispatchesPerSecond: 1, maxConcurrentDispatches: 1 },
        httpTarget: { uriOverride: { scheme: "HTTP" }, oidcToken: { serviceAccountEmail: account } },
      },
    ],
    ["gcp:memorystore/instance:Instance", { kmsKey: cryptoKeyName }],
    ["gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy", {}],
    ["gcp:redis/cluster:Cluster", { kmsKey: cryptoKeyName, transitEncryptionMode: "TRANSIT_ENCRYPTION_MODE_DISABLED" }],
    ["gcp:sql/databaseInstance:DatabaseInstance", { encryptionKeyName: cryptoKeyName }],
    ["gcp:sql/databaseInstance:DatabaseInstance", sql({ sslMode: "ALLOW_UNENCRYPTED_AND_ENCRYPTED" })],
    [
      "gcp:eventarc/pipeline:Pipeline",
      { cryptoKeyName, destinations: [{ httpEndpoint: { uri: "http://shop.example.com" } }] },
    ],
  ]);
  each("ENC-02", gcpStack, [
    ["gcp:managedkafka/cluster:Cluster", { gcpConfig: {} }],
    ["gcp:datastream/stream:Stream", { displayName: "orders" }],
  ]);
  each("ENC-03", gcpStack, [
    ["gcp:redis/cluster:Cluster", { transitEncryptionMode: "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION" }],
    ["gcp:sql/databaseInstance:DatabaseInstance", { ...sql(), encryptionKeyName: "" }],
    ["gcp:spanner/database:Database", {}],
    ["gcp:spanner/database:Database", { encryptionConfig: { kmsKeyNames: [""] } }],
    ["gcp:bigtable/instance:Instance", { clusters: [{ kmsKeyName: cryptoKeyName }, {}] }],
  ]);
  each("IAM-07", gcpStack, [
    ["gcp:sql/databaseInstance:DatabaseInstance", sql({ authorizedNetworks: [{ value: "0.0.0.0/0" }] })],
  ]);
  each("TLS-02", azureStack, azure([["web:WebAppSlot", slot({ minTlsVersion: "1.1" })]]));
  each("TLS-02", gcpStack, [
    ["gcp:compute/regionSslPolicy:RegionSslPolicy", { profile: "MODERN" }],
    ["gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy", {}],
  ]);
});

describe("mutants of every type: identities", () => {
  const api = resourcePolicyTypes.filter((type) => type.startsWith("aws:apigateway/"));
  each("IAM-02", awsStack, carrying(admitting("*"), api));
  each("IAM-02", awsStack, [
    [
      "aws:iot/policy:Policy",
      { policy: json({ Statement: [{ Effect: "Allow", Action: "iot:*", Resource: "arn:aws:iot:r:1:topic/a" }] }) },
    ],
  ]);
  each("IAM-06", awsStack, carrying(admitting({ Service: "sns.amazonaws.com" })));
  each(
    "IAM-02",
    azureStack,
    azure([["cosmosdb:SqlResourceSqlRoleDefinition", { permissions: [{ dataActions: ["Microsoft.DocumentDB/*"] }] }]]),
  );
  each("IAM-02", gcpStack, [["gcp:organizations/iAMCustomRole:IAMCustomRole", { permissions: ["pubsub.*"] }]]);

  const of = (Resource: string) => json({ Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource }] });
  const wide = of("arn:aws:sqs:eu-central-1:111122223333:*");
  each("IAM-03", awsStack, [
    ["aws:iam/policy:Policy", { policy: wide }],
    ["aws:iam/policy:Policy", { policy: of("arn:aws:constructor:::queue/*") }],
    ["aws:iam/userPolicy:UserPolicy", { policy: wide }],
    ["aws:iam/groupPolicy:GroupPolicy", { policy: wide }],
    ["aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", { inlinePolicy: wide }],
  ]);
  const trust = json({
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  each("IAM-03", awsStack, [
    ["aws:iam/role:Role", { assumeRolePolicy: trust, inlinePolicies: [{ name: "wide", policy: wide }] }],
    ["aws:iam/role:Role", { assumeRolePolicy: trust, managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }],
  ]);
  const called = { ...site, identity: undefined };
  each(
    "IAM-04",
    azureStack,
    azure([
      ["web:WebAppSlot", called],
      ["app:ContainerApp", {}],
      ["app:Job", { identity: { type: "None" } }],
    ]),
  );
  const open = { identity: { type: "SystemAssigned" }, configuration: { ingress: { external: true } } };
  each(
    "IAM-01",
    azureStack,
    azure([
      ["web:WebAppSlot", site],
      ["app:ContainerApp", open],
    ]),
  );
  each("IAM-04", gcpStack, [
    [firstGeneration, { ...first, serviceAccountEmail: undefined }],
    [cloudJob, job({ serviceAccount: "default" })],
    [workerPool, pool({ serviceAccount: "42-compute@developer.gserviceaccount.com" })],
    [knativeService, knative({}, {})],
    ["gcp:workflows/workflow:Workflow", { cryptoKeyName, callLogLevel: "LOG_ALL_CALLS" }],
    ["gcp:eventarc/trigger:Trigger", { serviceAccount: "42-compute@developer.gserviceaccount.com" }],
    [
      "gcp:cloudscheduler/job:Job",
      {
        retryConfig: { retryCount: 3 },
        httpTarget: {
          uri: "https://shop.example.com",
          oidcToken: { serviceAccountEmail: "42-compute@developer.gserviceaccount.com" },
        },
      },
    ],
    [
      "gcp:cloudtasks/queue:Queue",
      {
        rateLimits: { maxDispatchesPerSecond: 1, maxConcurrentDispatches: 1 },
        httpTarget: {
          uriOverride: { scheme: "HTTPS" },
          oauthToken: { serviceAccountEmail: "shop@appspot.gserviceaccount.com" },
        },
      },
    ],
  ]);
  each("IAM-01", gcpStack, [
    [
      knativeService,
      { ...knative(), metadata: { annotations: { "run.googleapis.com/invoker-iam-disabled": "true" } } },
    ],
  ]);
  each(
    "IAM-05",
    azureStack,
    azure([
      ["eventhub:Namespace", without(hubs, "disableLocalAuth")],
      ["eventgrid:Topic", without(quiet, "disableLocalAuth")],
      ["eventgrid:Domain", { ...quiet, disableLocalAuth: false }],
      ["eventgrid:PartnerNamespace", without(quiet, "disableLocalAuth")],
      ["appconfiguration:ConfigurationStore", without(settings, "disableLocalAuth")],
      ["operationalinsights:Workspace", { retentionInDays: 365 }],
      ["signalrservice:SignalR", { disableLocalAuth: false }],
      ["webpubsub:WebPubSub", {}],
      ["redis:Redis", without(redis, "disableAccessKeyAuthentication")],
      ["cache:Redis", { ...redis, disableAccessKeyAuthentication: false }],
      ["web:WebAppFtpAllowed", { allow: true }],
      ["web:WebAppScmAllowed", {}],
      ["web:WebAppFtpAllowedSlot", {}],
      ["web:WebAppScmAllowedSlot", { allow: true }],
      ["search:Service", {}],
      ["cognitiveservices:Account", { properties: { disableLocalAuth: false } }],
      ["communication:CommunicationService", {}],
      ["automation:AutomationAccount", { disableLocalAuth: false }],
      ["redisenterprise:Database", {}],
      ["containerregistry:Registry", { ...images, adminUserEnabled: true }],
      ["web:WebAppSlot", slot(setting("bus", "Endpoint=sb://bus/;SharedAccessKey=horse"))],
      ["web:WebAppApplicationSettings", { properties: { bus: "Endpoint=sb://bus/;SharedAccessKey=horse" } }],
    ]),
  );
  each("IAM-06", gcpStack, [
    [
      "gcp:cloudtasks/queue:Queue",
      {
        rateLimits: { maxDispatchesPerSecond: 1, maxConcurrentDispatches: 1 },
        httpTarget: { uriOverride: { scheme: "HTTPS" } },
      },
    ],
  ]);
  each("IAM-07", azureStack, azure([["storage:StorageAccountStaticWebsite", { indexDocument: "index.html" }]]));
  each("IAM-07", gcpStack, [
    ["gcp:storage/defaultObjectACL:DefaultObjectACL", { roleEntities: ["READER:allUsers"] }],
    ["gcp:storage/bucketAccessControl:BucketAccessControl", { role: "READER", entity: "allAuthenticatedUsers" }],
    ["gcp:storage/objectAccessControl:ObjectAccessControl", { role: "READER", entity: "allUsers" }],
  ]);
  each("IAM-08", awsStack, [
    [
      "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
      {
        inlinePolicy: json({
          Statement: [{ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::111122223333:role/a" }],
        }),
      },
    ],
  ]);
  each("IAM-08", gcpStack, [
    ["gcp:organizations/iAMCustomRole:IAMCustomRole", { permissions: ["iam.serviceAccounts.actAs"] }],
  ]);
});

describe("mutants of every type: logs", () => {
  each(
    "AUD-02",
    azureStack,
    azure([
      ["keyvault:ManagedHsm", hsm],
      ["eventhub:Namespace", hubs],
      ["eventgrid:Topic", quiet],
      ["eventgrid:Domain", quiet],
      ["eventgrid:PartnerTopic", {}],
      ["eventgrid:PartnerNamespace", quiet],
      ["eventgrid:Namespace", quiet],
      ["web:WebAppSlot", slot({})],
      ["logic:Workflow", {}],
      ["app:ManagedEnvironment", environment],
      ["appconfiguration:ConfigurationStore", settings],
      ["signalrservice:SignalR", quiet],
      ["webpubsub:WebPubSub", quiet],
      ["containerregistry:Registry", images],
      ["redis:Redis", redis],
      ["cache:Redis", redis],
      ["relay:Namespace", {}],
      ["notificationhubs:Namespace", {}],
      ["streamanalytics:StreamingJob", {}],
      ["datafactory:Factory", {}],
      ["search:Service", quiet],
      ["cognitiveservices:Account", { properties: quiet }],
      ["cdn:Profile", {}],
    ]),
  );
  const exempt = {
    service: "storage.googleapis.com",
    auditLogConfigs: [{ logType: "DATA_READ", exemptedMembers: ["user:a@example.org"] }],
  };
  each("AUD-02", gcpStack, [
    ["gcp:folder/iamAuditConfig:IamAuditConfig", exempt],
    ["gcp:organizations/iamAuditConfig:IamAuditConfig", exempt],
  ]);
  each("AUD-03", awsStack, [
    [
      "aws:apigatewayv2/api:Api",
      { protocolType: "HTTP", target: "arn:aws:lambda:eu-central-1:111122223333:function:front" },
      ["IAM-01"],
    ],
  ]);
  each(
    "AUD-03",
    azureStack,
    azure([["apimanagement:Diagnostic", { loggerId: "insights", sampling: { percentage: 50 } }]]),
  );
  each("AUD-04", awsStack, [
    ["aws:pipes/pipe:Pipe", { kmsKeyIdentifier: kmsKeyArn, logConfiguration: { level: "OFF" } }],
  ]);
  each("AUD-04", gcpStack, [
    ...["folder", "organization", "billingAccount"].map(
      (of): Row => [
        `gcp:logging/${of}BucketConfig:${of[0]?.toUpperCase()}${of.slice(1)}BucketConfig`,
        { retentionDays: 30, cmekSettings: { kmsKeyName: cryptoKeyName } },
      ],
    ),
  ]);
  const unrouted = () => gcpStack().remove("sink").remove("edge").remove("fulfil").remove("front").remove("invoke");
  for (const [type, inputs] of [
    [firstGeneration, first],
    [cloudJob, job()],
    [workerPool, pool()],
    [knativeService, knative()],
  ] as const)
    killed("AUD-04", unrouted, "more", mutants([[type, inputs]], "AUD-04"));
});

describe("mutants of every type: resilience and network", () => {
  each(
    "RES-03",
    azureStack,
    azure(
      ["SystemTopic", "Domain", "DomainTopic", "PartnerTopic"].map((of) => [`eventgrid:${of}EventSubscription`, {}]),
    ),
  );
  each("RES-03", gcpStack, [
    [firstGeneration, { ...first, eventTrigger: { eventType: "google.pubsub.topic.publish" } }],
  ]);
  each("RES-05", awsStack, [
    ["aws:apigateway/stage:Stage", {}, ["AUD-03"]],
    ["aws:lambda/functionUrl:FunctionUrl", { functionName: new Out("front", "front"), authorizationType: "AWS_IAM" }],
  ]);
  each(
    "RES-05",
    azureStack,
    azure([
      ["web:WebAppSlot", slot({ functionAppScaleLimit: undefined })],
      ["apimanagement:ApiManagementService", { sku: { name: "Developer" } }],
    ]),
  );
  each("RES-05", gcpStack, [
    [firstGeneration, { ...first, maxInstances: undefined }],
    [knativeService, knative({ "autoscaling.knative.dev/maxScale": "0" })],
  ]);
  each("NET-01", privateAwsStack, [
    [
      "aws:appsync/graphQLApi:GraphQLApi",
      { authenticationType: "AWS_IAM", logConfig: { fieldLogLevel: "ERROR", excludeVerboseContent: true } },
    ],
  ]);
  each(
    "NET-01",
    privateAzureStack,
    azure([
      ["eventhub:Namespace", hubs],
      ["eventhub:NamespaceNetworkRuleSet", { defaultAction: "Deny" }],
      ["eventgrid:Topic", quiet],
      ["eventgrid:Domain", quiet],
      ["eventgrid:Namespace", quiet],
      ["eventgrid:PartnerNamespace", quiet],
      ["keyvault:ManagedHsm", hsm],
      ["web:WebAppSlot", slot({})],
      ["appconfiguration:ConfigurationStore", settings],
      ["app:ManagedEnvironment", environment],
      ["signalrservice:SignalR", quiet],
      ["webpubsub:WebPubSub", quiet],
      ["containerregistry:Registry", images],
      ["redis:Redis", redis],
      ["redisenterprise:RedisEnterprise", { minimumTlsVersion: "1.2", publicNetworkAccess: "Enabled" }],
      ["search:Service", quiet],
      ["cognitiveservices:Account", { properties: quiet }],
    ]),
  );
  each("NET-01", privateGcpStack, [
    [firstGeneration, first],
    [cloudJob, job()],
    [workerPool, pool()],
    [knativeService, knative()],
  ]);
});
