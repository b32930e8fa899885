/** Parts of a local cloud as the components would make them, without the components. */
import { type BundleRequest, bundle } from "../components/core/bundle";
import { LocalCloud } from "../local";
import type { Latencies } from "../local/latencies";
import type { Side } from "./load";

export async function localCloud(): Promise<LocalCloud> {
  const cloud = new LocalCloud();
  await cloud.create("LogStore", { name: "logs", retentionDays: 1 });
  return cloud;
}

export const backoff = { backoffMinSeconds: 1, backoffMaxSeconds: 2 };

/** A queue, and a function that is made to read from it. */
export async function worked(
  cloud: LocalCloud,
  name: string,
  handler: Pick<BundleRequest, "adapter" | "code" | "exports">,
): Promise<void> {
  const made = bundle({ cloud: "local", uses: {}, idempotency: false, ...handler });
  if ("problems" in made) throw new Error("the handler is not bundled");
  const settings = { component: name, timeoutSeconds: 30, maxDeliveries: 5, backoff: { minSeconds: 1, maxSeconds: 2 } };
  await cloud.create("Queue", {
    name,
    visibilityTimeoutSeconds: 180,
    maxDeliveries: 5,
    retentionSeconds: 3600,
    maxMessageBytes: 262_144,
    deadLetterRetentionSeconds: 7200,
    ...backoff,
  });
  await cloud.create("Function", {
    name,
    code: made.text,
    codeHash: made.hash,
    environment: { SB_SETTINGS: JSON.stringify(settings) },
    timeoutSeconds: 30,
    memoryMiB: 512,
    permissions: [],
    logStore: "logs",
  });
}

export async function consumed(cloud: LocalCloud, name: string, batchSize: number, maxConcurrency: number) {
  await cloud.create("Consumer", { queue: name, function: name, batchSize, windowSeconds: 0, maxConcurrency });
}

/** A side whose handlings the cloud's own counters and latencies tell. */
export function sideOf(
  cloud: LocalCloud,
  send: (index: number) => void,
  all: () => readonly { readonly latencies: Latencies; readonly counters: { readonly handled: number } }[],
): Side {
  return {
    send,
    quiet: () => cloud.quiet(),
    listen: (tell) => {
      for (const { latencies } of all()) latencies.add = tell;
    },
    handled: () => all().reduce((total, { counters }) => total + counters.handled, 0),
  };
}
