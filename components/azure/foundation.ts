import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
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

/** What every realization on Azure stands on. */
export interface AzureFoundation {
  readonly self: Pattern<"Foundation">;
  readonly group: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  readonly insights: applicationinsights.Component;
  /** Undefined where the data class asks for none. */
  readonly customerKey: CustomerKey | undefined;
}
const foundations = new WeakMap<Site, AzureFoundation>();

/** Days that a workspace keeps what it has been told. */
const retention = { min: 30, max: 730 };

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const { site } = self;
  const days = spec.logRetentionDays;
  if (days < retention.min || days > retention.max) {
    const fact = `logRetentionDays=${days} is outside what a Log Analytics workspace keeps (30 to 730 days)`;
    throw new BlueprintError(self.subject, [
      { code: "SB-C001", fact, wayOut: "pulumi config set serverless-blueprints:logRetentionDays 365" },
    ]);
  }
  const shape = shaper(spec.transform?.azure);
  const tags = { ...site.tags };
  const group = new resources.ResourceGroup(self.id, shape("resourceGroup", { tags }), self.child());
  const inGroup = { resourceGroupName: group.name, tags };
  const workspace = new operationalinsights.Workspace(
    `${self.id}-logs`,
    shape("workspace", {
      ...inGroup,
      retentionInDays: days,
      sku: { name: "PerGB2018" },
      features: { disableLocalAuth: true },
    }),
    self.child(),
  );
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
  const customerKey = spec.customerKey ? makeKey(self, inGroup) : undefined;
  foundations.set(site, { self, group, workspace, insights, customerKey });
  if (customerKey) diagnostics(self, `${self.id}-vault`, customerKey.vault.id, site);
  if ("create" in spec.audit) auditTrail(self, group, workspace);
  return {
    contract: [
      native(
        "encryption",
        site.dataClass,
        customerKey ? "customer-managed key in Key Vault" : "keys of the platform",
        customerKey ? "queues move to Service Bus Premium, which is billed by the hour" : "Service Bus Standard",
        "Key Vault; Service Bus customer-managed keys",
      ),
      native(
        "keyRotation",
        customerKey ? "yes" : "none asked",
        customerKey ? "every 90 days" : "by Microsoft",
        "rotation policy of the key",
        "Key Vault key rotation policy",
      ),
      native("logs", `${days} days`, `${days} days`, "one workspace a stack", "Log Analytics retention"),
      native(
        "tracing",
        "W3C trace context",
        "Application Insights",
        "and the trace context goes through messages",
        "Application Insights correlation",
      ),
      native(
        "audit",
        "existing" in spec.audit ? `existing: ${spec.audit.existing}` : "create",
        "existing" in spec.audit ? "the subscription's own" : "activity log to the workspace",
        "the activity log belongs to the subscription",
        "Azure Monitor activity log",
      ),
      native(
        "protect",
        String(site.protect),
        String(site.protect),
        "Pulumi refuses the destruction of protected resources",
        "Pulumi resource option protect",
      ),
    ],
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

/** The tenant, which any identity of the stack knows without asking the cloud. */
export function tenantOf(site: Site): pulumi.Output<string> {
  return sharedPart(site, "tenant", ({ self, group, customerKey }) => {
    if (customerKey) return customerKey.identity.tenantId;
    const inGroup = { resourceGroupName: group.name, tags: { ...site.tags } };
    return new managedidentity.UserAssignedIdentity(`${self.id}-tenant`, inGroup, self.child()).tenantId;
  });
}

/** Every log category of a resource goes to the stack's workspace. */
export function diagnostics(
  self: Pattern,
  name: string,
  resourceUri: pulumi.Input<string>,
  site: Site,
  logs: { categoryGroup?: string; category?: string } = { categoryGroup: "allLogs" },
): void {
  const { workspace } = foundationOf(site);
  new monitor.DiagnosticSetting(
    name,
    { name, resourceUri, workspaceId: workspace.id, logs: [{ ...logs, enabled: true }] },
    self.child(),
  );
}

interface InGroup {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly tags: Record<string, string>;
}

function makeKey(self: Pattern<"Foundation">, inGroup: InGroup): CustomerKey {
  const { site } = self;
  const identity = new managedidentity.UserAssignedIdentity(`${self.id}-key`, inGroup, self.child());
  const vault = keyVault(self, `${self.id}-vault`, "kv", identity.tenantId, inGroup);
  const key = new keyvault.Key(
    `${self.id}-key`,
    {
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
    },
    self.child({ ...(site.protect ? { protect: true } : {}) }),
  );
  const usable = assign(self, `${self.id}-key-use`, identity.principalId, {
    role: "cryptoServiceEncryptionUser",
    scope: vault.id,
  });
  return { vault, key, identity, usable };
}

/** A vault that answers to roles only, and that nobody can purge. */
export function keyVault(
  self: Pattern,
  name: string,
  part: string,
  tenantId: pulumi.Input<string>,
  inGroup: InGroup,
): keyvault.Vault {
  return new keyvault.Vault(
    name,
    {
      ...inGroup,
      vaultName: physicalName(self.site, [part], { max: 24 }),
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
      },
    },
    self.child({ stateful: true }),
  );
}

/** The subscription's activity log, kept in the stack's workspace. */
function auditTrail(
  self: Pattern<"Foundation">,
  group: resources.ResourceGroup,
  workspace: operationalinsights.Workspace,
): void {
  const name = `${self.id}-audit`;
  const resourceUri = group.id.apply((id) => `/subscriptions/${id.split("/")[2]}`);
  const logs = ["Administrative", "Security", "Policy", "Alert"].map((category) => ({ category, enabled: true }));
  new monitor.DiagnosticSetting(
    name,
    { name: physicalName(self.site, [self.id, "audit"], { max: 60 }), resourceUri, workspaceId: workspace.id, logs },
    self.child({ stateful: true }),
  );
}
