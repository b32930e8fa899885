/** Stores on AWS beside tables of DynamoDB: other databases, file systems that functions mount, and vaults of backups. */
import { known } from "../../known";
import { atLeast, type Finding, type ResourceView, type StackView } from "../../model";
import { awsKey } from "../customer-key";
import { demands, isTrue } from "../demands";

/** Where each names its key, which alone decides. */
const keys: Readonly<Record<string, string>> = {
  "aws:timestreamwrite/database:Database": "kmsKeyId",
  "aws:memorydb/cluster:Cluster": "kmsKeyArn",
  "aws:backup/vault:Vault": "kmsKeyArn",
};
export const keyedStoreTypes = Object.keys(keys);

export const keyedStore = (resource: ResourceView, stack: StackView): Finding =>
  awsKey(keys[resource.type] ?? "")(resource, stack);

/** Keyspaces takes a key only beside the type that says whose it is. */
export function keyspacesTable(resource: ResourceView, stack: StackView): Finding[] {
  const key = awsKey("encryptionSpecification.kmsKeyIdentifier", "encrypted by Keyspaces' own key")(resource, stack);
  if (key.verdict === "fail" || known(resource.props, "encryptionSpecification").state !== "value") return [key];
  const type = demands(resource.props, "its key is one of its owner's", [
    {
      path: "encryptionSpecification.type",
      accepts: (value) => value === "CUSTOMER_MANAGED_KMS_KEY",
      unmet: "Keyspaces ignores the key: set encryptionSpecification.type to CUSTOMER_MANAGED_KMS_KEY",
    },
  ]);
  return atLeast(stack.dataClass, "confidential") ? [key, ...type] : [key];
}

/** Encryption of a file system is switched on when it is made, or never. */
export function fileSystem(resource: ResourceView, stack: StackView): Finding[] {
  const switched = demands(resource.props, "encrypted by EFS's own key", [
    { path: "encrypted", accepts: isTrue, unmet: "its files are stored in clear: set encrypted to true, and kmsKeyId" },
  ]);
  return atLeast(stack.dataClass, "confidential") ? [...switched, awsKey("kmsKeyId")(resource, stack)] : switched;
}
