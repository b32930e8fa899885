import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as storage from "@pulumi/azure-native/storage";
import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { IDEMPOTENCY, SETTINGS, useVariable } from "../../runtime/settings";
import type { shaper } from "../core/escape";
import type { GrantRecord } from "../core/grant";
import type { HandlerSpec } from "../core/handler";
import type { Pattern } from "../core/pattern";
import { accessTo, assign, type Permission, record } from "./access";
import { closedStorage, diagnostics, foundationOf, globalName, keyUsable, tenantOf } from "./foundation";
import { PublishedCode } from "./publish";

/** The parts of every function, as transforms get them. */
export interface FunctionParts {
  identity: managedidentity.UserAssignedIdentityArgs;
  storage: storage.StorageAccountArgs;
  plan: web.AppServicePlanArgs;
  app: web.WebAppArgs;
  auth: web.WebAppAuthSettingsV2Args;
}

export interface FunctionRequest {
  readonly name: string;
  readonly handler: HandlerSpec;
  readonly settings: pulumi.Input<unknown>;
  /** More application settings. */
  readonly variables?: (
    identity: managedidentity.UserAssignedIdentity,
  ) => Readonly<Record<string, pulumi.Input<string>>>;
  /** What it may do with the pattern's own resources. */
  readonly own?: { readonly operations: readonly string[]; readonly permissions: readonly Permission[] };
  readonly maxInstances: number;
  /** The only principal whose calls the app takes; undefined for an app that takes none. */
  readonly caller: pulumi.Input<string> | undefined;
  /** What host.json says beside timeout and logging. */
  readonly host: Readonly<Record<string, unknown>>;
  readonly shape: ReturnType<typeof shaper<FunctionParts>>;
}

export interface ServerlessFunction {
  readonly app: web.WebApp;
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly grants: readonly GrantRecord[];
}

/** A function app on a Flex Consumption plan of its own, with an identity and a storage account of its own and no key anywhere. */
export function serverlessFunction(self: Pattern, request: FunctionRequest): ServerlessFunction {
  const { site } = self;
  const { name, handler, own, shape } = request;
  const { group, insights } = foundationOf(site);
  const inGroup = { resourceGroupName: group.name, tags: { ...site.tags } };
  const identity = new managedidentity.UserAssignedIdentity(name, shape("identity", inGroup), self.child());
  const { account, container } = hostStorage(self, name, shape);
  const uses = Object.entries(handler.uses).map(([key, grant]) => ({ variable: useVariable(key), grant }));
  if (handler.idempotency) uses.push({ variable: IDEMPOTENCY, grant: handler.idempotency });
  const needs = new Map<string, readonly Permission[]>([
    // The host keeps its leases in containers that it makes itself, so it needs the whole account: this app's only.
    ["host", [{ role: "storageBlobOwner", scope: account.id }]],
    ["insights", [{ role: "metricsPublisher", scope: insights.id }]],
    ["own", own?.permissions ?? []],
  ]);
  // By what is used and how, not by the key under `uses`: Azure takes a role on a resource once, and one that only changed
  // its name here would be made before it is deleted, which is the same assignment and would be gone.
  for (const { grant } of uses)
    needs.set(`${grant.capability}-${grant.target.id}-${grant.role}`, accessTo(grant).permissions);
  const assignments = [...needs].flatMap(([part, permissions]) =>
    permissions.map((permission, index) =>
      assign(self, `${name}-${part}${index || ""}`, identity.principalId, permission),
    ),
  );
  const plan = new web.AppServicePlan(
    name,
    shape("plan", {
      ...inGroup,
      name: globalName(self, group, name, { max: 40 }),
      kind: "functionapp",
      reserved: true,
      sku: { name: "FC1", tier: "FlexConsumption" },
    }),
    self.child(),
  );
  const blobs = account.primaryEndpoints.apply(({ blob }) => blob);
  const variables: Record<string, pulumi.Input<string>> = {
    AzureWebJobsStorage__credential: "managedidentity",
    AzureWebJobsStorage__clientId: identity.clientId,
    AzureWebJobsStorage__blobServiceUri: blobs,
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: pulumi.interpolate`ClientId=${identity.clientId};Authorization=AAD`,
    AZURE_CLIENT_ID: identity.clientId,
    [SETTINGS]: pulumi.jsonStringify(request.settings),
    ...request.variables?.(identity),
  };
  for (const { variable, grant } of uses) variables[variable] = pulumi.jsonStringify(accessTo(grant).config);
  const app = new web.WebApp(
    name,
    shape("app", {
      ...inGroup,
      // Names of hosts end at 60 characters; Pulumi's own would not.
      name: globalName(self, group, name, { max: 50 }),
      kind: "functionapp,linux",
      serverFarmId: plan.id,
      httpsOnly: true,
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      keyVaultReferenceIdentity: identity.id,
      functionAppConfig: {
        deployment: {
          storage: {
            type: "blobContainer",
            value: pulumi.interpolate`${blobs}${container.name}`,
            authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: identity.id },
          },
        },
        runtime: { name: "node", version: "22" },
        scaleAndConcurrency: { instanceMemoryMB: handler.memoryMiB, maximumInstanceCount: request.maxInstances },
      },
      // Nothing of FTP and `reserved` here: on Flex Consumption they are not valid.
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        http20Enabled: true,
        appSettings: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
      },
    }),
    // Roles first: a host that starts without them fails, and takes minutes to try again.
    self.child({ dependsOn: assignments }),
  );
  const noPassword = new web.WebAppScmAllowed(
    name,
    { resourceGroupName: group.name, name: app.name, allow: false },
    self.child(),
  );
  const auth = new web.WebAppAuthSettingsV2(
    name,
    shape("auth", { resourceGroupName: group.name, name: app.name, ...easyAuth(self, request.caller) }),
    self.child({ dependsOn: noPassword }), // one change of a site's settings at a time
  );
  diagnostics(self, name, app.id);
  new PublishedCode(
    name,
    {
      host: scmHost(app),
      app: app.id,
      files: {
        "index.js": handler.bundle.text,
        "package.json": packageFile,
        "host.json": hostFile(handler, request.host),
      },
    },
    self.child({ dependsOn: auth }),
  );
  const grants = uses.map(({ grant }) => record(name, grant.target.id, grant.operations, accessTo(grant).permissions));
  if (own) grants.push(record(name, self.id, own.operations, own.permissions));
  return { app, identity, grants };
}

