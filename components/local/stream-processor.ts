import type * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { FeedSpec, StreamProcessorOutputs, StreamProcessorSpec } from "../stream-processor";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { handlerRows, source, unencrypted, type WorkedQueue, workedQueue } from "./worked-queue";

export type ReaderArgs = ConstructorParameters<typeof LocalResource<"Reader">>[2];

export function streamProcessor(
  self: Pattern<"StreamProcessor">,
  spec: StreamProcessorSpec,
): Realization<StreamProcessorOutputs> {
  const shape = shaper(spec.transform?.local);
  const worked = workedQueue(self, { spec, shape });
  const reader = new LocalResource(
    "Reader",
    self.id,
    shape("reader", readerArgs(self, spec, { type: "Stream", name: spec.stream.stream }, spec.parallelism, worked)),
    self.child(),
  );
  const { queue, consumer, outputs, grants } = worked;
  const same = (property: string, value: string, why: string) => native(property, value, value, why, source);
  return {
    contract: [
      ...handlerRows(self, spec),
      ...feedRows(spec),
      unencrypted(self),
      same("parallelism", String(spec.parallelism), "calls at once for one partition, by key"),
      same("bisect", String(spec.bisect), "a batch that fails as a whole is halved; halving counts no delivery"),
      same(
        "order",
        "by key",
        "a failing record holds back its partition; after a dead letter the rest goes on in order",
      ),
      same("checkpoint", "by partition", "after each batch; repeats begin there"),
      native(
        "dedicatedThroughput",
        spec.dedicatedThroughput ? "yes" : "none asked",
        "no shared limit",
        "the machine is the limit",
        source,
      ),
    ],
    grants,
    nodes: { queue, function: worked.function, consumer, reader },
    outputs,
  };
}

/** A reader of a stream or of a table's changes. */
export function readerArgs(
  self: Pattern,
  spec: FeedSpec,
  from: { readonly type: "Stream" | "Table"; readonly name: pulumi.Input<string> },
  parallelism: number,
  worked: WorkedQueue,
): ReaderArgs {
  return {
    name: nameOf(self.site, self.id),
    source: from as ReaderArgs["source"],
    function: worked.function.name,
    queue: worked.queue.name,
    from: typeof spec.from === "string" ? spec.from : Date.parse(spec.from.at),
    batchSize: spec.batch.size,
    windowSeconds: spec.batch.windowSeconds,
    parallelism,
    maxDeliveries: spec.maxDeliveries,
    backoffMinSeconds: spec.backoff.minSeconds,
    backoffMaxSeconds: spec.backoff.maxSeconds,
    bisect: spec.bisect,
    maxRecordAgeSeconds: spec.maxRecordAgeSeconds,
  };
}

/** What readers of streams and of tables promise alike. */
export function feedRows(spec: FeedSpec) {
  const { from, batch } = spec;
  const start = typeof from === "string" ? from : from.at;
  const same = (property: string, value: string, why: string) => native(property, value, value, why, source);
  return [
    same("from", start, "at the first deployment; another position makes another reader"),
    same("batch", `${batch.size} in ${formatDuration(batch.windowSeconds)}`, "partial failures by record"),
    same("maxRecordAge", formatDuration(spec.maxRecordAgeSeconds), "then a dead letter, without a delivery"),
    same("redrive", "to this component only", "through its own queue, behind what was read meanwhile"),
  ];
}
