/** Settings of workloads that hold a secret in plain text, where everybody who may look at the workload reads it. */
import { hasUnknown, isObject, isUnknown, known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { readDefinition } from "./definitions";
import { list } from "./expect";
import { registeredGrants } from "./grants";
import { keyInSetting, nameOf } from "./shared-key";

interface Place {
  readonly path: string;
  /** Member of each entry that holds the value; undefined where an entry of a map is the value itself. */
  readonly value?: string;
  /** Every text further in counts, by the name of its own member: of what stands here, or of the JSON or YAML that it is written in. */
  readonly deep?: "value" | "definition";
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
  "aws:apigateway/stage:Stage": [{ path: "variables" }],
  "aws:apigatewayv2/stage:Stage": [{ path: "stageVariables" }],
  "aws:sfn/stateMachine:StateMachine": [{ path: "definition", deep: "definition" }],
  "azure-native:web:WebApp": siteSettings,
  "azure-native:web:WebAppSlot": siteSettings,
  "azure-native:web:WebAppApplicationSettings": [{ path: "properties" }],
  "azure-native:web:WebAppConnectionStrings": [{ path: "properties", value: "value" }],
  "azure-native:apimanagement:Backend": ["authorization.parameter", "header", "query"].map((kind) => ({
    path: `credentials.${kind}`,
    deep: "value",
    always: true,
  })),
  "azure-native:app:ContainerApp": containerApp,
  "azure-native:app:Job": containerApp,
  "gcp:cloudfunctionsv2/function:Function": [
    { path: "serviceConfig.environmentVariables" },
    { path: "buildConfig.environmentVariables" },
  ],
  "gcp:cloudfunctions/function:Function": [{ path: "environmentVariables" }, { path: "buildEnvironmentVariables" }],
  "gcp:workflows/workflow:Workflow": [{ path: "userEnvVars" }, { path: "sourceContents", deep: "definition" }],
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
const reference = /^(@Microsoft\.KeyVault\(|arn:|https?:\/\/|projects\/|\/|\{\{.+\}\}$|\{%|\$\{|\$\.)/;
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
      `settings hold secrets in plain text (${plain.map(({ name }) => nameOf(name)).join(", ")}): refer to a secret store`,
    );
  const open = settings.filter(({ name, value, always }) => isUnknown(value) && (always || secretName.test(name)));
  const stored = Object.keys(resource.propertyDependencies).some((property) =>
    stack.dependencies(resource, property).some(({ type }) => secretStores.test(type)),
  );
  if (open.length > 0 && !stored)
    return undetermined(
      `what stands in ${open.map(({ name }) => nameOf(name)).join(", ")} is known after deployment only: refer to a secret store`,
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

function settingsAt(props: unknown, place: Place): Settings {
  const { path, value: member, always = false, deep } = place;
  const [holders, inner] = path.split(".*.");
  if (inner !== undefined) {
    const outer = known(props, holders ?? "");
    const all = list(outer.state === "value" ? outer.value : undefined).map((one) =>
      settingsAt(one, { ...place, path: inner }),
    );
    return {
      settings: all.flatMap((one) => one.settings),
      unknown: outer.state === "unknown" || all.some((one) => one.unknown),
    };
  }
  const found = known(props, path);
  if (found.state !== "value") return { settings: [], unknown: found.state === "unknown" };
  const of = (one: unknown) => (member !== undefined && isObject(one) ? one[member] : one);
  const entries: (readonly [unknown, unknown])[] = deep
    ? leaves(deep === "definition" ? readDefinition(String(found.value)) : found.value, path.split(".").pop() ?? path)
    : Array.isArray(found.value)
      ? found.value.map((one) => [isObject(one) ? one.name : "", of(one)])
      : Object.entries(isObject(found.value) ? found.value : {}).map(([name, one]) => [name, of(one)]);
  const settings = entries.map(([name, value]): Setting => ({ name: String(name), value, always }));
  return {
    settings,
    unknown: list(found.value).some((one) => isUnknown(one)) || hasUnknown(entries.map(([name]) => name)),
  };
}

/** Deeper than any definition is meant to be. */
const deepest = 100;

function leaves(value: unknown, name: string, depth = 0): (readonly [string, unknown])[] {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((one) => leaves(one, name, depth + 1));
  if (isObject(value)) return Object.entries(value).flatMap(([key, one]) => leaves(one, key, depth + 1));
  return [[name, typeof value === "number" ? String(value) : value]];
}

/** A named value of API Management. What it says of itself counts: a secret one comes from a vault. */
export function namedValue({ props }: ResourceView): Finding {
  const [secret, value] = [known(props, "secret"), known(props, "value")];
  if (value.state === "absent") return pass("it holds no text of its own");
  if (secret.state === "unknown") return undetermined("secret is known after deployment only");
  const isPlain =
    (secret.state === "value" && secret.value === true) ||
    (value.state === "value" && isSecret({ name: "", value: value.value, always: false }));
  return isPlain
    ? fail("it is a secret that stands here: set keyVault.secretIdentifier in place of value")
    : pass("it is no secret");
}
