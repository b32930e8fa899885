import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { StreamOutputs, StreamSpec } from "../stream";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { source, unencrypted } from "./worked-queue";

/** Partitions where none are asked for. */
const onDemand = 4;

export function stream(self: Pattern<"Stream">, spec: StreamSpec): Realization<StreamOutputs> {
  const { key, retentionSeconds, maxRecordBytes } = spec;
  const partitions = spec.partitions === "on-demand" ? onDemand : spec.partitions;
  const name = nameOf(self.site, self.id);
  const stream = new LocalResource(
    "Stream",
    self.id,
    shaper(spec.transform?.local)("stream", { name, partitions, retentionSeconds, maxRecordBytes }),
    self.child({ stateful: true }),
  );
  provide(self, name, { key });
  const kept = formatDuration(retentionSeconds);
  return {
    contract: [
      native("key", key, key, "its hash chooses the partition", source),
      native("partitions", String(spec.partitions), String(partitions), "fixed", source),
      native("retention", kept, kept, "in memory, until the process ends", source),
      native("maxRecordBytes", `${maxRecordBytes} bytes`, `${maxRecordBytes} bytes`, "checked at put", source),
      unencrypted(self),
    ],
    grants: [],
    nodes: { stream },
    outputs: { stream: stream.name },
  };
}
