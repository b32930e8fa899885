import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { deliveryStream, stream } from "../rules/aws/stream-keys";
import { namespaceKey } from "../rules/azure/messaging-keys";
import { awsKey, gcpKey } from "../rules/customer-key";

export const streamEncryption: Control = {
  id: "ENC-02",
  title: "Streams are encrypted by a customer-managed key",
  why: "A stream keeps everything that went through it for days, for every consumer there will be. Kinesis keeps it in clear unless told otherwise.",
  fix: "aws encryptionType KMS with kmsKeyId, serverSideEncryption with keyArn on Firehose without a source stream; azure a Premium Event Hubs namespace with encryption.keyVaultProperties; gcp gcpConfig.kmsKey of Kafka, customerManagedEncryptionKey of Datastream.",
  severity: "high",
  frameworks: atRest,
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:kinesis/stream:Stream"], judge: stream },
      { types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"], judge: deliveryStream },
      { types: ["aws:kinesis/videoStream:VideoStream"], judge: awsKey("kmsKeyId") },
    ],
    azure: [{ types: ["azure-native:eventhub:Namespace"], judge: namespaceKey }],
    // Pub/Sub topics are ENC-01's, whatever reads them.
    gcp: [
      { types: ["gcp:managedkafka/cluster:Cluster"], judge: gcpKey("gcpConfig.kmsKey") },
      { types: ["gcp:datastream/stream:Stream"], judge: gcpKey("customerManagedEncryptionKey") },
    ],
  },
};
