import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { EventBusOutputs, EventBusSpec } from "../event-bus";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { source, unencrypted } from "./worked-queue";

export function eventBus(self: Pattern<"EventBus">, spec: EventBusSpec): Realization<EventBusOutputs> {
  const { archiveSeconds, maxEventBytes, ordered } = spec;
  const name = nameOf(self.site, self.id);
  const bus = new LocalResource(
    "Bus",
    self.id,
    shaper(spec.transform?.local)("bus", { name, archiveSeconds, maxEventBytes, ordered }),
    self.child({ stateful: true }),
  );
  provide(self, name);
  const count = `${spec.events.length} events`;
  const archive = archiveSeconds > 0 ? formatDuration(archiveSeconds) : undefined;
  return {
    contract: [
      native("events", count, count, "CloudEvents 1.0 in JSON form; each type is granted by itself", source),
      native("schema", "by event", "by event", "parsed by publisher and subscriber, from the same definition", source),
      archive
        ? native("archive", archive, archive, "in memory, until the process ends", source)
        : native("archive", "none asked", "none", "what was published is gone", source),
      archive
        ? native("replay", "marked", "marked", "in the order of publication; events carry the replay's name", source)
        : native("replay", "none asked", "none", "there is no archive", source),
      native(
        "ordering",
        ordered ? "per-subject" : "none asked",
        ordered ? "per-subject" : "none",
        "kept in the subscriptions' queues",
        source,
      ),
      native("maxEventBytes", `${maxEventBytes} bytes`, `${maxEventBytes} bytes`, "checked at publish", source),
      unencrypted(self),
    ],
    grants: [],
    nodes: { bus },
    outputs: { bus: bus.name },
  };
}
