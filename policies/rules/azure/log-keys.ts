import { known } from "../../known";
import { atLeast, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { gcpKey } from "../customer-key";
import { pointingAt, pointsAnywhere, referred } from "../referred";
import { clusterKey, vaultKey } from "./vault-keys";

export const workspaceType = "azure-native:operationalinsights:Workspace";
export const clusterType = "azure-native:operationalinsights:Cluster";
const link = "azure-native:operationalinsights:LinkedService";

const clusterId = /\/providers\/Microsoft\.OperationalInsights\/clusters\/[^/]+$/i;

/** The name of a link tells what it is to: an automation account is linked as `Automation`. */
function ofCluster({ props }: ResourceView): boolean {
  const name = known(props, "linkedServiceName");
  return name.state === "unknown" || (name.state === "value" && /^cluster$/i.test(String(name.value)));
}

/** A workspace's key is that of the dedicated cluster that it is linked to; each cluster is judged by itself. */
export function workspaceKey(resource: ResourceView, stack: StackView): Finding {
  const links = pointingAt(resource, "workspaceName", stack, [link]).filter(ofCluster);
  if (links.some((one) => referred(one, "writeAccessResourceId", stack, [clusterType]).length > 0))
    return pass("its cluster's key encrypts it, which is judged there");
  const ids = links.map((one) => known(one.props, "writeAccessResourceId"));
  if (ids.some((id) => id.state === "value" && clusterId.test(String(id.value))))
    return pass("it is linked to a cluster that is not of this stack");
  if (ids.some((id) => id.state === "unknown"))
    return undetermined("what it is linked to is known after deployment only");
  return stack.ofType(link).some((one) => ofCluster(one) && pointsAnywhere(one, "workspaceName", stack))
    ? undetermined("which workspace is linked to a cluster is known after deployment only")
    : fail("Microsoft's key encrypts it: link it to a Cluster with keyVaultProperties by a LinkedService");
}

/** Without a cluster a workspace takes no key, and a cluster is not for everybody: that is ENC-12's. */
export function workspaceKeyIfAny(resource: ResourceView, stack: StackView): Finding {
  const finding = workspaceKey(resource, stack);
  return finding.verdict === "pass"
    ? finding
    : pass("encrypted by Microsoft's key: a key of one's own takes a dedicated cluster, which ENC-12 asks for");
}

export const logCluster = (resource: ResourceView, stack: StackView): Finding => vaultKey(resource, stack, clusterKey);

/** A log bucket takes a key only when it is made, so that a change of mind loses its logs. */
export function logBucket(resource: ResourceView, stack: StackView): Finding {
  const finding = gcpKey("cmekSettings.kmsKeyName")(resource, stack);
  return finding.verdict === "fail" && !atLeast(stack.dataClass, "regulated")
    ? pass("encrypted by Google's own key; a key of one's own is demanded of regulated data")
    : finding;
}
