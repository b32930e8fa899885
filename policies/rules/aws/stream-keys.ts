import { known } from "../../known";
import { atLeast, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { awsKey } from "../customer-key";

/** A stream is stored in clear unless it names KMS; the key beside it counts only then. */
export function stream(resource: ResourceView, stack: StackView): Finding {
  const by = known(resource.props, "encryptionType");
  if (by.state === "unknown") return undetermined("encryptionType is known after deployment only");
  if (by.state === "absent" || by.value !== "KMS")
    return fail("it is stored in clear: set encryptionType to KMS, and kmsKeyId");
  return awsKey("kmsKeyId")(resource, stack);
}

/** Records that arrive by a stream stay encrypted as that is; others are, where the delivery stream is told so. */
export function deliveryStream(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const sources = ["kinesisSourceConfiguration", "mskSourceConfiguration"].map((path) => known(props, path).state);
  if (sources.includes("value")) return pass("its source is a stream, by whose key its records are encrypted");
  const finding = direct(resource, stack);
  return sources.includes("unknown") && finding.verdict === "fail"
    ? undetermined("whether its source is a stream is known after deployment only")
    : finding;
}

function direct(resource: ResourceView, stack: StackView): Finding {
  const on = known(resource.props, "serverSideEncryption.enabled");
  const keyType = known(resource.props, "serverSideEncryption.keyType");
  if (on.state === "absent" || (on.state === "value" && on.value !== true))
    return fail("its records are buffered in clear: set serverSideEncryption.enabled to true, and keyArn");
  if (!atLeast(stack.dataClass, "confidential")) return pass("encrypted by AWS's own key at least");
  if (keyType.state === "absent" || (keyType.state === "value" && keyType.value !== "CUSTOMER_MANAGED_CMK"))
    return fail("serverSideEncryption.keyType is not CUSTOMER_MANAGED_CMK, so Firehose uses its own key");
  if (on.state === "unknown" || keyType.state === "unknown")
    return undetermined("serverSideEncryption is known after deployment only");
  return awsKey("serverSideEncryption.keyArn")(resource, stack);
}
