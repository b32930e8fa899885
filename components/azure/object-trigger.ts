import * as eventgrid from "@pulumi/azure-native/eventgrid";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ObjectTriggerOutputs, ObjectTriggerSpec } from "../object-trigger";
import { deliveryFrom, sourceOf } from "./event-bus";
import { undeliveredRow } from "./subscription";
import { deliveryRows, sendTo, type WorkedQueueNodes, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface ObjectTriggerParts extends WorkedQueueParts {
  eventSubscription: eventgrid.SystemTopicEventSubscriptionArgs;
}

export interface ObjectTriggerNodes extends WorkedQueueNodes {
  eventSubscription: eventgrid.SystemTopicEventSubscription;
}

/**
 * Event types, and the calls behind them that are the whole change: others tell of the same upload before it is complete.
 * https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 */
const told = {
  created: { type: "Microsoft.Storage.BlobCreated", calls: ["PutBlob", "PutBlockList", "FlushWithClose", "CopyBlob"] },
  deleted: { type: "Microsoft.Storage.BlobDeleted", calls: ["DeleteBlob", "DeleteFile"] },
};

export function objectTrigger(
  self: Pattern<"ObjectTrigger">,
  spec: ObjectTriggerSpec,
): Realization<ObjectTriggerOutputs> {
  const { bucket, on, prefix, suffix } = spec;
  const { container } = bucket.nodes.azure ?? {};
  if (!container) throw new Error(`the bucket "${bucket.id}" is not one of azure`);
  const source = sourceOf(bucket);
  const shape = shaper<ObjectTriggerParts>(spec.transform?.azure);
  const begin = plainStart(prefix);
  const end = plainEnd(suffix);
  const { nodes, grants, outputs } = workedQueue(self, { spec, settings: { on, prefix, suffix }, shape });
  const { args, dependsOn, grant } = deliveryFrom(
    self,
    source,
    { endpointType: "ServiceBusQueue", resourceId: nodes.queue.id },
    sendTo(nodes.queue),
  );
  const eventSubscription = new eventgrid.SystemTopicEventSubscription(
    self.id,
    shape("eventSubscription", {
      ...args,
      systemTopicName: source.topic,
      filter: {
        includedEventTypes: on.map((one) => told[one].type),
        isSubjectCaseSensitive: true,
        subjectBeginsWith: pulumi.interpolate`/blobServices/default/containers/${container.name}/blobs/${begin}`,
        ...(end === "" ? {} : { subjectEndsWith: end }),
        advancedFilters: [{ operatorType: "StringIn", key: "data.api", values: on.flatMap((one) => told[one].calls) }],
      },
    }),
    self.child({ dependsOn }),
  );
  return {
    contract: [
      ...deliveryRows(self, spec),
      native(
        "on",
        on.join(", "),
        on.join(", "),
        on.includes("deleted")
          ? "expiry counts as a deletion; Azure does not say whether the removal of an old version is told too"
          : "once an upload is complete",
        "Event Grid Blob Storage events",
      ),
      keyRow("prefix", prefix, begin),
      keyRow("suffix", suffix, end),
      native(
        "order",
        "none asked",
        "none",
        "the sequencer tells the newer of two changes of one key",
        "Blob Storage events: sequencer",
      ),
      undeliveredRow,
    ],
    grants: [...grants, grant],
    nodes: { ...nodes, eventSubscription } satisfies ObjectTriggerNodes,
    outputs,
  };
}

/** Longest part of a key that the service is asked to compare. */
const longest = 200;

/**
 * How a subject spells characters beyond these is not documented: only what is plain is compared by the service, and
 * the adapter compares the whole.
 */
const plainStart = (prefix: string) => (/^[A-Za-z0-9._/-]*/.exec(prefix)?.[0] ?? "").slice(0, longest);
const plainEnd = (suffix: string) => (/[A-Za-z0-9._/-]*$/.exec(suffix)?.[0] ?? "").slice(-longest);

function keyRow(property: string, asked: string, compared: string): ContractRow {
  const by = "Event Grid subject filters";
  if (asked === compared)
    return native(property, asked || "none asked", asked || "all", "by the service, and again by the adapter", by);
  return emulated(property, asked, asked, `by the adapter: the service compares ${JSON.stringify(compared)} only`, by);
}
