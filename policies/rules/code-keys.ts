/** Keys of what functions are made of: code, images, variables. */
import { isObject, known } from "../known";
import { atLeast, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { awsKey, azureKey, customerKey, gcpKey, gcpProperty } from "./customer-key";

/** Lambda's key is for variables: a function that has none needs none. */
export function lambdaVariables(resource: ResourceView, stack: StackView): Finding {
  const variables = known(resource.props, "environment.variables");
  if (variables.state === "absent") return pass("it has no variables");
  if (variables.state === "value" && isObject(variables.value) && Object.keys(variables.value).length === 0)
    return pass("it has no variables");
  const key = awsKey("kmsKeyArn", "its variables are encrypted by Lambda's own key")(resource, stack);
  return variables.state === "unknown" && key.verdict === "fail"
    ? undetermined("whether it has variables is known after deployment only")
    : key;
}

/** Images on AWS: of several configurations the provider takes the first. */
export function imageRepository(resource: ResourceView, stack: StackView): Finding {
  const path = "encryptionConfigurations.0";
  if (!atLeast(stack.dataClass, "confidential")) return pass("encrypted by ECR's own key");
  const type = known(resource.props, `${path}.encryptionType`);
  if (type.state === "unknown") return undetermined("encryptionConfigurations are known after deployment only");
  return type.state === "value" && (type.value === "KMS" || type.value === "KMS_DSSE")
    ? awsKey(`${path}.kmsKey`)(resource, stack)
    : fail("ECR's own key encrypts it: set encryptionConfigurations[0].encryptionType to KMS, and kmsKey");
}

/** Azure: a Premium registry, where the key is switched on. */
export function registry(resource: ResourceView, stack: StackView): Finding[] {
  if (!atLeast(stack.dataClass, "confidential")) return [pass("encrypted by Azure's own key")];
  const wanted = { "sku.name": "Premium", "encryption.status": "enabled" };
  const off = Object.entries(wanted).flatMap(([path, value]) => {
    const found = known(resource.props, path);
    if (found.state === "unknown") return [undetermined(`${path} is known after deployment only`)];
    return found.state === "value" && found.value === value
      ? []
      : [fail(`its images take no customer-managed key: set ${path} to ${value}`)];
  });
  return [...off, azureKey("encryption.keyVaultProperties.keyIdentifier")(resource, stack)];
}

const annotation = "run.googleapis.com/encryption-key";

/** Cloud Run's first API, where the key is an annotation, whose name has dots. */
export function knativeKey(resource: ResourceView, stack: StackView): Finding {
  const annotations = known(resource.props, "template.metadata.annotations");
  if (annotations.state === "unknown") return gcpKey("template.metadata.annotations")(resource, stack);
  const key = annotations.state === "value" && isObject(annotations.value) ? annotations.value[annotation] : undefined;
  const named = { ...resource, props: { template: key } };
  const finding = customerKey(named, stack, gcpProperty("template"));
  return finding.verdict === "fail" && key === undefined
    ? fail(`no customer-managed key: annotate the template with ${annotation}`)
    : finding;
}
