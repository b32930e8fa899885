/** Resource logs: Azure writes none of them, unless a diagnostic setting on the resource says where to. */
import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { vouchesForTrail } from "../../settings";
import { list, perStack } from "../expect";
import { resourceSetting } from "./activity-log";
import { account, isOf, type Logged, logged, loggedAs } from "./logged";

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
  const kind = loggedAs(resource);
  if (!kind) return undefined;
  const ofIt = settings(stack).filter((setting) => reach(setting, resource, stack) !== undefined);
  return judged(
    ofIt.map((setting) => (reach(setting, resource, stack) === "unknown" ? "unknown" : completeness(setting, kind))),
    "it",
    stack,
  );
}

const settings = perStack((stack: StackView): readonly ResourceView[] =>
  stack.ofType(resourceSetting).filter(({ external }) => !external),
);

/** Found by the id in the setting's resourceUri, or by where that comes from. */
function reach(setting: ResourceView, resource: ResourceView, stack: StackView): Reach {
  const sources = stack.dependencies(setting, "resourceUri");
  const uri = known(setting.props, "resourceUri");
  if (uri.state === "value") {
    const all = sources.length > 0 ? sources : [resource];
    const named = all.filter((one) => isOf(String(uri.value), one));
    if (named.length > 0) return named.includes(resource) ? "resource" : undefined;
  }
  if (sources.includes(resource)) return "resource";
  if (uri.state === "unknown") return sources.length === 0 ? "unknown" : undefined;
  return uri.state === "value" && isOf(String(uri.value), resource) ? "resource" : undefined;
}

type Complete = "complete" | "unknown" | "no logs" | "no destination";

function completeness({ props }: ResourceView, { categories }: Logged): Complete {
  const destinations = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];
  const goes = destinations.some((path) => hasName(known(props, path)));
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
    const reached = reach(setting, resource, stack);
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
