/** The local bus with ten subscriptions beside an EventEmitter, and beside bare threads that an event is sent to. */
import { code } from "../components/core/code";
import { cloudEvent } from "../runtime/event";
import { ThingMade } from "../test/fixtures/happenings";
import { apart } from "./apart";
import * as bare from "./bare";
import { consumed, localCloud, sideOf, worked } from "./deployed";
import type { Figure } from "./figure";
import { type Flow, type Load, load, loadFigures, rounds, type Side } from "./load";

const subscriptions = 10;
const flow: Flow = { burst: 2000, each10Ms: 1, handlings: subscriptions };
const onEvent = code<typeof import("../test/fixtures/quiet-triggered"), "onEvent">(
  __dirname,
  "../test/fixtures/quiet-triggered",
  "onEvent",
);
const texts = Array.from({ length: 1000 }, (_, index) =>
  JSON.stringify(cloudEvent(ThingMade, { id: `thing-${index}`, size: index % 10 })),
);
const reading = "contracts.ThingMade.data.safeParse(JSON.parse(text).data)";
const text = (index: number) => texts[index % texts.length] ?? "";
const names = Array.from({ length: subscriptions }, (_, number) => `sub-${number}`);

export const local = (): Promise<Load> => load(localBus, flow);
export const emitter = (): Promise<Load> => load(async () => bare.emitter(subscriptions, text), flow);
export const threads = (): Promise<Load> =>
  load(() => bare.threads(subscriptions, 1, () => [...names.keys()], text, reading), flow);

async function localBus(): Promise<Side> {
  const cloud = await localCloud();
  await cloud.create("Bus", { name: "bus", maxEventBytes: 262_144, archiveSeconds: 0, ordered: false });
  for (const name of names) {
    await worked(cloud, name, { adapter: "subscription", code: onEvent, exports: ["events"] });
    await consumed(cloud, name, 1, 10);
    const filter = { field: "data.size", min: 0 };
    await cloud.create("Subscription", { name, bus: "bus", queue: name, types: [ThingMade.type], filter });
  }
  const bus = cloud.find("Bus", "bus");
  if (!bus) throw new Error("there is no bus");
  const all = () =>
    cloud.list("Consumer").map(({ life }) => ({ latencies: life.latencies, counters: life.consumer.queue.counters }));
  return sideOf(cloud, (index) => bus.publish(text(index)), all);
}

export async function measure(): Promise<readonly Figure[]> {
  const of = (name: string) => () => apart<Load>(__filename, name);
  const [ours, inTurn, inThreads] = await rounds(3, [of("local"), of("emitter"), of("threads")]);
  return loadFigures("events a second, each handled by ten", ours, [
    { name: "EventEmitter, setImmediate", ...inTurn },
    { name: "ten bare threads", ...inThreads },
  ]);
}
