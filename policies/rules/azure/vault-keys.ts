/** Keys that Azure services name by vault and name, instead of by address. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { azureKeyTypes } from "../customer-key";

interface VaultKey {
  /** Where the key is named: an object with `keyName` and `keyVaultUri`, or a list of them. */
  readonly keys: string;
  /** Where it is said that the vault's key is used at all. */
  readonly source?: { readonly path: string; readonly default: "vault" | "platform" };
}

export const messagingKey: VaultKey = {
  keys: "encryption.keyVaultProperties",
  source: { path: "encryption.keySource", default: "vault" },
};
export const storageKey: VaultKey = {
  keys: "encryption.keyVaultProperties",
  source: { path: "encryption.keySource", default: "platform" },
};
export const clusterKey: VaultKey = { keys: "keyVaultProperties" };

/** A customer-managed key of a vault. */
export function vaultKey(resource: ResourceView, stack: StackView, { keys: path, source }: VaultKey): Finding {
  const keys = known(resource.props, path);
  if (keys.state === "absent") return fail(`no customer-managed key: set ${path}`);
  const from = source && known(resource.props, source.path);
  const other = from?.state === "value" && String(from.value).toLowerCase() !== "microsoft.keyvault";
  if (source && (other || (from?.state === "absent" && source.default === "platform")))
    return fail(`${source.path} is not Microsoft.KeyVault, so the key is not used`);
  if (keys.state === "unknown") return fromKey(resource, stack, path);
  const all = [keys.value].flat();
  if (all.length === 0) return fail(`${path} names no key`);
  const parts = all.flatMap((key) => [known(key, "keyName"), known(key, "keyVaultUri")]);
  if (!parts.every(hasName)) return fail(`${path} lacks keyName or keyVaultUri`);
  if (from?.state === "unknown") return undetermined(`${source?.path} is known after deployment only`);
  return parts.every(({ state }) => state === "value")
    ? pass("encrypted by a customer-managed key")
    : fromKey(resource, stack, path);
}

function fromKey(resource: ResourceView, stack: StackView, path: string): Finding {
  const [property = path] = path.split(".");
  const sources = [...azureKeyTypes, "azure-native:keyvault:Vault"];
  const key = stack.dependencies(resource, property).find(({ type }) => sources.includes(type));
  return key
    ? pass(`encrypted by this stack's key "${key.name}", whose id is known after deployment`)
    : undetermined(`${property} is known after deployment only, and does not come from a key of this stack`);
}
