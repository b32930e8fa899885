import type { LocalCloud } from "./cloud";
import type { QueueCounters, QueueDepth } from "./message";

export interface QueueStats extends QueueDepth {
  readonly name: string;
  readonly maxDeliveries: number;
  readonly counters: QueueCounters;
  /** ms from sending to the handler's success, of the newest 4096 handled messages. */
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
}

/** What the cloud tells of itself. Never a payload. */
export interface CloudStats {
  readonly bootId: string;
  readonly faults: string;
  readonly queues: readonly QueueStats[];
  readonly functions: readonly { readonly name: string; readonly instances: number; readonly active: number }[];
  readonly apis: readonly { readonly name: string; readonly url: string; readonly active: number }[];
  readonly tables: readonly { readonly name: string; readonly items: number }[];
  readonly secrets: readonly { readonly name: string; readonly isSet: boolean }[];
}

export function statsOf(cloud: LocalCloud): CloudStats {
  return {
    bootId: cloud.bootId,
    faults: cloud.faults.describe(),
    queues: cloud.list("Queue").map(({ inputs, life }): QueueStats => {
      const latencies = cloud.find("Consumer", inputs.name)?.latencies;
      return {
        name: inputs.name,
        maxDeliveries: inputs.maxDeliveries,
        ...life.depth(),
        counters: { ...life.counters },
        p50Ms: latencies?.percentile(50),
        p99Ms: latencies?.percentile(99),
      };
    }),
    functions: cloud
      .list("Function")
      .map(({ inputs, life }) => ({ name: inputs.name, instances: life.instances, active: life.active })),
    apis: cloud.list("Api").map(({ inputs, life }) => ({ name: inputs.name, url: life.url, active: life.active })),
    tables: cloud.list("Table").map(({ inputs, life }) => ({ name: inputs.name, items: life.size })),
    secrets: cloud.list("Secret").map(({ inputs, life }) => ({ name: inputs.name, isSet: life.isSet })),
  };
}
