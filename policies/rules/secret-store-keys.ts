import { known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { awsKey, awsProperty, azureKey, customerKeys, gcpKey, gcpProperty } from "./customer-key";
import { isSecretName, isSecretText } from "./secret-texts";

/** A secret, and its copy in every other region under that region's key. */
export const managedSecret = (resource: ResourceView, stack: StackView): Finding[] => [
  awsKey("kmsKeyId", "encrypted by Secrets Manager's own key")(resource, stack),
  ...customerKeys(resource, stack, "replicas", awsProperty("kmsKeyId", "encrypted by Secrets Manager's own key")),
];

/** Parameters are secrets where they are stored as such, or called so. */
export function parameter(resource: ResourceView, stack: StackView): Finding {
  const type = known(resource.props, "type");
  const name = known(resource.props, "name");
  if (type.state === "unknown") return undetermined("type is known after deployment only");
  if (type.state === "value" && type.value === "SecureString")
    return awsKey("keyId", "encrypted by the parameter store's own key")(resource, stack);
  if (["value", "insecureValue"].some((path) => isSecretText(String(valueAt(resource.props, path) ?? ""))))
    return fail("it is a secret that is stored in clear: set type to SecureString, and keyId");
  return name.state === "value" && typeof name.value === "string" && isSecretName(name.value)
    ? fail("its name says that it is a secret, and it is stored in clear: set type to SecureString, and keyId")
    : pass("it is stored as no secret");
}

/** App Configuration takes a key on every tier but Free. */
export const configurationStore = azureKey("encryption.keyVaultProperties.keyIdentifier");

/** Replicas by Google's choice share one key; each of one's own has its region's. */
export function replicatedSecret(resource: ResourceView, stack: StackView): Finding | readonly Finding[] {
  const path = "customerManagedEncryption.kmsKeyName";
  return known(resource.props, "replication.userManaged").state !== "absent"
    ? customerKeys(resource, stack, "replication.userManaged.replicas", gcpProperty(path))
    : gcpKey(`replication.auto.${path}`)(resource, stack);
}

export const regionalSecret = gcpKey("customerManagedEncryption.kmsKeyName");
