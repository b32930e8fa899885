import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as storage from "@pulumi/azure-native/storage";
import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { IDEMPOTENCY, SETTINGS, useVariable } from "../../runtime/settings";
import type { GrantRecord } from "../core/grant";
import type { HandlerSpec } from "../core/handler";
import { alphanumeric, physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import { type AzureAccess, accessTo, assign, type Permission, record } from "./access";
import { diagnostics, foundationOf, sharedPart, tenantOf } from "./foundation";
import { PublishedCode } from "./publish";

export interface FunctionShapes {
  readonly plan: (args: web.AppServicePlanArgs) => web.AppServicePlanArgs;
  readonly app: (args: web.WebAppArgs) => web.WebAppArgs;
}

export interface FunctionRequest {
  readonly name: string;
  readonly handler: HandlerSpec;
  readonly settings: pulumi.Input<unknown>;
  /** More application settings. */
  readonly variables: (
    identity: managedidentity.UserAssignedIdentity,
  ) => Readonly<Record<string, pulumi.Input<string>>>;
  /** Roles on the pattern's own resources. */
  readonly own: readonly { readonly operations: readonly string[]; readonly permissions: readonly Permission[] }[];
  readonly maxInstances: number;
  /** The only principal whose calls the app takes; undefined for an app that takes none. */
  readonly caller: pulumi.Input<string> | undefined;
  /** `extensions` of host.json. */
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly shapes: FunctionShapes;
}

export interface ServerlessFunction {
  readonly app: web.WebApp;
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly code: PublishedCode;
  readonly grants: readonly GrantRecord[];
}

/** A function app on a Flex Consumption plan of its own, with an identity of its own and no key anywhere. */
export function serverlessFunction(self: Pattern, request: FunctionRequest): ServerlessFunction {
  const { site } = self;
  const { name, handler, own } = request;
  const { group, insights } = foundationOf(site);
  const host = hostStorage(self);
  const inGroup = { resourceGroupName: group.name, tags: { ...site.tags } };
  const identity = new managedidentity.UserAssignedIdentity(name, inGroup, self.child());
  // A container of its own, so that no app can read another's code through a wider role than it needs.
  const container = new storage.BlobContainer(
    name,
    {
      resourceGroupName: group.name,
      accountName: host.name,
      containerName: physicalName(site, [name], { max: 63 }),
      publicAccess: "None",
    },
    self.child(),
  );
  const uses: { key: string; variable: string; access: AzureAccess; to: string; operations: readonly string[] }[] =
    Object.entries(handler.uses).map(([key, grant]) => ({
      key,
      variable: useVariable(key),
      access: accessTo(grant),
      to: grant.target.id,
      operations: grant.operations,
    }));
  if (handler.idempotency) {
    const { target, operations } = handler.idempotency;
    uses.push({
      key: "idempotency",
      variable: IDEMPOTENCY,
      access: accessTo(handler.idempotency),
      to: target.id,
      operations,
    });
  }
  const permissions: [string, Permission][] = [
    // The host keeps its leases and keys in containers that it makes itself.
    ["host", { role: "storageBlobOwner", scope: host.id }],
    ["insights", { role: "metricsPublisher", scope: insights.id }],
    ...own.flatMap(({ permissions }) =>
      permissions.map((permission, index): [string, Permission] => [`own${index || ""}`, permission]),
    ),
    ...uses.flatMap(({ key, access }) =>
      access.permissions.map((permission, index): [string, Permission] => [
        `${key.toLowerCase()}${index || ""}`,
        permission,
      ]),
    ),
  ];
  const assignments = permissions.map(([part, permission]) =>
    assign(self, `${name}-${part}`, identity.principalId, permission),
  );
  const plan = new web.AppServicePlan(
    name,
    request.shapes.plan({
      ...inGroup,
      kind: "functionapp",
      reserved: true,
      sku: { name: "FC1", tier: "FlexConsumption" },
    }),
    self.child(),
  );
  const variables: Record<string, pulumi.Input<string>> = {
    AzureWebJobsStorage__credential: "managedidentity",
    AzureWebJobsStorage__clientId: identity.clientId,
    AzureWebJobsStorage__blobServiceUri: blobUri(host),
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: pulumi.interpolate`ClientId=${identity.clientId};Authorization=AAD`,
    AZURE_CLIENT_ID: identity.clientId,
    [SETTINGS]: pulumi.jsonStringify(request.settings),
    ...request.variables(identity),
  };
  for (const { variable, access } of uses) variables[variable] = pulumi.jsonStringify(access.config);
  const app = new web.WebApp(
    name,
    request.shapes.app({
      ...inGroup,
      kind: "functionapp,linux",
      serverFarmId: plan.id,
      reserved: true,
      httpsOnly: true,
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      keyVaultReferenceIdentity: identity.id,
      functionAppConfig: {
        deployment: {
          storage: {
            type: "blobContainer",
            value: pulumi.interpolate`${blobUri(host)}${container.name}`,
            authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: identity.id },
          },
        },
        runtime: { name: "node", version: "22" },
        scaleAndConcurrency: { instanceMemoryMB: handler.memoryMiB, maximumInstanceCount: request.maxInstances },
      },
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        ftpsState: "Disabled",
        http20Enabled: true,
        appSettings: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
      },
    }),
    // Roles first: a host that starts without them fails, and takes minutes to try again.
    self.child({ dependsOn: assignments }),
  );
  const sign = new web.WebAppAuthSettingsV2(
    name,
    { resourceGroupName: group.name, name: app.name, ...easyAuth(self, request.caller) },
    self.child(),
  );
  diagnostics(self, name, app.id, site);
  const code = new PublishedCode(
    name,
    {
      host: scmHost(app),
      app: app.id,
      files: {
        "index.js": handler.bundle.text,
        "package.json": packageFile,
        "host.json": hostFile(handler, request.extensions),
      },
    },
    self.child({ dependsOn: sign }),
  );
  const grants = [
    ...uses.map(({ to, operations, access }) => record(name, to, operations, access.permissions)),
    ...own.map(({ operations, permissions }) => record(name, self.id, operations, permissions)),
  ];
  return { app, identity, code, grants };
}

