/** Compliant stacks that say of keys what is optional: the data class of what they encrypt, how long they can be had back, a cluster, a registry. */
import { awsStack } from "./aws";
import { azureStack, group } from "./azure";
import { gcpStack } from "./gcp";
import { Out, type Stack } from "./stack";

export const dataClassTags = { "data-class": "confidential" };

function tagged(stack: Stack, property: "tags" | "labels", names: readonly string[]): Stack {
  for (const name of names) stack.set(name, { [property]: dataClassTags });
  return stack;
}

export const taggedAwsStack = () =>
  tagged(awsStack().set("key", { deletionWindowInDays: 30 }), "tags", [
    "queue",
    "dead",
    "table",
    "topic",
    "bucket",
    "stream",
    "bus",
    "secret",
  ]);
export const taggedAzureStack = () => tagged(azureStack(), "tags", ["cosmos", "bus", "store", "hubs", "config"]);
/** A database of Firestore takes no labels. */
export const taggedGcpStack = () =>
  tagged(gcpStack().set("key", { destroyScheduledDuration: "2592000s" }), "labels", [
    "topic",
    "objects",
    "dead",
    "secret",
  ]);

export function clusteredAzureStack(): Stack {
  const stack = azureStack();
  const cluster = stack.add("azure-native:operationalinsights:Cluster", "cluster", {
    keyVaultProperties: { keyVaultUri: "https://shop.vault.azure.net", keyName: "shop" },
  });
  stack.add("azure-native:operationalinsights:LinkedService", "link", {
    workspaceName: new Out("workspace", "workspace"),
    linkedServiceName: "Cluster",
    writeAccessResourceId: cluster(`${group}/providers/Microsoft.OperationalInsights/clusters/cluster`),
  });
  const registry = stack.add("azure-native:containerregistry:Registry", "registry", {
    sku: { name: "Premium" },
    encryption: {
      status: "enabled",
      keyVaultProperties: { keyIdentifier: "https://shop.vault.azure.net/keys/shop" },
    },
  });
  stack.add("azure-native:monitor:DiagnosticSetting", "registry-audit", {
    resourceUri: registry(`${group}/providers/Microsoft.ContainerRegistry/registries/registry`),
    workspaceId: new Out("workspace", "workspace"),
    logs: [{ categoryGroup: "allLogs", enabled: true }],
  });
  return stack;
}
