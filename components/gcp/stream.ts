import type { Topic, TopicArgs } from "@pulumi/gcp/pubsub";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { StreamOutputs, StreamSpec } from "../stream";
import { groundOf, provide } from "./access";
import { encryptionRow, makeTopic, publisher } from "./worked-queue";

/** Parts that a transform can change. */
export interface StreamParts {
  stream: TopicArgs;
}
export interface StreamNodes {
  stream: Topic;
}

export function stream(self: Pattern<"Stream">, spec: StreamSpec): Realization<StreamOutputs> {
  const { key, maxRecordBytes, partitions, retentionSeconds } = spec;
  const shape = shaper(spec.transform?.gcp);
  const stream = makeTopic(self, self.id, (args) => shape("stream", args), {
    messageRetentionDuration: `${retentionSeconds}s`,
  });
  const { region } = groundOf(self.site);
  provide(self, () => ({
    config: { topic: stream.id, key, maxRecordBytes, region },
    permission: publisher(stream),
  }));
  const kept = formatDuration(retentionSeconds);
  return {
    contract: [
      native(
        "key",
        key,
        key,
        "the ordering key; published through the region's own address",
        "cloud.google.com/pubsub/docs/ordering",
      ),
      native(
        "partitions",
        String(partitions),
        "by key",
        "Pub/Sub has no partitions and spreads keys by itself",
        "cloud.google.com/pubsub/docs/ordering",
      ),
      native(
        "retention",
        kept,
        kept,
        "kept by the topic, read or not",
        "Pub/Sub API v1, Topic.messageRetentionDuration",
      ),
      emulated(
        "maxRecordBytes",
        `${maxRecordBytes} bytes`,
        `${maxRecordBytes} bytes`,
        "refused by the client at put; Pub/Sub itself takes 10 MB",
        "runtime/gcp/stream.ts",
      ),
      encryptionRow(self, "the topic; TLS on every way", "cloud.google.com/pubsub/docs/encryption"),
    ],
    grants: [],
    nodes: { stream },
    outputs: { stream: stream.id },
  };
}
