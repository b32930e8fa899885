/** `npm run replay`: what a bus has archived, once more and marked, to one subscription. */
import { componentOf, type State, stateOf } from "../deployed/state";
import { UsageError } from "../failure";
import type { Stack } from "../project";

/** Of what was published from `from` on and before `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

export interface Replay extends Period {
  /** Told to the handler as the event's `replay`. */
  readonly name: string;
}

/** A deployed subscription, and the bus that it listens to. */
export interface Listener {
  readonly subscription: string;
  readonly bus: string;
  /** Types that its handler knows: others are not sent to it. */
  readonly types: readonly string[];
  /** Outputs: the bus's address, and the subscription's own queue. */
  readonly busAddress: string;
  readonly queue: string;
  readonly resource: State["resource"];
}

export async function replay(stack: Stack, subscription: string, asked: Replay): Promise<string> {
  if (asked.from >= asked.to) throw new UsageError("--from is not before --to", "exchange them");
  const cloud = stack.config["serverless-blueprints:cloud"];
  if (cloud === "local")
    return (require("./local") as typeof import("./local")).replayLocal(stack, subscription, asked);
  const listener = listenerOf(await stateOf(stack), subscription);
  if (cloud === "aws") return (require("./aws") as typeof import("./aws")).replayAws(listener, asked);
  if (cloud === "azure") return (require("./azure") as typeof import("./azure")).replayAzure(listener, asked);
  return (require("./gcp") as typeof import("./gcp")).replayGcp(listener, asked);
}

export function listenerOf(state: State, subscription: string): Listener {
  const { outputs } = componentOf(state, subscription, "subscription", ({ kind }) => kind === "Subscription");
  const bus = String(outputs.bus);
  const at = componentOf(state, bus, "bus", ({ kind }) => kind === "EventBus");
  const properties = (at.outputs.contract ?? []) as readonly { readonly property: string; readonly asked: string }[];
  if (properties.some(({ property, asked }) => property === "archive" && asked === "none asked"))
    throw new UsageError(`bus "${bus}" keeps no archive`, "set archive on it; what was published before is gone");
  return {
    subscription,
    bus,
    types: (outputs.types ?? []) as readonly string[],
    busAddress: String(at.outputs.bus),
    queue: String(outputs.queue),
    resource: state.resource,
  };
}

export const counted = (count: number, { subscription }: Pick<Listener, "subscription">) =>
  `${count} ${count === 1 ? "event" : "events"} sent to ${subscription} again.`;
