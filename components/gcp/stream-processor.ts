import type { Subscription, SubscriptionArgs } from "@pulumi/gcp/pubsub";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { FeedSpec, Position, StreamProcessorOutputs, StreamProcessorSpec } from "../stream-processor";
import { encryptionRow, handlerRows, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface StreamProcessorParts extends WorkedQueueParts {
  reader: SubscriptionArgs;
}
export interface StreamProcessorFront {
  reader: Subscription;
}

export function streamProcessor(
  self: Pattern<"StreamProcessor">,
  spec: StreamProcessorSpec,
): Realization<StreamProcessorOutputs> {
  const { bisect, dedicatedThroughput, from, maxRecordAgeSeconds, parallelism, stream } = spec;
  const shape = shaper(spec.transform?.gcp);
  const worked = workedQueue(self, {
    // What is given back waits as long as the stream keeps its records.
    spec: { ...spec, retentionSeconds: stream.spec.retentionSeconds },
    ordered: true,
    settings: () => ({ bisect, maxRecordAgeSeconds }),
    shape,
  });
  const reader = worked.alsoFrom(
    `${self.id}-records`,
    // Handled records stay as long as the others, so that the reader can be sought back to a time.
    { topic: stream.stream, retainAckedMessages: true },
    (args) => shape("reader", args),
  );
  const subscription = "Pub/Sub API v1, Subscription";
  return {
    contract: [
      ...handlerRows(self, spec),
      ...feedRows(spec),
      encryptionRow(self, "the dead letters; TLS on every way", "cloud.google.com/pubsub/docs/encryption"),
      startRow(from),
      native("batch", "1 in 0 seconds", "1 in 0 seconds", "a push carries one record", `${subscription}.pushConfig`),
      native(
        "parallelism",
        String(parallelism),
        "by key",
        "one record of a key at a time, of all keys at once",
        "cloud.google.com/pubsub/docs/ordering",
      ),
      native("bisect", String(bisect), "not needed", "a record is delivered alone", `${subscription}.pushConfig`),
      native(
        "order",
        "by key",
        "by key",
        "a failing record holds back its key until it is a dead letter",
        `${subscription}.enableMessageOrdering`,
      ),
      native("checkpoint", "by partition", "by record", "each is acknowledged by itself", `${subscription}.pushConfig`),
      native(
        "dedicatedThroughput",
        dedicatedThroughput ? "yes" : "none asked",
        "its own",
        "subscriptions share no reading rate",
        "cloud.google.com/pubsub/quotas",
      ),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, reader },
    outputs: worked.outputs,
  };
}

/** Pub/Sub has no way to say where a subscription begins; the topic keeps what came before, for whoever seeks it back. */
function startRow(from: Position): ContractRow {
  const seek = "Pub/Sub API v1, subscriptions.seek";
  return from === "latest"
    ? native("from", from, "when it is made", "a subscription begins with what is published after it", seek)
    : unsupported(
        "from",
        typeof from === "string" ? from : from.at,
        "when it is made",
        "what was written before it stood is missing until the subscription is sought back to a time; the stream keeps it",
        seek,
      );
}

/** What readers of streams and of tables promise alike. */
export function feedRows({ maxRecordAgeSeconds }: FeedSpec): readonly ContractRow[] {
  const age = formatDuration(maxRecordAgeSeconds);
  return [
    emulated("maxRecordAge", age, age, "the adapter buries what is older when its turn comes", "runtime/gcp/worked.ts"),
    native(
      "redrive",
      "to this component only",
      "to this component only",
      "through a topic of its own, behind what was read meanwhile",
      "Pub/Sub API v1, topics.publish",
    ),
  ];
}
