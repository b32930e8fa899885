/** Secrets in plain text: where workloads have their settings, how those are called, and what they look like. */
import { awsStack } from "../support/aws";
import { azureStack, group } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName, encryptionConfiguration } from "../support/keys";
import { killed, type Mutant } from "../support/mutants";
import { Out, type Stack } from "../support/stack";

const variable = (name: string, value: string): Mutant => ({
  name: `${name} among the variables`,
  change: set("front", { [`environment.variables.${name}`]: value }),
});
/** Made up, and put together here, so that nobody takes them for real ones. */
const made = (start: string, length: number) => start + "aB3dE5gH".repeat(20).slice(0, length);
const token = [made("eyJ", 20), made("eyJ", 30), made("", 43)].join(".");

const names = [
  "GITHUB_TOKEN",
  "DB_PASS",
  "smtpPwd",
  "JWT_SECRET_V2",
  "DB_PASSWORD_PROD",
  "ENCRYPTION_KEY",
  "CREDENTIALS",
];
const values: readonly (readonly [string, string])[] = [
  ["an access key", `AKIA${"ABCD1234".repeat(2)}`],
  ["a token of GitHub", made("ghp_", 36)],
  ["a token of Slack", made("xoxb-", 24)],
  ["a webhook of Slack", `https://hooks.slack.com/services/T0/B0/${made("", 24)}`],
  ["a key of Stripe", made("sk_live_", 24)],
  ["a key of Google's APIs", made("AIza", 35)],
  ["a signed token", token],
  ["a header that signs in", made("Bearer ", 40)],
  ["a private key in JSON", '{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIE"}'],
  ["a password in JSON", '{"host":"db","password":"horse"}'],
  ["a password between spaces", "host=db user=shop password=horse"],
  ["a password in a query", "jdbc:postgresql://db/shop?user=shop&password=horse"],
  ["a password in an address in front of something", "jdbc:postgresql://shop:horse@db/shop"],
  ["a shared access signature", `https://store.blob.core.windows.net/a?sv=1&sig=${made("", 44)}`],
  ["a key of Azure's storage", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=horse"],
  ["a key of Azure's storage by itself", `${made("", 86)}==`],
];
const states = (Parameters: object) => ({
  encryptionConfiguration,
  loggingConfiguration: { level: "ALL", logDestination: new Out("front-logs", "group:*") },
  definition: JSON.stringify({ States: { Call: { Parameters } } }),
});

/** A document that is short, and whose aliases would say a word a million million times. */
const manifold = [...Array(12)].reduce(
  (text: string, _, index) =>
    `${text}${"abcdefghijkl"[index]}: &x${index} [${Array(10).fill(index ? `*x${index - 1}` : "w")}]\n`,
  "",
);

const identity = { identity: { type: "SystemAssigned" } };
const scripted = "#!/bin/sh\nexport DB='postgres://shop:horse@db/shop'\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const pair = { name: "DB_PASSWORD", value: "horse" };
type Row = readonly [type: string, inputs: Record<string, unknown>, name?: string];
const each = (control: string, make: () => Stack, rows: readonly Row[]) =>
  killed(
    control,
    make,
    "more",
    rows.map(([type, inputs, name = "a secret"]) => ({
      name: `${name} in ${type}`,
      change: (stack) => {
        add(type, inputs)(stack);
        if (type.endsWith(":Workflow") && type.startsWith("azure"))
          stack.add("azure-native:monitor:DiagnosticSetting", "more-audit", {
            resourceUri: new Out("more", `${group}/providers/Microsoft.Logic/workflows/more`),
            workspaceId: new Out("workspace", `${group}/providers/Microsoft.OperationalInsights/workspaces/workspace`),
            logs: [{ categoryGroup: "allLogs", enabled: true }],
          });
      },
    })),
  );

describe("mutants: secrets in plain text", () => {
  killed("ENC-05", awsStack, "front", [
    ...names.map((name) => variable(name, "correct horse")),
    ...values.map(([name, value]) => ({ name, change: set("front", { "environment.variables.SETTING": value }) })),
  ]);
  each("ENC-05", awsStack, [
    ["aws:sfn/stateMachine:StateMachine", states({ Environment: [{ Name: "DB_PASSWORD", Value: "horse" }] })],
    ["aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: JSON.stringify([{ environment: [pair] }]) }],
    ["aws:batch/jobDefinition:JobDefinition", { containerProperties: JSON.stringify({ environment: [pair] }) }],
    ["aws:codebuild/project:Project", { environment: { environmentVariables: [{ ...pair, type: "PLAINTEXT" }] } }],
    [
      "aws:apprunner/service:Service",
      {
        sourceConfiguration: {
          imageRepository: { imageConfiguration: { runtimeEnvironmentVariables: { DB_PASSWORD: "horse" } } },
        },
      },
    ],
    ["aws:amplify/app:App", { environmentVariables: { API_KEY: "horse" } }],
    ["aws:ec2/instance:Instance", { userData: scripted }],
    ["aws:ec2/launchTemplate:LaunchTemplate", { userData: base64(scripted) }],
  ]);
  killed("ENC-10", awsStack, "more", [
    {
      name: "an access key as a parameter",
      change: add("aws:ssm/parameter:Parameter", { type: "String", name: "/shop/a", value: `AKIA${"AB12".repeat(4)}` }),
    },
  ]);
  each("ENC-05", azureStack, [
    ["azure-native:web:WebAppApplicationSettingsSlot", { name: "other", properties: { DB_PASSWORD: "horse" } }],
    ["azure-native:web:WebAppConnectionStringsSlot", { name: "other", properties: { db: { value: "Pwd=horse" } } }],
    [
      "azure-native:app:Job",
      { ...identity, template: { containers: [{ env: [] }], initContainers: [{ env: [pair] }] } },
      "a secret before the start",
    ],
    ["azure-native:app:DaprComponent", { secrets: [{ name: "key", value: "horse" }] }],
    ["azure-native:containerinstance:ContainerGroup", { containers: [{ environmentVariables: [pair] }] }],
    ["azure-native:appconfiguration:KeyValue", { keyValueName: "db:password$prod", value: "horse" }],
    [
      "azure-native:logic:Workflow",
      { definition: { actions: { Call: { inputs: { headers: { "x-api-key": "h" } } } } } },
    ],
    ["azure-native:apimanagement:NamedValue", { value: "Endpoint=sb://bus/;SharedAccessKey=horse" }, "a shared key"],
  ]);
  const shared = "Endpoint=sb://bus/;SharedAccessKeyName=a;SharedAccessKey=horse";
  const bus = { name: "bus", value: shared };
  each("IAM-05", azureStack, [
    ["azure-native:web:WebAppApplicationSettingsSlot", { name: "other", properties: { bus: shared } }],
    ["azure-native:web:WebAppConnectionStrings", { name: "other", properties: { bus } }],
    ["azure-native:web:WebAppConnectionStringsSlot", { name: "other", properties: { bus } }],
    [
      "azure-native:apimanagement:Backend",
      { url: "https://a.example.com", credentials: { header: { bus: [shared] } } },
    ],
    ["azure-native:app:Job", { ...identity, configuration: { secrets: [bus] } }],
    ["azure-native:app:ContainerApp", { ...identity, template: { containers: [{ env: [bus] }] } }],
    ["azure-native:app:DaprComponent", { metadata: [bus] }],
    ["azure-native:containerinstance:ContainerGroup", { containers: [{ environmentVariables: [bus] }] }],
    ["azure-native:appconfiguration:KeyValue", { keyValueName: "bus", value: shared }],
    ["azure-native:logic:Workflow", { parameters: { bus: { value: shared } } }],
  ]);
  killed("IAM-05", azureStack, "front", [
    {
      name: "a shared key among the app's connection strings",
      change: set("front", { "siteConfig.connectionStrings": [{ name: "bus", connectionString: shared }] }),
    },
  ]);
  const workflow = {
    serviceAccount: "flow@shop.iam.gserviceaccount.com",
    cryptoKeyName,
    callLogLevel: "LOG_ALL_CALLS",
  };
  each("ENC-05", gcpStack, [
    ["gcp:appengine/standardAppVersion:StandardAppVersion", { envVariables: { API_KEY: "horse" } }],
    ["gcp:cloudbuild/trigger:Trigger", { substitutions: { _NPM_TOKEN: "horse" } }],
    ["gcp:compute/instance:Instance", { metadataStartupScript: scripted }],
    ["gcp:compute/instance:Instance", { metadata: { "db-password": "horse" } }, "a datum of its own"],
    [
      "gcp:workflows/workflow:Workflow",
      { ...workflow, sourceContents: `password: &all [horse]\n${manifold}` },
      "a secret beside aliases of aliases",
    ],
  ]);
});
