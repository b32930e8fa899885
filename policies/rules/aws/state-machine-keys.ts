import { known } from "../../known";
import { type Finding, fail, type ResourceView, type StackView, undetermined } from "../../model";
import { awsKey } from "../customer-key";

/** Step Functions takes the key only where the type says so. */
export function stateMachineKey(resource: ResourceView, stack: StackView): Finding {
  const path = "encryptionConfiguration";
  const type = known(resource.props, `${path}.type`);
  if (type.state === "unknown") return undetermined(`${path}.type is known after deployment only`);
  return type.state === "value" && type.value === "CUSTOMER_MANAGED_KMS_KEY"
    ? awsKey(`${path}.kmsKeyId`)(resource, stack)
    : fail(`encrypted by AWS's own key: set ${path}.type to CUSTOMER_MANAGED_KMS_KEY, and ${path}.kmsKeyId`);
}
