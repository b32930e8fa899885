/** Settings of workloads that hold a secret in plain text, where everybody who may look at the workload reads it. */
import { hasUnknown, isObject, isUnknown, known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { list } from "./expect";
import { registeredGrants } from "./grants";
import { keyInSetting } from "./shared-key";

interface Place {
  readonly path: string;
  /** Member of each entry that holds the value; undefined where the settings are a map. */
  readonly value?: string;
  /** True where everything that stands there is a secret, whatever its name. */
  readonly always?: boolean;
}

const containers = (path: string, env: string): Place[] => [{ path: `${path}.*.${env}`, value: "value" }];
const siteSettings: Place[] = [
  { path: "siteConfig.appSettings", value: "value" },
  { path: "siteConfig.connectionStrings", value: "connectionString" },
];
const containerApp: Place[] = [
  { path: "configuration.secrets", value: "value", always: true },
  ...containers("template.containers", "env"),
];

/** Where each type of workload has its settings. */
const places: Readonly<Record<string, readonly Place[]>> = {
  "aws:lambda/function:Function": [{ path: "environment.variables" }],
  "azure-native:web:WebApp": siteSettings,
  "azure-native:web:WebAppSlot": siteSettings,
  "azure-native:web:WebAppApplicationSettings": [{ path: "properties" }],
  "azure-native:app:ContainerApp": containerApp,
  "azure-native:app:Job": containerApp,
  "gcp:cloudfunctionsv2/function:Function": [
    { path: "serviceConfig.environmentVariables" },
    { path: "buildConfig.environmentVariables" },
  ],
  "gcp:cloudfunctions/function:Function": [{ path: "environmentVariables" }, { path: "buildEnvironmentVariables" }],
  "gcp:cloudrunv2/service:Service": containers("template.containers", "envs"),
  "gcp:cloudrunv2/workerPool:WorkerPool": containers("template.containers", "envs"),
  "gcp:cloudrunv2/job:Job": containers("template.template.containers", "envs"),
  "gcp:cloudrun/service:Service": containers("template.spec.containers", "envs"),
};
const of = (prefix: string) => Object.keys(places).filter((type) => type.startsWith(prefix));
export const settingsTypes = { aws: of("aws:"), azure: of("azure-native:"), gcp: of("gcp:") };

/** Names of settings whose values are secrets. */
export const secretName =
  /(password|passwd|passphrase|secret|(auth|access|api|bearer|refresh)[_-]?token|(api|private|access|signing)[_-]?key)$/i;
/** Values that are secrets, or hold one, whatever the setting is called. */
const secretValue = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /(^|;)\s*(password|pwd)\s*=\s*[^\s;]/i,
  /^[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i,
];
/** What names a secret instead of being one. */
const reference = /^(@Microsoft\.KeyVault\(|arn:|https?:\/\/|projects\/|\/|\{\{resolve:)/;
const secretStores =
  /^(aws:secretsmanager\/secret:|aws:ssm\/parameter:|azure-native:keyvault:(Secret|Vault)$|gcp:secretmanager\/(regionalS|s)ecret:)/;

interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly always: boolean;
}

/** No setting of a workload is a secret in plain text. */
export function plainSettings(resource: ResourceView, stack: StackView): Finding {
  const found = (places[resource.type] ?? []).map((place) => settingsAt(resource.props, place));
  const settings = found.flatMap((one) => one.settings);
  const plain = settings.filter(isSecret);
  if (plain.length > 0)
    return fail(
      `settings hold secrets in plain text (${plain.map(({ name }) => name).join(", ")}): refer to a secret store`,
    );
  const open = settings.filter(({ name, value, always }) => isUnknown(value) && (always || secretName.test(name)));
  const stored = Object.keys(resource.propertyDependencies).some((property) =>
    stack.dependencies(resource, property).some(({ type }) => secretStores.test(type)),
  );
  if (open.length > 0 && !stored)
    return undetermined(
      `what stands in ${open.map(({ name }) => name).join(", ")} is known after deployment only: refer to a secret store`,
    );
  if (!found.some(({ unknown }) => unknown)) return pass("no setting holds a secret in plain text");
  const registered = registeredGrants(resource, stack);
  return registered
    ? pass(`its settings are known after deployment; ${registered.owner} makes them of names and identities`)
    : undetermined("its settings are known after deployment only");
}

function isSecret({ name, value, always }: Setting): boolean {
  if (typeof value !== "string" || value === "" || isUnknown(value)) return false;
  // Shared keys of Azure's services are IAM-05's.
  if (keyInSetting.test(value)) return false;
  return (
    secretValue.some((pattern) => pattern.test(value)) || ((always || secretName.test(name)) && !reference.test(value))
  );
}

interface Settings {
  readonly settings: readonly Setting[];
  /** Something of them is not known at all. */
  readonly unknown: boolean;
}

function settingsAt(props: unknown, { path, value: member, always = false }: Place): Settings {
  const [holders, inner] = path.split(".*.");
  if (inner !== undefined) {
    const outer = known(props, holders ?? "");
    const all = list(outer.state === "value" ? outer.value : undefined).map((one) =>
      settingsAt(one, { path: inner, ...(member !== undefined && { value: member }), always }),
    );
    return {
      settings: all.flatMap((one) => one.settings),
      unknown: outer.state === "unknown" || all.some((one) => one.unknown),
    };
  }
  const found = known(props, path);
  if (found.state !== "value") return { settings: [], unknown: found.state === "unknown" };
  const entries: (readonly [unknown, unknown])[] =
    member === undefined
      ? Object.entries(isObject(found.value) ? found.value : {})
      : list(found.value).map((one) => [isObject(one) ? one.name : "", isObject(one) ? one[member] : one]);
  const settings = entries.map(([name, value]): Setting => ({ name: String(name), value, always }));
  return {
    settings,
    unknown: list(found.value).some((one) => isUnknown(one)) || hasUnknown(entries.map(([name]) => name)),
  };
}
