import * as eventhub from "@pulumi/azure-native/eventhub";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { StreamOutputs, StreamSpec } from "../stream";
import { provide } from "./access";
import {
  type AzureFoundation,
  diagnostics,
  foundationOf,
  globalName,
  keyUsable,
  sharedPart,
  stackKey,
} from "./foundation";

const hour = 3600;

/**
 * Bytes of a record that its dead letter can hold on Service Bus Standard, beside cause and trace: `given` is what a
 * stream takes where as much as `asked`, the portable most, is asked for.
 */
export const largestGrave = { asked: 262_144, given: 262_144 - 8192 };

export function stream(self: Pattern<"Stream">, spec: StreamSpec): Realization<StreamOutputs> {
  const { site } = self;
  const { key, partitions } = spec;
  if (typeof partitions !== "number") throw new Error("the neutral stream has refused partitions=on-demand");
  const { namespace, endpoint } = hubsOf(site);
  const maxRecordBytes = buriable(self, spec.maxRecordBytes);
  const hours = Math.ceil(spec.retentionSeconds / hour);
  const hub = new eventhub.EventHub(
    self.id,
    shaper(spec.transform?.azure)("hub", {
      resourceGroupName: foundationOf(site).group.name,
      namespaceName: namespace.name,
      eventHubName: self.id,
      partitionCount: partitions,
      retentionDescription: { cleanupPolicy: "Delete", retentionTimeInHours: hours },
    }),
    self.child({ stateful: true }),
  );
  provide(self, () => ({
    config: { namespace: endpoint, hub: hub.name, key, maxRecordBytes },
    permissions: [{ role: "eventHubsSender", scope: hub.id }],
  }));
  return {
    contract: [
      native("key", key, key, "the partition key; its hash chooses the partition", "Event Hubs partitions"),
      native(
        "partitions",
        String(partitions),
        String(partitions),
        "fixed when the hub is made; the stack's hubs share the namespace's throughput",
        "Event Hubs partitions",
      ),
      native(
        "retention",
        formatDuration(spec.retentionSeconds),
        formatDuration(hours * hour),
        "in whole hours",
        "Event Hubs retentionTimeInHours",
      ),
      emulated(
        "maxRecordBytes",
        `${spec.maxRecordBytes} bytes`,
        `${maxRecordBytes} bytes`,
        maxRecordBytes < spec.maxRecordBytes
          ? "checked by the client before it sends: a dead letter must fit into 256 KB of the Standard tier with its cause"
          : "checked by the client before it sends",
        "Event Hubs quotas",
      ),
      native(
        "encryption",
        site.dataClass,
        site.dataClass === "internal" ? "Microsoft's keys" : "the stack's key in Key Vault",
        site.dataClass === "internal" ? "Standard tier" : "Premium tier, billed by the hour",
        "Event Hubs customer-managed keys",
      ),
    ],
    grants: [],
    nodes: { namespace, hub },
    outputs: { stream: hub.name },
  };
}

/** Records that nobody could bury are not taken; where more than the portable most is asked for, processors are refused. */
function buriable({ site }: Pattern, asked: number): number {
  return site.dataClass === "internal" && asked <= largestGrave.asked ? Math.min(asked, largestGrave.given) : asked;
}

/** The namespace of all hubs, and its host name. */
export function hubsOf(site: Site): {
  readonly namespace: eventhub.Namespace;
  readonly endpoint: pulumi.Output<string>;
} {
  const namespace = sharedPart(site, "event-hubs", eventHubs);
  return { namespace, endpoint: pulumi.interpolate`${namespace.name}.servicebus.windows.net` };
}

/** Throughput units that a Standard namespace grows to by itself: 1 MB a second in each, and 2 MB out. */
const mostThroughputUnits = 20;

/** One namespace a stack: Premium from confidential up, since only Premium takes a key of the customer's. */
function eventHubs(base: AzureFoundation): eventhub.Namespace {
  const { self, shape, group, customerKey } = base;
  const name = `${self.id}-hubs`;
  const tier = customerKey ? "Premium" : "Standard";
  const namespace = new eventhub.Namespace(
    name,
    shape("hubNamespace", {
      resourceGroupName: group.name,
      namespaceName: globalName(self, group, "hubs", { max: 50 }),
      sku: { name: tier, tier, capacity: 1 },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      tags: { ...self.site.tags },
      ...(customerKey
        ? stackKey.ofMessaging(customerKey)
        : { isAutoInflateEnabled: true, maximumThroughputUnits: mostThroughputUnits }),
    }),
    self.child({ stateful: true, dependsOn: [...keyUsable(base)] }),
  );
  diagnostics(self, name, namespace.id, base);
  return namespace;
}
