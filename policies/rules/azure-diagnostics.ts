/** Resource logs: Azure writes none of them, unless a diagnostic setting on the resource says where to. */
import { isUnknown, known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { vouchesForTrail } from "../settings";
import { resourceSetting } from "./azure-activity-log";
import { list, perStack } from "./expect";

interface Logged {
  /** Input that holds the resource's own name. */
  readonly name: string;
  /** Categories that together say who did what, where a setting names them one by one. */
  readonly categories?: readonly string[];
}

/** Types with resource logs of the category groups `audit` or `allLogs`. */
const logged: Readonly<Record<string, Logged>> = {
  "keyvault:Vault": { name: "vaultName", categories: ["AuditEvent"] },
  "keyvault:ManagedHsm": { name: "name", categories: ["AuditEvent"] },
  "servicebus:Namespace": { name: "namespaceName", categories: ["OperationalLogs", "RuntimeAuditLogs"] },
  "eventhub:Namespace": { name: "namespaceName", categories: ["OperationalLogs", "RuntimeAuditLogs"] },
  "eventgrid:Topic": { name: "topicName" },
  "eventgrid:Domain": { name: "domainName" },
  "eventgrid:SystemTopic": { name: "systemTopicName", categories: ["DeliveryFailures"] },
  "eventgrid:PartnerTopic": { name: "partnerTopicName", categories: ["DeliveryFailures"] },
  "eventgrid:PartnerNamespace": { name: "partnerNamespaceName" },
  "eventgrid:Namespace": { name: "namespaceName" },
  "cosmosdb:DatabaseAccount": { name: "accountName", categories: ["DataPlaneRequests", "ControlPlaneRequests"] },
  "web:WebApp": { name: "name" },
  "web:WebAppSlot": { name: "slot" },
  "apimanagement:ApiManagementService": { name: "serviceName", categories: ["GatewayLogs"] },
  "logic:Workflow": { name: "workflowName", categories: ["WorkflowRuntime"] },
  "app:ManagedEnvironment": { name: "environmentName" },
  "appconfiguration:ConfigurationStore": { name: "configStoreName", categories: ["Audit", "HttpRequest"] },
  "signalrservice:SignalR": { name: "resourceName" },
  "webpubsub:WebPubSub": { name: "resourceName" },
  "containerregistry:Registry": { name: "registryName" },
  "redis:Redis": { name: "name" },
  "cache:Redis": { name: "name" },
  "relay:Namespace": { name: "namespaceName" },
  "notificationhubs:Namespace": { name: "namespaceName" },
  "streamanalytics:StreamingJob": { name: "jobName" },
  "datafactory:Factory": { name: "factoryName" },
  "search:Service": { name: "searchServiceName" },
  "cognitiveservices:Account": { name: "accountName" },
  "cdn:Profile": { name: "profileName" },
  "operationalinsights:Workspace": { name: "workspaceName", categories: ["Audit"] },
};
const account: Logged = { name: "accountName", categories: ["StorageRead", "StorageWrite", "StorageDelete"] };

const token = (type: string) => `azure-native:${type}`;
const accountType = token("storage:StorageAccount");
export const loggedTypes = [...Object.keys(logged).map(token), accountType];

/** What stands in a storage account, and the service whose logs tell of it. */
const inAccount: Readonly<Record<string, string>> = {
  [token("storage:BlobContainer")]: "blobServices",
  [token("storage:Blob")]: "blobServices",
  [token("storage:BlobServiceProperties")]: "blobServices",
  [token("storage:Queue")]: "queueServices",
  [token("storage:Table")]: "tableServices",
  [token("storage:FileShare")]: "fileServices",
};

/** `undefined`: the setting is another resource's. */
type Reach = "resource" | "unknown" | undefined;

export function audited(resource: ResourceView, stack: StackView): Finding | readonly Finding[] | undefined {
  if (resource.type === accountType) return storage(resource, stack);
  // This tier has no resource logs: its requests are AUD-03's.
  if (/apimanagement/.test(resource.type) && valueAt(resource.props, "sku.name") === "Consumption") return undefined;
  const kind = logged[resource.type.replace(/^azure-native:/, "")];
  if (!kind) return undefined;
  const ofIt = settings(stack).filter((setting) => reach(setting, resource, kind, stack) !== undefined);
  return judged(
    ofIt.map((setting) =>
      reach(setting, resource, kind, stack) === "unknown" ? "unknown" : completeness(setting, kind),
    ),
    "it",
    stack,
  );
}

const settings = perStack((stack: StackView): readonly ResourceView[] =>
  stack.ofType(resourceSetting).filter(({ external }) => !external),
);

/** Found by where the setting's resourceUri comes from, or by the name at its end. */
function reach(setting: ResourceView, resource: ResourceView, kind: Logged, stack: StackView): Reach {
  const sources = stack.dependencies(setting, "resourceUri");
  if (sources.includes(resource)) return "resource";
  const uri = known(setting.props, "resourceUri");
  if (uri.state === "unknown") return sources.length === 0 ? "unknown" : undefined;
  const name = valueAt(resource.props, kind.name);
  const [type = ""] = resource.type.split(":").slice(1);
  const path = uri.state === "value" ? String(uri.value).toLowerCase().split("/") : [];
  const own = typeof name === "string" && path.includes(name.toLowerCase());
  return own && path.some((part) => providers(type).some((provider) => part === provider)) ? "resource" : undefined;
}

/** The resource provider of a module, in an id. */
const providers = (name: string) => [
  `microsoft.${name}`,
  ...({ cosmosdb: ["microsoft.documentdb"], webpubsub: ["microsoft.signalrservice"], redis: ["microsoft.cache"] }[
    name
  ] ?? []),
];

type Complete = "complete" | "unknown" | "no logs" | "no destination";

function completeness({ props }: ResourceView, { categories }: Logged): Complete {
  const destinations = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];
  const goes = destinations.some((path) => {
    const found = known(props, path);
    return found.state === "unknown" || (found.state === "value" && found.value !== "");
  });
  if (!goes) return "no destination";
  const logs = known(props, "logs");
  if (logs.state === "unknown") return "unknown";
  const all = list(logs.state === "value" ? logs.value : []);
  const on = all.filter((log) => valueAt(log, "enabled") === true);
  const group = on.some((log) => ["audit", "allLogs"].includes(String(valueAt(log, "categoryGroup"))));
  const named = categories?.every((category) => on.some((log) => valueAt(log, "category") === category));
  if (group || named) return "complete";
  const open = (log: unknown) =>
    isUnknown(log) || ["enabled", "categoryGroup", "category"].some((path) => known(log, path).state === "unknown");
  return all.some(open) ? "unknown" : "no logs";
}

