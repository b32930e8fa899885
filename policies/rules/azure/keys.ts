/** Keys that services of Azure hand out, and that their callers carry about. */
import { isUnknown } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { demands } from "../demands";
import { expectProperty } from "../expect";
import { isSharedKey } from "../secret-texts";
import { nameOf } from "../setting-name";
import { settingsOf } from "../workload-settings";

/** Services that take keys unless told otherwise: the property that tells them, and the value that does. */
export const keyless: Readonly<Record<string, readonly [path: string, off: boolean]>> = {
  "azure-native:servicebus:Namespace": ["disableLocalAuth", true],
  "azure-native:eventhub:Namespace": ["disableLocalAuth", true],
  "azure-native:eventgrid:Topic": ["disableLocalAuth", true],
  "azure-native:eventgrid:Domain": ["disableLocalAuth", true],
  "azure-native:eventgrid:PartnerNamespace": ["disableLocalAuth", true],
  "azure-native:cosmosdb:DatabaseAccount": ["disableLocalAuth", true],
  "azure-native:appconfiguration:ConfigurationStore": ["disableLocalAuth", true],
  "azure-native:applicationinsights:Component": ["disableLocalAuth", true],
  "azure-native:operationalinsights:Workspace": ["features.disableLocalAuth", true],
  "azure-native:signalrservice:SignalR": ["disableLocalAuth", true],
  "azure-native:webpubsub:WebPubSub": ["disableLocalAuth", true],
  "azure-native:redis:Redis": ["disableAccessKeyAuthentication", true],
  "azure-native:cache:Redis": ["disableAccessKeyAuthentication", true],
  "azure-native:storage:StorageAccount": ["allowSharedKeyAccess", false],
  "azure-native:web:WebAppFtpAllowed": ["allow", false],
  "azure-native:web:WebAppFtpAllowedSlot": ["allow", false],
  "azure-native:web:WebAppScmAllowed": ["allow", false],
  "azure-native:web:WebAppScmAllowedSlot": ["allow", false],
  "azure-native:search:Service": ["disableLocalAuth", true],
  "azure-native:cognitiveservices:Account": ["properties.disableLocalAuth", true],
  "azure-native:communication:CommunicationService": ["disableLocalAuth", true],
  "azure-native:automation:AutomationAccount": ["disableLocalAuth", true],
};

export function identitiesOnly(resource: ResourceView): Finding {
  const [path, off] = keyless[resource.type] ?? ["disableLocalAuth", true];
  return expectProperty(resource, {
    path,
    accepts: (value) => value === off,
    met: "it takes identities only",
    unmet: `it takes shared keys: set ${path} to ${off}`,
  });
}

/** Shared keys among a workload's settings; any other secret there is ENC-05's. */
export function settings(resource: ResourceView, stack: StackView): Finding | undefined {
  const { settings: all, unknown } = settingsOf(resource);
  const keys = all.filter(({ value }) => typeof value === "string" && !isUnknown(value) && isSharedKey(value));
  if (keys.length > 0)
    return fail(
      `settings hold shared keys (${keys.map(({ name }) => nameOf(name)).join(", ")}): use the app's identity`,
    );
  const [path] = unknown;
  if (path !== undefined) return unknownSettings(resource, stack, path);
  return all.length > 0 ? pass("no setting holds a shared key") : undefined;
}

/** The provider's SDK makes all settings unknown as soon as one is. Where they come from has no key to put into them, then they hold none. */
function unknownSettings(resource: ResourceView, stack: StackView, path: string): Finding {
  const [property = path] = path.split(".");
  const sources = stack.dependencies(resource, property).filter(({ type }) => type in keyless);
  return sources.length > 0 && sources.every((source) => identitiesOnly(source).verdict === "pass")
    ? pass("its settings are known after deployment, and come from services that take identities only")
    : undetermined(`${path} is known after deployment only`);
}

/** A registry has no administrator unless asked for one. */
export const noAdministrator = ({ props }: ResourceView): Finding[] =>
  demands(props, "it takes identities only", [
    {
      path: "adminUserEnabled",
      accepts: (value) => value === undefined || value === false,
      unmet: "its administrator is a shared password: set adminUserEnabled to false",
    },
  ]);

/** Redis Enterprise says in words whether it takes keys. */
export const redisKeys = (resource: ResourceView): Finding =>
  expectProperty(resource, {
    path: "accessKeysAuthentication",
    accepts: (value) => value === "Disabled",
    met: "it takes identities only",
    unmet: "it takes shared keys: set accessKeysAuthentication to Disabled",
  });
