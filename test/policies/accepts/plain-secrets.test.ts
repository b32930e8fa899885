/** Settings that are called like secrets, or look like one, and are none. */
import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName } from "../support/keys";
import { accepted, vague } from "../support/outcomes";
import { unknown } from "../support/stack";

const settings = (variables: object) => set("front", { environment: { variables } });
const workflow = { serviceAccount: "flow@shop.iam.gserviceaccount.com", cryptoKeyName, callLogLevel: "LOG_ALL_CALLS" };

describe("settings that hold no secret", () => {
  accepted("ENC-05", awsStack, [
    [
      "names that speak of a secret",
      settings({
        AWS_ACCESS_KEY_ID_PARAMETER: "/shop/id",
        KEY_ID: "0a1b",
        TOKEN_URL: "https://login.example.com/token",
        TOKEN_ISSUER: "shop",
        SECRET_NAME: "shop/db",
        PASSWORD_POLICY: "strong",
        PARTITION_KEY: "orderId",
        PUBLIC_KEY: "MIIB",
        NEXT_TOKEN: "start",
        BYPASS: "none at all",
        COMPASS: "north",
      }),
    ],
    [
      "values that refer to one, or switch one on",
      settings({
        DB_PASSWORD: "arn:aws:ssm:eu-central-1:111122223333:parameter/db",
        SIGNING_KEY: "alias/shop",
        SHOW_PASSWORD: "true",
        CLIENT_SECRET: "{{resolve:secretsmanager:x}}",
        GOOGLE_APPLICATION_CREDENTIALS: "keys/federation.json",
        API_KEY: " ",
      }),
    ],
    [
      "addresses and templates without a password",
      settings({
        ORIGIN: "https://shop.example.com:8443/a@b",
        DATABASE: `postgres://shop:\${PASSWORD}@db/shop`,
        SQL: "Server=db;Password={{password}};",
        HASH: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        HEADER: "Bearer {token}",
      }),
    ],
    [
      "a build that looks its password up",
      add("aws:codebuild/project:Project", {
        environment: { environmentVariables: [{ name: "DB_PASSWORD", type: "SECRETS_MANAGER", value: "shop:db" }] },
      }),
    ],
    [
      "a container that refers to its password",
      add("aws:ecs/taskDefinition:TaskDefinition", {
        containerDefinitions: JSON.stringify([
          {
            secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x" }],
          },
        ]),
      }),
    ],
  ]);
  accepted("ENC-05", azureStack, [
    [
      "a container app's secret of a vault",
      add("azure-native:app:Job", {
        identity: { type: "SystemAssigned" },
        configuration: { secrets: [{ name: "db", keyVaultUrl: "https://shop.vault.azure.net/secrets/db" }] },
        template: { containers: [{ env: [{ name: "DB_PASSWORD", secretRef: "db" }] }] },
      }),
    ],
    [
      "a container's secure value",
      add("azure-native:containerinstance:ContainerGroup", {
        containers: [{ environmentVariables: [{ name: "DB_PASSWORD", secureValue: "[secret]" }] }],
      }),
    ],
    [
      "a connection by identity",
      set("front", {
        "siteConfig.appSettings.1": { name: "AzureWebJobsStorage__credential", value: "managedidentity" },
      }),
    ],
    [
      "a key that Application Insights is reached by",
      set("front", { "siteConfig.appSettings.1": { name: "OTHER_INSIGHTS", value: "InstrumentationKey=0" } }),
    ],
  ]);
  accepted("ENC-05", gcpStack, [
    [
      "a workflow that repeats itself by aliases",
      add("gcp:workflows/workflow:Workflow", { ...workflow, sourceContents: "a: &a [1, 2]\nb: *a\nc: *a\n" }),
    ],
  ]);
  vague("ENC-05", gcpStack, "more", [
    [
      "a definition of more texts than anybody writes",
      add("gcp:workflows/workflow:Workflow", { ...workflow, sourceContents: `a: [${"1,".repeat(100_001)}]` }),
    ],
  ]);
  vague("ENC-05", awsStack, "more", [
    ["definitions of containers", add("aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: unknown })],
  ]);
});