const packageFile = JSON.stringify({ name: "handler", main: "index.js" });

/** The host's own settings. Exceptions are never sampled away; nothing of a message is logged. */
function hostFile({ timeoutSeconds }: HandlerSpec, more: Readonly<Record<string, unknown>>): string {
  const clock = [Math.floor(timeoutSeconds / 3600), Math.floor(timeoutSeconds / 60) % 60, timeoutSeconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return JSON.stringify({
    version: "2.0",
    functionTimeout: clock,
    logging: { applicationInsights: { samplingSettings: { isEnabled: true, excludedTypes: "Exception" } } },
    ...more,
  });
}

/** A principal and an application that do not exist. */
const nobody = "00000000-0000-0000-0000-000000000000";

/** Only the gateway's identity comes in; an app without a caller lets nobody in. */
function easyAuth(self: Pattern, caller: pulumi.Input<string> | undefined) {
  const clientId = self.site.azureAppId ?? nobody;
  return {
    platform: { enabled: true },
    globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" as const },
    httpSettings: { requireHttps: true },
    login: { tokenStore: { enabled: false } },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: {
          clientId,
          openIdIssuer: pulumi.interpolate`https://sts.windows.net/${tenantOf(self.site)}/v2.0`,
        },
        validation: {
          // Tokens of version 1 name the application by its address, those of version 2 by its id.
          allowedAudiences: [`api://${clientId}`, clientId],
          defaultAuthorizationPolicy: { allowedPrincipals: { identities: [caller ?? nobody] } },
        },
      },
    },
  };
}

/** The app's deployment site. */
function scmHost(app: web.WebApp): pulumi.Output<string> {
  return pulumi
    .all([app.hostNameSslStates, app.name])
    .apply(
      ([states, name]) =>
        states?.find(({ hostType }) => hostType === "Repository")?.name ?? `${name}.scm.azurewebsites.net`,
    );
}

/**
 * Where an app's host keeps its state and its code: an account for each app. The host needs all of the account, and in a
 * shared one every identity could replace the code of every other.
 */
function hostStorage(self: Pattern, name: string, shape: FunctionRequest["shape"]) {
  const base = foundationOf(self.site);
  const account = new storage.StorageAccount(
    name,
    shape("storage", closedStorage(self, name)),
    self.child({ dependsOn: [...keyUsable(base)] }),
  );
  diagnostics(self, `${name}-blobs`, pulumi.interpolate`${account.id}/blobServices/default`);
  const container = new storage.BlobContainer(
    name,
    { resourceGroupName: base.group.name, accountName: account.name, containerName: "code", publicAccess: "None" },
    self.child(),
  );
  return { account, container };
}
