import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import type * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import type * as eventhub from "@pulumi/azure-native/eventhub";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import type * as servicebus from "@pulumi/azure-native/servicebus";
import type * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, native } from "../core/contract";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import { alphanumeric, type NameRule, physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { FoundationOutputs, FoundationSpec } from "../foundation";
import { assign } from "./access";

/** The stack's key and the identity that services use it with. */
export interface CustomerKey {
  readonly vault: keyvault.Vault;
  readonly key: keyvault.Key;
  readonly identity: managedidentity.UserAssignedIdentity;
  /** Services come after the identity may use the key. */
  readonly usable: pulumi.Resource;
}

/** What all components of a stack share, as transforms get it. */
export interface FoundationParts {
  resourceGroup: resources.ResourceGroupArgs;
  workspace: operationalinsights.WorkspaceArgs;
  insights: applicationinsights.ComponentArgs;
  vault: keyvault.VaultArgs;
  key: keyvault.KeyArgs;
  /** The Service Bus namespace of all queues. */
  namespace: servicebus.NamespaceArgs;
  /** The storage account of all queues whose tier is `economy`. */
  queueStorage: storage.StorageAccountArgs;
  /** The Event Hubs namespace of all streams and archives. */
  hubNamespace: eventhub.NamespaceArgs;
  /** Who is told of dead letters. */
  actionGroup: monitor.ActionGroupArgs;
  /** The storage account for events that could not be delivered to their queue. */
  undelivered: storage.StorageAccountArgs;
  /** The Cosmos DB account of all tables. */
  account: cosmosdb.DatabaseAccountArgs;
  database: cosmosdb.SqlResourceSqlDatabaseArgs;
}

/** What every realization on Azure stands on. */
export interface AzureFoundation {
  readonly self: Pattern<"Foundation">;
  readonly group: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  readonly insights: applicationinsights.Component;
  /** Undefined where the data class asks for none. */
  readonly customerKey: CustomerKey | undefined;
  /** The user's last word on what all components share. */
  readonly shape: ReturnType<typeof shaper<FoundationParts>>;
}
const foundations = new WeakMap<Site, AzureFoundation>();

/** Days that a workspace keeps what it has been told. */
const retention = { min: 30, max: 730 };

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const { site } = self;
  const days = spec.logRetentionDays;
  if (days < retention.min || days > retention.max) {
    const fact = `serverless-blueprints:logRetentionDays=${days} is outside what a Log Analytics workspace keeps (${retention.min} to ${retention.max} days)`;
    throw new BlueprintError(self.subject, [
      { code: "SB-C001", fact, wayOut: "pulumi config set serverless-blueprints:logRetentionDays 365" },
    ]);
  }
  const shape: AzureFoundation["shape"] = shaper(spec.transform?.azure);
  const tags = { ...site.tags };
  // Azure deletes a group with all that is in it.
  const group = new resources.ResourceGroup(self.id, shape("resourceGroup", { tags }), self.child({ stateful: true }));
  const inGroup = { resourceGroupName: group.name, tags };
  const workspace = new operationalinsights.Workspace(
    `${self.id}-logs`,
    shape("workspace", {
      ...inGroup,
      retentionInDays: days,
      sku: { name: "PerGB2018" },
      features: { disableLocalAuth: true },
    }),
    self.child({ stateful: true }),
  );
  // Who asked the logs what.
  diagnostics(self, `${self.id}-logs`, workspace.id, { workspace });
  const insights = new applicationinsights.Component(
    `${self.id}-insights`,
    shape("insights", {
      ...inGroup,
      kind: "web",
      applicationType: "web",
      workspaceResourceId: workspace.id,
      disableLocalAuth: true,
      ingestionMode: "LogAnalytics",
    }),
    self.child(),
  );
  const withoutKey = { self, group, workspace, insights, shape, customerKey: undefined };
  const customerKey = spec.customerKey ? makeKey(withoutKey) : undefined;
  foundations.set(site, { ...withoutKey, customerKey });
  if ("create" in spec.audit) auditTrail(self, group, workspace);
  return {
    contract: contractOf(self, spec),
    grants: [],
    nodes: { resourceGroup: group, workspace, insights, vault: customerKey?.vault, key: customerKey?.key },
    outputs: { key: customerKey ? customerKey.key.keyUri : pulumi.output(""), logStore: workspace.id },
  };
}

