/** Settings of workloads that hold a secret in plain text, where everybody who may look at the workload reads it. */
import { isUnknown, known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { cloudOf } from "../types";
import { registeredGrants } from "./grants";
import { isReference, isSecretName, isSecretText, isSharedKey } from "./secret-texts";
import { nameOf } from "./setting-name";
import { type Setting, settingsOf } from "./workload-settings";

const secretStores =
  /^(aws:secretsmanager\/secret:|aws:ssm\/parameter:|azure-native:keyvault:(Secret|Vault)$|gcp:secretmanager\/(regionalS|s)ecret:)/;

/** No setting of a workload is a secret in plain text. Shared keys among the settings of Azure's workloads are IAM-05's. */
export function plainSettings(resource: ResourceView, stack: StackView): Finding {
  const { settings, unknown } = settingsOf(resource);
  const elsewhere = ({ value }: Setting) =>
    cloudOf(resource.type) === "azure" && typeof value === "string" && isSharedKey(value);
  const plain = settings.filter((one) => isSecret(one) && !elsewhere(one));
  if (plain.length > 0) return fail(`settings hold secrets in plain text (${namesOf(plain)}): refer to a secret store`);
  const open = settings.filter(({ name, value, always }) => isUnknown(value) && (always || isSecretName(name)));
  const stored = Object.keys(resource.propertyDependencies).some((property) =>
    stack.dependencies(resource, property).some(({ type }) => secretStores.test(type)),
  );
  if (open.length > 0 && !stored)
    return undetermined(`what stands in ${namesOf(open)} is known after deployment only: refer to a secret store`);
  if (unknown.length === 0) return pass("no setting holds a secret in plain text");
  const registered = registeredGrants(resource, stack);
  return registered
    ? pass(`its settings are known after deployment; ${registered.owner} makes them of names and identities`)
    : undetermined("its settings are known after deployment only");
}

const namesOf = (settings: readonly Setting[]): string => settings.map(({ name }) => nameOf(name)).join(", ");

function isSecret({ name, value, always }: Setting): boolean {
  if (typeof value !== "string" || value === "" || isUnknown(value)) return false;
  return isSecretText(value) || isSharedKey(value) || ((always || isSecretName(name)) && !isReference(value));
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
