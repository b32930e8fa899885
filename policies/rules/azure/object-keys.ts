import { known } from "../../known";
import { type Finding, fail, type ResourceView, type StackView, undetermined } from "../../model";
import { azureKey } from "../customer-key";
import { storageKey, vaultKey } from "./vault-keys";

/** Kinds of accounts that hold blobs or files only. */
const withoutQueues = ["BlobStorage", "BlockBlobStorage", "FileStorage"];

/** The account's key covers blobs and files by itself, queues and tables only where the account was made so. */
export function storageAccount(resource: ResourceView, stack: StackView): Finding[] {
  const key = vaultKey(resource, stack, storageKey);
  const kind = known(resource.props, "kind");
  if (kind.state === "value" && withoutQueues.includes(String(kind.value))) return [key];
  const whole = known(resource.props, "encryption").state === "unknown";
  if (whole) return [key];
  const uncovered = ["queue", "table"].flatMap((service): Finding[] => {
    const path = `encryption.services.${service}.keyType`;
    const type = known(resource.props, path);
    if (type.state === "unknown") return [undetermined(`${path} is known after deployment only`)];
    return type.state === "value" && type.value === "Account"
      ? []
      : [fail(`the key does not cover its ${service}s: set ${path} to Account`)];
  });
  return [key, ...uncovered];
}

export function encryptionScope(resource: ResourceView, stack: StackView): Finding {
  const source = known(resource.props, "source");
  if (source.state === "unknown") return undetermined("source is known after deployment only");
  if (source.state === "absent" || String(source.value).toLowerCase() !== "microsoft.keyvault")
    return fail("Microsoft's key encrypts what is in the scope: set source to Microsoft.KeyVault, and a key");
  return azureKey("keyVaultProperties.keyUri")(resource, stack);
}
