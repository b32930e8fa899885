import { atRest } from "../frameworks/at-rest";
import { known } from "../known";
import type { Control, Finding, ResourceView, StackView } from "../model";
import { isName } from "../names";
import { namespaceKey } from "../rules/azure/messaging-keys";
import { awsProperty, customerKey, gcpKey } from "../rules/customer-key";

/** SQS encrypts by its own key where asked to, SNS does not: without a key of some kind a topic is stored in clear. */
function awsQueueOrTopic(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const own = known(props, "sqsManagedSseEnabled");
  const named = known(props, "kmsMasterKeyId");
  const byAlias = named.state === "value" && isName(named.value);
  const byQueue = own.state === "value" && own.value === true;
  const otherwise = byAlias || byQueue ? "encrypted by a key of AWS's own" : undefined;
  return customerKey(resource, stack, awsProperty("kmsMasterKeyId", otherwise));
}

export const queueEncryption: Control = {
  id: "ENC-01",
  title: "Queues and topics are encrypted by a customer-managed key",
  why: "Messages at rest hold the same data as the database. With the provider's shared key nobody can revoke access to them, tell who used the key, or show that it is rotated.",
  fix: "Give the queue, topic or namespace the stack's key: aws kmsMasterKeyId, azure a Premium namespace with encryption.keyVaultProperties, gcp kmsKeyName.",
  severity: "high",
  frameworks: atRest,
  appliesFrom: "internal",
  clouds: {
    aws: [{ types: ["aws:sqs/queue:Queue", "aws:sns/topic:Topic"], judge: awsQueueOrTopic }],
    azure: [{ types: ["azure-native:servicebus:Namespace"], judge: namespaceKey }],
    gcp: [{ types: ["gcp:pubsub/topic:Topic"], judge: gcpKey("kmsKeyName") }],
  },
};
