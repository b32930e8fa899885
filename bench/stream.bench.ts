/** A local stream of eight partitions with a processor beside bare arrays, and beside bare threads that are sent its batches. */
import { code } from "../components/core/code";
import { apart } from "./apart";
import * as bare from "./bare";
import { backoff, localCloud, sideOf, worked } from "./deployed";
import type { Figure } from "./figure";
import { type Flow, type Load, load, loadFigures, rounds, type Side } from "./load";

const partitions = 8;
const flow: Flow = { burst: 20_000, each10Ms: 10, handlings: 1 };
const reader = code<typeof import("../test/fixtures/quiet-reader")>(__dirname, "../test/fixtures/quiet-reader");
const texts = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ sensor: `sensor-${index}`, value: index }));
const reading = "contracts.Reading.safeParse(JSON.parse(text))";
const text = (index: number) => texts[index % texts.length] ?? "";

export const local = (batchSize: number): Promise<Load> => load(() => localStream(batchSize), flow);
export const arrays = (batchSize: number): Promise<Load> =>
  load(async () => bare.arrays(partitions, batchSize, text), flow);
export const threads = (batchSize: number): Promise<Load> =>
  load(() => bare.threads(partitions, batchSize, (index) => [index % partitions], text, reading), flow);

async function localStream(batchSize: number): Promise<Side> {
  const cloud = await localCloud();
  const name = "readings";
  await cloud.create("Stream", { name, partitions, retentionSeconds: 86_400, maxRecordBytes: 262_144 });
  await worked(cloud, name, { adapter: "stream-processor", code: reader, exports: ["schema"] });
  await cloud.create("Reader", {
    name,
    source: { type: "Stream", name },
    function: name,
    queue: name,
    from: "oldest",
    batchSize,
    windowSeconds: 0,
    parallelism: 1,
    maxDeliveries: 5,
    bisect: true,
    maxRecordAgeSeconds: 86_400,
    ...backoff,
  });
  const stream = cloud.find("Stream", name);
  if (!stream) throw new Error("there is no stream");
  const all = () =>
    cloud.list("Reader").map(({ life }) => ({ latencies: life.latencies, counters: life.reader.counters }));
  return sideOf(cloud, (index) => stream.put(`sensor-${index % texts.length}`, text(index)), all);
}

export async function measure(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const batchSize of [1, 100]) {
    const of = (name: string) => () => apart<Load>(__filename, name, batchSize);
    const [ours, inArrays, inThreads] = await rounds(3, [of("local"), of("arrays"), of("threads")]);
    figures.push(
      ...loadFigures(`records a second, batch of ${batchSize}`, ours, [
        { name: "bare arrays, setImmediate", ...inArrays },
        { name: "eight bare threads", ...inThreads },
      ]),
    );
  }
  return figures;
}
