import type { Topic, TopicArgs } from "@pulumi/gcp/pubsub";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { EventBusOutputs, EventBusSpec } from "../event-bus";
import { groundOf, provide } from "./access";
import { encryptionRow, makeTopic, publisher } from "./worked-queue";

/** Parts that a transform can change. */
export interface EventBusParts {
  bus: TopicArgs;
}
export interface EventBusNodes {
  bus: Topic;
}

export function eventBus(self: Pattern<"EventBus">, spec: EventBusSpec): Realization<EventBusOutputs> {
  const { archiveSeconds, events, maxEventBytes, ordered } = spec;
  const shape = shaper(spec.transform?.gcp);
  const bus = makeTopic(
    self,
    self.id,
    (args) => shape("bus", args),
    archiveSeconds > 0 ? { messageRetentionDuration: `${archiveSeconds}s` } : {},
  );
  const { region } = groundOf(self.site);
  provide(self, ({ operations }) => ({
    config: {
      topic: bus.id,
      maxEventBytes,
      events: operations.map((operation) => operation.slice("publish ".length)),
      ...(ordered ? { region } : {}),
    },
    permission: publisher(bus),
  }));
  const count = `${events.length} events`;
  const archive = archiveSeconds > 0 ? formatDuration(archiveSeconds) : undefined;
  const topic = "Pub/Sub API v1, Topic";
  const replayed = "cli/replay/gcp.ts";
  return {
    contract: [
      emulated(
        "events",
        count,
        count,
        "Pub/Sub's permission is for the whole topic; the client keeps to the types of its grant",
        "cloud.google.com/pubsub/docs/access-control",
      ),
      emulated(
        "schema",
        "by event",
        "by event",
        "a topic takes one Avro or protobuf schema; publisher and subscriber parse by the event's own",
        `${topic}.schemaSettings`,
      ),
      archive
        ? native("archive", archive, archive, "kept by the topic", `${topic}.messageRetentionDuration`)
        : native("archive", "none asked", "none", "what was delivered is gone", `${topic}.messageRetentionDuration`),
      archive
        ? emulated("replay", "marked", "marked", "by the command `replay`, which reads the topic back", replayed)
        : native("replay", "none asked", "none", "there is no archive", replayed),
      native(
        "ordering",
        ordered ? "per-subject" : "none asked",
        ordered ? "per-subject" : "none",
        ordered ? "an ordering key each; published through the region's own address" : "no ordering key",
        "cloud.google.com/pubsub/docs/ordering",
      ),
      emulated(
        "maxEventBytes",
        `${maxEventBytes} bytes`,
        `${maxEventBytes} bytes`,
        "refused by the client at publish; Pub/Sub itself takes 10 MB",
        "runtime/gcp/bus.ts",
      ),
      encryptionRow(self, "the topic; TLS on every way", "cloud.google.com/pubsub/docs/encryption"),
    ],
    grants: [],
    nodes: { bus },
    outputs: { bus: bus.id },
  };
}