export function foundationOf(site: Site): AzureFoundation {
  const found = foundations.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found;
}

const shared = new WeakMap<Site, Map<string, unknown>>();

/** A part that all components of a stack share, made by the first that needs it, under the foundation. */
export function sharedPart<Part>(site: Site, name: string, make: (foundation: AzureFoundation) => Part): Part {
  const parts = shared.get(site) ?? new Map<string, Part>();
  shared.set(site, parts);
  if (!parts.has(name)) parts.set(name, make(foundationOf(site)));
  return parts.get(name) as Part;
}

/**
 * A name that is nobody else's in all of Azure. It follows the resource group with its subscription, and so is another one
 * when a stack is made again: a deleted vault keeps its name for ninety days.
 */
export function globalName(
  { site, kind }: Pattern,
  group: resources.ResourceGroup,
  part: string,
  rule: NameRule,
): pulumi.Output<string> {
  const scope = (id: string) => ({ project: id.toLowerCase(), stack: `${site.stack}/${kind}` });
  return group.id.apply((id) => physicalName(scope(id), [part], rule));
}

/** The tenant, which any identity of the stack knows without asking the cloud. */
export function tenantOf(site: Site): pulumi.Output<string> {
  return sharedPart(site, "tenant", ({ self, group, customerKey }) => {
    if (customerKey) return customerKey.identity.tenantId;
    const inGroup = { resourceGroupName: group.name, tags: { ...site.tags } };
    return new managedidentity.UserAssignedIdentity(`${self.id}-tenant`, inGroup, self.child()).tenantId;
  });
}

/** A service of a storage account that is under the account's key. */
const covered = { enabled: true, keyType: "Account" };

/** How services are told of the stack's key. */
export const stackKey = {
  /** Service Bus and Event Hubs. */
  ofMessaging: ({ identity, key, vault }: CustomerKey) => ({
    identity: { type: "UserAssigned" as const, userAssignedIdentities: [identity.id] },
    encryption: {
      keySource: "Microsoft.KeyVault" as const,
      keyVaultProperties: [
        { keyName: key.name, keyVaultUri: uriOf(vault), identity: { userAssignedIdentity: identity.id } },
      ],
    },
  }),
  ofStorage: ({ identity, key, vault }: CustomerKey) => ({
    identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
    encryption: {
      keySource: "Microsoft.Keyvault",
      encryptionIdentity: { encryptionUserAssignedIdentity: identity.id },
      keyVaultProperties: { keyName: key.name, keyVaultUri: uriOf(vault) },
      // Blobs and files are under it anyway; these two only where the account is made so.
      services: { queue: covered, table: covered },
    },
  }),
};

const uriOf = (vault: keyvault.Vault) => vault.properties.apply(({ vaultUri }) => vaultUri ?? "");

/** A storage account that takes no key and no anonymous caller, and nothing without TLS. @param part of its name */
export function closedStorage(
  self: Pattern,
  part: string,
  { group, customerKey }: Pick<AzureFoundation, "group" | "customerKey"> = foundationOf(self.site),
): storage.StorageAccountArgs {
  return {
    resourceGroupName: group.name,
    accountName: globalName(self, group, part, { max: 24, allowed: alphanumeric }),
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    tags: { ...self.site.tags },
    ...(customerKey ? stackKey.ofStorage(customerKey) : {}),
  };
}

/** What takes the stack's key comes after the key may be used. */
export function keyUsable({ customerKey }: Pick<AzureFoundation, "customerKey">): readonly pulumi.Resource[] {
  return customerKey ? [customerKey.usable] : [];
}

/** Every log category of a resource goes to the stack's workspace. */
export function diagnostics(
  self: Pattern,
  name: string,
  resourceUri: pulumi.Input<string>,
  { workspace }: Pick<AzureFoundation, "workspace"> = foundationOf(self.site),
): void {
  const logs = [{ categoryGroup: "allLogs", enabled: true }];
  new monitor.DiagnosticSetting(name, { name, resourceUri, workspaceId: workspace.id, logs }, self.child());
}

