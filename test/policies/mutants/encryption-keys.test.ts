/** Mutants of keys themselves, and of what functions are made of. */

import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { more, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { clusteredAzureStack, taggedAwsStack, taggedAzureStack, taggedGcpStack } from "../support/keyed";
import { cryptoKeyName, kmsKeyArn } from "../support/keys";
import { killed, type Mutant } from "../support/mutants";
import { Out } from "../support/stack";

const machine = {
  encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: kmsKeyArn },
  loggingConfiguration: {
    level: "ALL",
    includeExecutionData: false,
    logDestination: new Out("fulfil-logs", "group:*"),
  },
};
const workflow = { cryptoKeyName, callLogLevel: "LOG_ALL_CALLS" };

describe("mutants of keys, code and settings", () => {
  killed("ENC-05", awsStack, "front", [
    { name: "variables without a key", change: set("front", { kmsKeyArn: undefined }) },
    { name: "Lambda's own key", change: set("front", { kmsKeyArn: "alias/aws/lambda" }) },
    { name: "a password", change: set("front", { "environment.variables.DB_PASSWORD": "correct horse" }) },
    { name: "an API key", change: set("front", { "environment.variables.stripeApiKey": "horse" }) },
    {
      name: "an address with a password",
      change: set("front", { "environment.variables.DATABASE": "postgres://shop:horse@db.example.org/shop" }),
    },
    {
      name: "a private key of any name",
      change: set("front", { "environment.variables.PEM": "-----BEGIN RSA PRIVATE KEY-----" }),
    },
    { name: "a password of a stage", change: set("stage", { stageVariables: { dbPassword: "horse" } }), at: "stage" },
    more("a key in a state machine", "aws:sfn/stateMachine:StateMachine", {
      ...machine,
      definition: JSON.stringify({ States: { Call: { Parameters: { Headers: { apiKey: "horse" } } } } }),
    }),
    more("a repository under AWS's key", "aws:ecr/repository:Repository", {}),
    more("a repository that KMS encrypts by its own key", "aws:ecr/repository:Repository", {
      encryptionConfigurations: [{ encryptionType: "KMS" }],
    }),
    more("a repository whose key is not used", "aws:ecr/repository:Repository", {
      encryptionConfigurations: [{ encryptionType: "AES256", kmsKey: kmsKeyArn }],
    }),
  ]);
  const apps = (name: string, value: string) => set("front", { "siteConfig.appSettings.1": { name, value } });
  const registry = {
    sku: { name: "Premium" },
    encryption: { status: "enabled", keyVaultProperties: { keyIdentifier: "https://shop.vault.azure.net/keys/shop" } },
  };
  const image = (name: string, change: object): Mutant => ({
    ...more(name, "azure-native:containerregistry:Registry", { ...registry, ...change }),
    also: ["AUD-02 more"],
  });
  const app = "azure-native:app:ContainerApp";
  const identity = { identity: { type: "SystemAssigned" } };
  killed("ENC-05", azureStack, "front", [
    { name: "a password", change: apps("DbPassword", "correct horse") },
    { name: "a client secret", change: apps("MICROSOFT_PROVIDER_AUTHENTICATION_SECRET", "horse") },
    { name: "a connection string with a password", change: apps("Sql", "Server=db;Password=horse;") },
    {
      name: "a connection string among its own",
      change: set("front", { "siteConfig.connectionStrings": [{ name: "db", connectionString: "User=a;Pwd=horse" }] }),
    },
    more("a connection string beside the app", "azure-native:web:WebAppConnectionStrings", {
      name: "shop",
      properties: { db: { type: "SQLAzure", value: "Server=db;Password=horse;" } },
    }),
    more("a secret that a gateway keeps", "azure-native:apimanagement:NamedValue", { secret: true, value: "horse" }),
    more("a secret that does not say so", "azure-native:apimanagement:NamedValue", { value: "Server=db;Pwd=horse" }),
    more("a password for a backend", "azure-native:apimanagement:Backend", {
      url: "https://api.example.com",
      credentials: { authorization: { scheme: "Basic", parameter: "12345678" } },
    }),
    more("a key for a backend", "azure-native:apimanagement:Backend", {
      url: "https://api.example.com",
      credentials: { header: { "x-functions-key": ["{{key}}", "horse"] } },
    }),
    more("settings beside the app", "azure-native:web:WebAppApplicationSettings", {
      name: "shop",
      properties: { API_KEY: "horse" },
    }),
    image("a registry of another tier", { sku: { name: "Standard" } }),
    image("a registry under Microsoft's key", { encryption: undefined }),
    image("a registry whose key is off", { encryption: { ...registry.encryption, status: "disabled" } }),
    {
      ...more("a secret of a container app", app, {
        ...identity,
        configuration: { secrets: [{ name: "db", value: "h" }] },
      }),
    },
    {
      ...more("a password of a second container", app, {
        ...identity,
        template: { containers: [{ env: [] }, { env: [{ name: "DB_PASSWORD", value: "horse" }] }] },
      }),
    },
  ]);
  const env = (name: string, value: string) => [{ name, value }];
  const annotations = { "run.googleapis.com/encryption-key": cryptoKeyName };
  killed("ENC-05", gcpStack, "front", [
    { name: "no key", change: set("front", { kmsKeyName: undefined }) },
    { name: "a key that is none", change: set("front", { kmsKeyName: "shop" }) },
    { name: "a token", change: set("front", { "serviceConfig.environmentVariables.AUTH_TOKEN": "horse" }) },
    {
      name: "a secret while it is built",
      change: set("front", { "buildConfig.environmentVariables": { NPM_AUTH_TOKEN: "h" } }),
    },
    { name: "a service without a key", change: set("fulfil", { "template.encryptionKey": undefined }), at: "fulfil" },
    {
      name: "a service's password",
      change: set("fulfil", { "template.containers.0.envs": env("DB_PASSWORD", "horse") }),
      at: "fulfil",
    },
    more("a token in a workflow", "gcp:workflows/workflow:Workflow", {
      serviceAccount: "flow@shop.iam.gserviceaccount.com",
      ...workflow,
      sourceContents: "main:\n  steps:\n    - call:\n        args:\n          auth_token: 12345678\n",
    }),
    more("a workflow's password", "gcp:workflows/workflow:Workflow", {
      serviceAccount: "flow@shop.iam.gserviceaccount.com",
      ...workflow,
      userEnvVars: { DB_PASSWORD: "horse" },
    }),
    more("images without a key", "gcp:artifactregistry/repository:Repository", {}),
    ...knative(),
  ]);

  function knative(): Mutant[] {
    const account = new Out("gateway", "gateway@shop.iam.gserviceaccount.com");
    const service = (name: string, on: object | undefined): Mutant => ({
      name,
      change: (stack) => {
        stack.add("gcp:serviceaccount/account:Account", "old-account", { accountId: "old" });
        stack.add("gcp:cloudrun/service:Service", "more", {
          template: {
            metadata: { annotations: { "autoscaling.knative.dev/maxScale": "10", ...on } },
            spec: { serviceAccountName: new Out("old-account", account.literal.replace("gateway", "old")) },
          },
        });
      },
      at: "more",
    });
    return [
      service("a service of version 1 without a key", undefined),
      service("a service of version 1 whose key is empty", { "run.googleapis.com/encryption-key": "" }),
      service("a service of version 1 whose key is a ring", {
        "run.googleapis.com/encryption-key": annotations["run.googleapis.com/encryption-key"].split("/cryptoKeys")[0],
      }),
    ];
  }

  killed("ENC-07", awsStack, "key", [
    { name: "no rotation", change: set("key", { enableKeyRotation: undefined }) },
    { name: "rotation that is off", change: set("key", { enableKeyRotation: false }) },
    { name: "rotation as text", change: set("key", { enableKeyRotation: "true" }) },
    { name: "rotation after seven years", change: set("key", { rotationPeriodInDays: 2560 }) },
    {
      name: "a symmetric key that says so",
      change: set("key", { enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT" }),
    },
    more("a second key", "aws:kms/key:Key", {}),
  ]);
  const actions = "properties.rotationPolicy.lifetimeActions";
  killed("ENC-07", azureStack, "key", [
    { name: "no policy", change: set("key", { properties: {} }) },
    { name: "no actions", change: set("key", { [actions]: [] }) },
    { name: "a notice only", change: set("key", { [`${actions}.0.action.type`]: "notify" }) },
    { name: "no trigger", change: set("key", { [`${actions}.0.trigger`]: undefined }) },
    { name: "rotation after two years", change: set("key", { [`${actions}.0.trigger.timeAfterCreate`]: "P2Y" }) },
    { name: "rotation after 13 months", change: set("key", { [`${actions}.0.trigger.timeAfterCreate`]: "P13M" }) },
    {
      name: "rotation before an end that never comes",
      change: set("key", { [`${actions}.0.trigger`]: { timeBeforeExpiry: "P30D" } }),
    },
    more("a key of a managed HSM", "azure-native:keyvault:ManagedHsmKey", {}),
  ]);
  killed("ENC-07", gcpStack, "key", [
    { name: "no rotation", change: set("key", { rotationPeriod: undefined }) },
    { name: "rotation after 91 days", change: set("key", { rotationPeriod: "7862400s" }) },
    { name: "a period without a unit", change: set("key", { rotationPeriod: "7776000" }) },
    {
      name: "a purpose that rotates",
      change: set("key", { rotationPeriod: undefined, purpose: "ENCRYPT_DECRYPT" }),
    },
  ]);

  killed("ENC-08", awsStack, "key", [
    { name: "a week", change: set("key", { deletionWindowInDays: 7 }) },
    { name: "29 days", change: set("key", { deletionWindowInDays: 29 }) },
    { name: "a policy that may lock everybody out", change: set("key", { bypassPolicyLockoutSafetyCheck: true }) },
    ...["replicaKey:ReplicaKey", "externalKey:ExternalKey"].map((type) =>
      more(`a week for ${type}`, `aws:kms/${type}`, { deletionWindowInDays: 7 }),
    ),
  ]);
  killed("ENC-08", azureStack, "vault", [
    { name: "no purge protection", change: set("vault", { "properties.enablePurgeProtection": undefined }) },
    { name: "purge protection that is off", change: set("vault", { "properties.enablePurgeProtection": false }) },
    { name: "no soft delete", change: set("vault", { "properties.enableSoftDelete": false }) },
    { name: "a week", change: set("vault", { "properties.softDeleteRetentionInDays": 7 }) },
    { ...more("a managed HSM", "azure-native:keyvault:ManagedHsm", {}), also: ["AUD-02 more"] },
  ]);
  killed("ENC-08", gcpStack, "key", [
    { name: "a day", change: set("key", { destroyScheduledDuration: "86400s" }) },
    { name: "29 days", change: set("key", { destroyScheduledDuration: "2505600s" }) },
    { name: "days, which are no duration", change: set("key", { destroyScheduledDuration: "30d" }) },
  ]);

  const second = "arn:aws:kms:eu-central-1:111122223333:key/0c2d";
  killed("ENC-11", taggedAwsStack, "queue", [
    { name: "a queue under another key", change: set("queue", { kmsMasterKeyId: second }) },
    {
      name: "a table under another key of the stack",
      change: (stack) => {
        const other = stack.add("aws:kms/key:Key", "other", { enableKeyRotation: true })(second);
        stack.set("table", { "serverSideEncryption.kmsKeyArn": other });
      },
      at: "table",
    },
    {
      name: "objects under another key",
      change: set("bucket-encryption", {
        "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId": second,
      }),
      at: "bucket-encryption",
    },
  ]);
  killed("ENC-11", taggedAzureStack, "cosmos", [
    {
      name: "a database under another key",
      change: (stack) => {
        const other = stack.add("azure-native:keyvault:Key", "other", {
          properties: {
            rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] },
          },
        });
        stack.set("cosmos", { keyVaultKeyUri: other("https://shop.vault.azure.net/keys/other") });
      },
    },
    {
      name: "a database under a key of elsewhere",
      change: set("cosmos", { keyVaultKeyUri: "https://elsewhere.vault.azure.net/keys/other" }),
    },
    {
      name: "a namespace under another key",
      change: (stack) => {
        const other = stack.add("azure-native:keyvault:Key", "other", {
          properties: {
            rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] },
          },
        });
        stack.set("bus", { "encryption.keyVaultProperties.0.keyName": other("other") });
      },
      at: "bus",
    },
  ]);
  killed("ENC-11", taggedGcpStack, "topic", [
    { name: "a topic under another key", change: set("topic", { kmsKeyName: `${cryptoKeyName}-other` }) },
    {
      name: "one of two topics under another key",
      change: set("dead", { kmsKeyName: `${cryptoKeyName}-other` }),
      at: "dead",
    },
    {
      name: "a bucket under another key",
      change: set("objects", { "encryption.defaultKmsKeyName": `${cryptoKeyName}-other` }),
      at: "objects",
    },
  ]);

  killed("ENC-12", clusteredAzureStack, "workspace", [
    { name: "no link", change: (stack) => stack.remove("link") },
    { name: "another workspace's link", change: set("link", { workspaceName: "other" }) },
    {
      name: "a link to an automation account",
      change: set("link", {
        linkedServiceName: "Automation",
        writeAccessResourceId: undefined,
        resourceId: "/subscriptions/0/resourceGroups/shop/providers/Microsoft.Automation/automationAccounts/shop",
      }),
    },
    { name: "a link that leads nowhere", change: set("link", { writeAccessResourceId: undefined }) },
    {
      name: "a second workspace",
      change: (stack) =>
        stack.add("azure-native:operationalinsights:Workspace", "more", {
          retentionInDays: 365,
          features: { disableLocalAuth: true },
        }),
      at: "more",
      also: ["AUD-02 more"],
    },
  ]);
});
