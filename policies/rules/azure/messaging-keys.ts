import { known } from "../../known";
import { atLeast, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { messagingKey, vaultKey } from "./vault-keys";

/** Service Bus and Event Hubs take customer-managed keys on Premium namespaces, Event Hubs on dedicated clusters too. */
export function namespaceKey(resource: ResourceView, stack: StackView): Finding {
  if (!atLeast(stack.dataClass, "confidential"))
    return pass("encrypted by Azure's own key; a key of one's own is not demanded of internal data");
  const { props } = resource;
  const tier = known(props, "sku.name");
  const dedicated = known(props, "clusterArmId").state !== "absent";
  if (!dedicated && (tier.state === "absent" || (tier.state === "value" && tier.value !== "Premium")))
    return fail(
      "only Premium namespaces take a customer-managed key: set sku.name to Premium and encryption.keyVaultProperties",
    );
  const key = vaultKey(resource, stack, messagingKey);
  return tier.state === "unknown" && !dedicated && key.verdict !== "fail"
    ? undetermined("sku.name is known after deployment only")
    : key;
}
