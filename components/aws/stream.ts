import * as kinesis from "@pulumi/aws/kinesis";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { StreamOutputs, StreamSpec } from "../stream";
import { provide } from "./access";
import { keyArn, keyUse } from "./foundation";

const hour = 3600;
/** Kinesis counts the partition key with the record: at most 256 characters of up to four bytes. */
const keyBytes = 1024;

export function stream(self: Pattern<"Stream">, spec: StreamSpec): Realization<StreamOutputs> {
  const { site } = self;
  const { key, maxRecordBytes, partitions } = spec;
  const cmk = keyArn(site);
  const hours = Math.ceil(spec.retentionSeconds / hour);
  const args: kinesis.StreamArgs = {
    ...(partitions === "on-demand"
      ? { streamModeDetails: { streamMode: "ON_DEMAND" } }
      : { streamModeDetails: { streamMode: "PROVISIONED" }, shardCount: partitions }),
    retentionPeriod: hours,
    maxRecordSizeInKib: Math.max(1024, Math.ceil((maxRecordBytes + keyBytes) / 1024)),
    encryptionType: "KMS",
    kmsKeyId: cmk ?? "alias/aws/kinesis",
    tags: { ...site.tags },
  };
  const stream = new kinesis.Stream(
    self.id,
    shaper(spec.transform?.aws)("stream", args),
    self.child({ stateful: true }),
  );
  provide(self, () => ({
    config: { stream: stream.name, key, maxRecordBytes },
    statements: [
      { actions: ["kinesis:PutRecords"], resources: [stream.arn] },
      ...keyUse(site, "kinesis", ["kms:GenerateDataKey"]),
    ],
  }));
  const asked = formatDuration(spec.retentionSeconds);
  return {
    contract: [
      native("key", key, key, "the partition key; its hash chooses the shard", "Kinesis PutRecords"),
      partitions === "on-demand"
        ? native("partitions", "on-demand", "on-demand", "shards follow the load", "Kinesis StreamModeDetails")
        : native("partitions", String(partitions), `${partitions} shards`, "1 MiB a second each", "Kinesis ShardCount"),
      native("retention", asked, formatDuration(hours * hour), "in whole hours", "Kinesis RetentionPeriodHours"),
      native(
        "maxRecordBytes",
        `${maxRecordBytes} bytes`,
        `${maxRecordBytes} bytes`,
        "checked at put; the partition key has room beside it",
        "Kinesis MaxRecordSizeInKiB",
      ),
      native(
        "encryption",
        site.dataClass,
        cmk ? "the stack's KMS key" : "aws/kinesis",
        "at rest; Kinesis has no address without TLS",
        "Kinesis server-side encryption",
      ),
    ],
    grants: [],
    nodes: { stream },
    outputs: { stream: stream.name },
  };
}
