/** Slots and container apps, which are called, publish and have identities as function apps do. */
import { azureStack, group } from "../support/azure";
import { add, more } from "../support/changes";
import { killed, type Mutant } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { Out, type Stack, unknown } from "../support/stack";

const app = "azure-native:app:ContainerApp";
const identity = { identity: { type: "SystemAssigned" } };
const external = (more: object = {}) => ({ ...identity, configuration: { ingress: { external: true, ...more } } });
const signedIn = {
  platform: { enabled: true },
  globalValidation: { unauthenticatedClientAction: "Return401" },
};
const authorized = (stack: Stack, settings: object) =>
  stack.add("azure-native:app:ContainerAppsAuthConfig", "more-auth", {
    containerAppName: new Out("more", "more"),
    ...settings,
  });
const calling = (name: string, settings: object): Mutant => ({
  name,
  change: (stack) => {
    add(app, external())(stack);
    authorized(stack, settings);
  },
  at: "more",
});

const slot = (more: object = {}) => ({
  name: new Out("front", "shop-front"),
  slot: "next",
  kind: "functionapp,linux",
  httpsOnly: true,
  functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount: 40 } },
  siteConfig: {
    minTlsVersion: "1.2",
    appSettings: [{ name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: "InstrumentationKey=0" }],
  },
  identity: {
    type: "UserAssigned",
    userAssignedIdentities: [
      new Out("front-identity", `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/front`),
    ],
  },
  ...more,
});
/** A slot of `front` with all that stands beside it, but what is left out. */
function staged(stack: Stack, changes: object = {}, without: readonly string[] = []): void {
  stack.add("azure-native:web:WebAppSlot", "more", slot(changes));
  const beside = {
    audit: [
      "azure-native:monitor:DiagnosticSetting",
      {
        resourceUri: new Out("more", `${group}/providers/Microsoft.Web/sites/shop-front/slots/next`),
        workspaceId: new Out("workspace", `${group}/providers/Microsoft.OperationalInsights/workspaces/workspace`),
        logs: [{ categoryGroup: "allLogs", enabled: true }],
      },
    ],
    auth: [
      "azure-native:web:WebAppAuthSettingsV2Slot",
      { ...signedIn, globalValidation: { ...signedIn.globalValidation, requireAuthentication: true } },
    ],
    scm: ["azure-native:web:WebAppScmAllowedSlot", { allow: false }],
  } as const;
  for (const [name, [type, inputs]] of Object.entries(beside))
    if (!without.includes(name))
      stack.add(type, `more-${name}`, {
        ...inputs,
        ...(name !== "audit" && { name: new Out("front", "shop-front"), slot: "next" }),
      });
}

describe("mutants of slots and container apps", () => {
  killed("IAM-01", azureStack, "more", [
    { name: "a slot that anyone may call", change: (stack) => staged(stack, {}, ["auth"]) },
    {
      name: "a slot whose callers need not sign in",
      change: (stack) => {
        staged(stack);
        stack.set("more-auth", { "globalValidation.requireAuthentication": false });
      },
    },
    {
      name: "a slot whose settings are another slot's",
      change: (stack) => {
        staged(stack);
        stack.set("more-auth", { slot: "other" });
      },
    },
    more("an app that anyone may call", app, external()),
    more("an app that takes certificates where there are any", app, external({ clientCertificateMode: "accept" })),
    calling("an app that lets anonymous callers through", {
      ...signedIn,
      globalValidation: { unauthenticatedClientAction: "AllowAnonymous" },
    }),
    calling("an app whose authentication is off", { ...signedIn, platform: { enabled: false } }),
    calling("an app that admits a whole tenant", {
      ...signedIn,
      identityProviders: { azureActiveDirectory: { registration: { clientId: "0a1b" } } },
    }),
  ]);
  killed("IAM-05", azureStack, "more", [
    { name: "a slot that takes a publishing password", change: (stack) => staged(stack, {}, ["scm"]) },
  ]);
  killed("IAM-05", azureStack, "front", [
    { name: "an app that takes a publishing password", change: (stack) => stack.remove("front-scm") },
    {
      name: "an app that takes files by a password",
      change: (stack) =>
        stack.set("front", {
          functionAppConfig: undefined,
          "siteConfig.ftpsState": "FtpsOnly",
          "siteConfig.functionAppScaleLimit": 5,
        }),
    },
  ]);
  killed("IAM-04", azureStack, "more", [
    {
      name: "a slot with the identity of another app",
      change: (stack) =>
        staged(stack, {
          identity: {
            type: "UserAssigned",
            userAssignedIdentities: [
              new Out("fulfil-identity", `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fulfil`),
            ],
          },
        }),
      at: ["fulfil", "more"],
    },
    more("an app without an identity", app, {}),
  ]);

  accepted("IAM-04", azureStack, [["a slot with its own app's identity", (stack) => staged(stack)]]);
  const environment = new Out("environment", `${group}/providers/Microsoft.App/managedEnvironments/environment`);
  accepted("IAM-01", azureStack, [
    ["a slot whose callers sign in", (stack) => staged(stack)],
    ["an app within its environment", add(app, { ...identity, configuration: { ingress: { external: false } } })],
    ["an app whose callers show a certificate", add(app, external({ clientCertificateMode: "require" }))],
    [
      "an app whose callers sign in",
      (stack) => {
        add(app, external())(stack);
        authorized(stack, signedIn);
      },
    ],
    [
      "an app in an environment of its network",
      (stack) => {
        stack.add("azure-native:app:ManagedEnvironment", "environment", {
          vnetConfiguration: { internal: true },
          appLogsConfiguration: { destination: "azure-monitor" },
        });
        stack.add("azure-native:monitor:DiagnosticSetting", "environment-audit", {
          resourceUri: environment,
          workspaceId: new Out("workspace", `${group}/providers/Microsoft.OperationalInsights/workspaces/workspace`),
          logs: [{ categoryGroup: "allLogs", enabled: true }],
        });
        add(app, { ...external(), managedEnvironmentId: environment })(stack);
      },
    ],
  ]);
  vague("IAM-01", azureStack, "more", [
    ["whether an app has an address", add(app, external({ external: unknown }))],
    [
      "whose settings they are",
      (stack) => {
        add(app, external())(stack);
        authorized(stack, { ...signedIn, containerAppName: unknown });
      },
    ],
  ]);
});
