import { known } from "../known";
import {
  atLeast,
  type Control,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackView,
  undetermined,
} from "../model";
import { awsKeyFault, awsKeyTypes, azureKeyTypes, customerKey, gcpKeyFault, gcpKeyTypes } from "../rules/customer-key";

/** SQS encrypts by its own key where asked to, SNS does not: without a key of some kind a topic is stored in clear. */
function awsQueueOrTopic(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const own = known(props, "sqsManagedSseEnabled");
  const named = known(props, "kmsMasterKeyId");
  const byAlias = named.state === "value" && typeof named.value === "string" && named.value !== "";
  const byQueue = own.state === "value" && own.value === true;
  const otherwise = byAlias || byQueue ? "encrypted by a key of AWS's own" : undefined;
  return customerKey(resource, stack, { path: "kmsMasterKeyId", from: awsKeyTypes, fault: awsKeyFault, otherwise });
}

/** Service Bus takes customer-managed keys on Premium namespaces only. */
function azureNamespace(resource: ResourceView, stack: StackView): Finding {
  if (!atLeast(stack.dataClass, "confidential"))
    return pass("encrypted by Azure's own key; a key of one's own is not demanded of internal data");
  const { props } = resource;
  const tier = known(props, "sku.name");
  const keys = known(props, "encryption.keyVaultProperties");
  const source = known(props, "encryption.keySource");
  if (tier.state === "absent" || (tier.state === "value" && tier.value !== "Premium"))
    return fail(
      "only Premium namespaces take a customer-managed key: set sku.name to Premium and encryption.keyVaultProperties",
    );
  if (keys.state === "absent") return fail("no customer-managed key: set encryption.keyVaultProperties");
  if (source.state === "value" && source.value !== "Microsoft.KeyVault")
    return fail("encryption.keySource is not Microsoft.KeyVault");
  if (tier.state === "unknown") return undetermined("sku.name is known after deployment only");
  if (keys.state === "unknown") return fromKey(resource, stack);
  if (!Array.isArray(keys.value) || keys.value.length === 0) return fail("encryption.keyVaultProperties names no key");
  const parts = keys.value.flatMap((key) => [known(key, "keyName"), known(key, "keyVaultUri")]);
  if (
    parts.some(
      (part) =>
        part.state === "absent" || (part.state === "value" && (typeof part.value !== "string" || part.value === "")),
    )
  )
    return fail("encryption.keyVaultProperties lacks keyName or keyVaultUri");
  return parts.every((part) => part.state === "value")
    ? pass("encrypted by a customer-managed key")
    : fromKey(resource, stack);
}

function fromKey(resource: ResourceView, stack: StackView): Finding {
  const sources = [...azureKeyTypes, "azure-native:keyvault:Vault"];
  const key = stack.dependencies(resource, "encryption").find(({ type }) => sources.includes(type));
  return key
    ? pass(`encrypted by this stack's key "${key.name}", whose id is known after deployment`)
    : undetermined("encryption is known after deployment only, and does not come from a key of this stack");
}

export const queueEncryption: Control = {
  id: "ENC-01",
  title: "Queues and topics are encrypted by a customer-managed key",
  why: "Messages at rest hold the same data as the database. With the provider's shared key nobody can revoke access to them, tell who used the key, or show that it is rotated.",
  fix: "Give the queue, topic or namespace the stack's key: aws kmsMasterKeyId, azure a Premium namespace with encryption.keyVaultProperties, gcp kmsKeyName.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(a)"],
    hipaa: ["164.312(a)(2)(iv)", "164.312(e)(2)(ii)"],
    pciDss: ["3.5.1", "3.6.1"],
    soc2: ["CC6.1"],
    cis: ["3.11"],
    nist80053: ["SC-28", "SC-28(1)", "SC-12"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [{ types: ["aws:sqs/queue:Queue", "aws:sns/topic:Topic"], judge: awsQueueOrTopic }],
    azure: [{ types: ["azure-native:servicebus:Namespace"], judge: azureNamespace }],
    gcp: [
      {
        types: ["gcp:pubsub/topic:Topic"],
        judge: (resource, stack) =>
          customerKey(resource, stack, {
            path: "kmsKeyName",
            from: gcpKeyTypes,
            fault: gcpKeyFault,
            otherwise: "encrypted by Google's own key",
          }),
      },
    ],
  },
};