function makeKey(base: AzureFoundation): CustomerKey {
  const { self, group, shape } = base;
  const inGroup = { resourceGroupName: group.name, tags: { ...self.site.tags } };
  const identity = new managedidentity.UserAssignedIdentity(`${self.id}-key`, inGroup, self.child());
  const vault = keyVault(base, identity.tenantId);
  const key = new keyvault.Key(
    `${self.id}-key`,
    shape("key", {
      ...inGroup,
      vaultName: vault.name,
      keyName: "data",
      properties: {
        kty: "RSA",
        keySize: 3072,
        keyOps: ["wrapKey", "unwrapKey"],
        rotationPolicy: {
          attributes: { expiryTime: "P1Y" },
          lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }],
        },
      },
    }),
    self.child({ stateful: true }),
  );
  const usable = assign(self, `${self.id}-key-use`, identity.principalId, {
    role: "cryptoServiceEncryptionUser",
    scope: vault.id,
  });
  return { vault, key, identity, usable };
}

/** The stack's vault: it answers to roles only, and nobody can purge it. */
export function keyVault(base: AzureFoundation, tenantId: pulumi.Input<string>): keyvault.Vault {
  const { self, group, shape } = base;
  const name = `${self.id}-vault`;
  const vault = new keyvault.Vault(
    name,
    shape("vault", {
      resourceGroupName: group.name,
      tags: { ...self.site.tags },
      vaultName: globalName(self, group, "vault", { max: 24 }),
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
      },
    }),
    self.child({ stateful: true }),
  );
  diagnostics(self, name, vault.id, base);
  return vault;
}

/** The subscription's activity log, kept in the stack's workspace. */
function auditTrail(
  self: Pattern<"Foundation">,
  group: resources.ResourceGroup,
  workspace: operationalinsights.Workspace,
): void {
  const name = physicalName(self.site, [self.id, "audit"], { max: 60 });
  const resourceUri = group.id.apply((id) => `/subscriptions/${id.split("/")[2]}`);
  const logs = ["Administrative", "Security", "Policy", "Alert"].map((category) => ({ category, enabled: true }));
  const args = { name, resourceUri, workspaceId: workspace.id, logs };
  new monitor.DiagnosticSetting(`${self.id}-audit`, args, self.child({ stateful: true }));
}

function contractOf({ site }: Pattern, { customerKey, logRetentionDays, audit }: FoundationSpec): ContractRow[] {
  const days = `${logRetentionDays} days`;
  return [
    native(
      "encryption",
      site.dataClass,
      customerKey ? "customer-managed key in Key Vault" : "Microsoft's keys",
      customerKey
        ? "for queues (Service Bus moves to Premium, billed by the hour), tables and code; logs stay on Microsoft's keys, since a workspace takes a key only in a dedicated cluster"
        : "Service Bus stays on Standard",
      "Key Vault; Service Bus, Cosmos DB and Storage customer-managed keys; Log Analytics dedicated clusters",
    ),
    native(
      "keyRotation",
      customerKey ? "yes" : "none asked",
      customerKey ? "every 90 days" : "by Microsoft",
      customerKey ? "the key's rotation policy; services take the newest version by themselves" : "no key of the stack",
      "Key Vault key rotation policy",
    ),
    native("logs", days, days, "one workspace a stack", "Log Analytics retention"),
    native(
      "tracing",
      "W3C trace context",
      "Application Insights",
      "and the trace context goes through messages",
      "Application Insights correlation",
    ),
    native(
      "audit",
      "existing" in audit ? `existing: ${audit.existing}` : "create",
      "existing" in audit ? "the subscription's own" : `activity log to the workspace, ${days}`,
      "the activity log belongs to the subscription: one stack of a subscription keeps it",
      "Azure Monitor activity log",
    ),
    native(
      "protect",
      String(site.protect),
      String(site.protect),
      "Pulumi refuses the destruction of protected resources",
      "Pulumi resource option protect",
    ),
  ];
}