function judged(found: readonly Complete[], what: string, stack: StackView): Finding {
  if (found.includes("complete")) return pass("a diagnostic setting sends its audit logs on");
  if (found.includes("unknown"))
    return undetermined(`whether a diagnostic setting logs ${what} is known after deployment only`);
  if (found.includes("no logs"))
    return fail(
      `the diagnostic setting of ${what} leaves audit out: enable the category group audit or allLogs in logs`,
    );
  if (found.length === 0 && vouchesForTrail(stack))
    return pass("the policy configuration (existingTrail) names the setting that the account gives to all resources");
  return found.includes("no destination")
    ? fail(`the diagnostic setting of ${what} goes nowhere: set workspaceId`)
    : fail(`nothing records who uses ${what}: add a monitor.DiagnosticSetting with its id as resourceUri`);
}

/** An account logs nothing itself, each of its services does. While ids are unknown, every service needs a setting to itself. */
function storage(resource: ResourceView, stack: StackView): Finding | readonly Finding[] | undefined {
  const children = stack.ofType(...Object.keys(inAccount)).filter((child) => {
    const name = known(child.props, "accountName");
    return (
      stack.dependencies(child, "accountName").includes(resource) ||
      (name.state === "value" && name.value === valueAt(resource.props, "accountName"))
    );
  });
  const services = [...new Set(children.flatMap(({ type }) => inAccount[type] ?? []))];
  const wanted = services.length > 0 ? services : ["blobServices"];
  const open: Complete[] = [];
  const byService = new Map<string, Complete[]>();
  for (const setting of settings(stack)) {
    const reached = reach(setting, resource, account, stack);
    if (reached === undefined) continue;
    const uri = valueAt(setting.props, "resourceUri");
    const complete = reached === "unknown" ? "unknown" : completeness(setting, account);
    const service = typeof uri === "string" ? /\/(\w+)\/default\/?$/.exec(uri)?.[1] : undefined;
    if (uri === undefined) open.push(complete);
    else if (service !== undefined) byService.set(service, [...(byService.get(service) ?? []), complete]);
  }
  const one =
    services.length > 0 ? wanted : (["blobServices", "queueServices", "tableServices", "fileServices"] as const);
  if (services.length === 0 && one.some((service) => byService.get(service)?.includes("complete")))
    return pass("a diagnostic setting sends its audit logs on");
  open.sort((a, b) => Number(b === "complete") - Number(a === "complete"));
  return wanted.map((service) => {
    const found = byService.get(service) ?? [];
    const spare = found.includes("complete") ? undefined : open.shift();
    return judged(spare === undefined ? found : [...found, spare], `its ${service}/default`, stack);
  });
}