const packageFile = JSON.stringify({ name: "handler", main: "index.js" });

/** The host's own settings. Exceptions are never sampled away; nothing of a message is logged. */
function hostFile(handler: HandlerSpec, extensions: Readonly<Record<string, unknown>>): string {
  const seconds = handler.timeoutSeconds;
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return JSON.stringify({
    version: "2.0",
    functionTimeout: clock,
    extensions,
    logging: { applicationInsights: { samplingSettings: { isEnabled: true, excludedTypes: "Exception" } } },
  });
}

/** Only the gateway's identity comes in; an app without a caller lets nobody in. */
function easyAuth(
  self: Pattern,
  caller: pulumi.Input<string> | undefined,
): Omit<web.WebAppAuthSettingsV2Args, "name" | "resourceGroupName"> {
  const { azureAppId } = self.site;
  const tenant = tenantOf(self.site);
  return {
    platform: { enabled: true },
    globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
    httpSettings: { requireHttps: true },
    login: { tokenStore: { enabled: false } },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: {
          clientId: azureAppId ?? nobody,
          openIdIssuer: pulumi.interpolate`https://sts.windows.net/${tenant}/v2.0`,
        },
        validation: {
          allowedAudiences: [`api://${azureAppId ?? nobody}`],
          defaultAuthorizationPolicy: { allowedPrincipals: { identities: [caller ?? nobody] } },
        },
      },
    },
  };
}

/** A principal and an application that do not exist. */
const nobody = "00000000-0000-0000-0000-000000000000";

const blobUri = (account: storage.StorageAccount) => account.primaryEndpoints.apply(({ blob }) => blob);

/** The app's deployment site. */
function scmHost(app: web.WebApp): pulumi.Output<string> {
  return pulumi
    .all([app.hostNameSslStates, app.name])
    .apply(
      ([states, name]) =>
        states?.find(({ hostType }) => hostType === "Repository")?.name ?? `${name}.scm.azurewebsites.net`,
    );
}

/** One storage account a stack for the hosts' own state and the published code: no keys, no public access. */
function hostStorage(self: Pattern): storage.StorageAccount {
  const { site } = self;
  return sharedPart(site, "host-storage", ({ self: base, group, customerKey }) => {
    const name = `${base.id}-host`;
    const account = new storage.StorageAccount(
      name,
      {
        resourceGroupName: group.name,
        accountName: physicalName(site, ["host"], { max: 24, allowed: alphanumeric }),
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        defaultToOAuthAuthentication: true,
        enableHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_2",
        tags: { ...site.tags },
        ...(customerKey
          ? {
              identity: { type: "UserAssigned", userAssignedIdentities: [customerKey.identity.id] },
              encryption: {
                keySource: "Microsoft.Keyvault",
                encryptionIdentity: { encryptionUserAssignedIdentity: customerKey.identity.id },
                keyVaultProperties: {
                  keyName: customerKey.key.name,
                  keyVaultUri: customerKey.vault.properties.apply(({ vaultUri }) => vaultUri ?? ""),
                },
              },
            }
          : {}),
      },
      base.child(customerKey ? { dependsOn: customerKey.usable } : {}),
    );
    diagnostics(base, name, pulumi.interpolate`${account.id}/blobServices/default`, site);
    return account;
  });
}
