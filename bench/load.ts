/** The same load on every side: a warm-up, a steady flow for the times, then bursts for the rate and what they leave in memory. */
import { type Figure, median, time } from "./figure";

export interface Side {
  /** Sends one item more. */
  readonly send: (index: number) => void;
  /** Resolves when all that was sent is handled by all. */
  readonly quiet: () => Promise<unknown>;
  /** From now on, `tell` hears the ms from sending to handled, once for each handling. */
  readonly listen: (tell: (ms: number) => void) => void;
  /** How many handlings there have been, so that nothing is counted that was not done. */
  readonly handled: () => number;
}

export interface Flow {
  readonly burst: number;
  /** Items in 10 ms of the steady flow, which lasts 5 s. */
  readonly each10Ms: number;
  /** Handlings of one item. */
  readonly handlings: number;
}

export interface Load {
  /** Items a second, handled by all. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** MiB of resident memory that the side and the load added to its process. */
  readonly resident: number;
  /** Bytes of heap that stay for each item of the bursts, after collection. */
  readonly kept: number;
}

const bursts = 4;
const ticks = 500;

export async function load(make: () => Promise<Side>, { burst, each10Ms, handlings }: Flow): Promise<Load> {
  const before = memory().rss;
  const side = await make();
  let sent = 0;
  const send = (count: number) => {
    for (const end = sent + count; sent < end; sent++) side.send(sent);
  };
  send(burst / 10);
  await side.quiet();

  const times: number[] = [];
  side.listen((ms) => times.push(ms));
  for (let tick = 0; tick < ticks; tick++) {
    send(each10Ms);
    await new Promise((next) => setTimeout(next, 10));
  }
  await side.quiet();
  side.listen(() => undefined);
  times.sort((a, b) => a - b);

  const rates: number[] = [];
  let heap = 0;
  for (let round = 0; round < bursts; round++) {
    const took = await time(async () => {
      send(burst);
      await side.quiet();
    });
    if (round === 0) heap = memory().heapUsed;
    else rates.push(burst / (took / 1000));
  }
  if (side.handled() !== sent * handlings) throw new Error(`${side.handled()} of ${sent * handlings} were handled`);
  const after = memory();
  return {
    rate: median(rates),
    p50: times[Math.floor(times.length / 2)] ?? Number.NaN,
    p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    resident: (after.rss - before) / 2 ** 20,
    kept: Math.max(0, after.heapUsed - heap) / (burst * (bursts - 1)),
  };
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}

/** Loads of all sides, which take turns: the median of each figure. */
export async function rounds<const Sides extends readonly (() => Promise<Load>)[]>(
  count: number,
  sides: Sides,
): Promise<{ [Side in keyof Sides]: Load }> {
  const taken: Load[][] = sides.map(() => []);
  for (let round = 0; round < count; round++) {
    for (const [index, side] of sides.entries()) taken[index]?.push(await side());
  }
  return taken.map((runs) => {
    const of = (key: keyof Load) => median(runs.map((run) => run[key]));
    return { rate: of("rate"), p50: of("p50"), p99: of("p99"), resident: of("resident"), kept: of("kept") };
  }) as { [Side in keyof Sides]: Load };
}

/** Memory below this, in MiB or bytes an item, is of a collection that came sooner or later. */
const noise = 1;

/** Every figure of a load beside each peer; memory beside those that have any to compare. */
export function loadFigures(what: string, ours: Load, peers: readonly (Load & { readonly name: string })[]): Figure[] {
  const rows: readonly (readonly [key: keyof Load, what: string, unit: string])[] = [
    ["rate", what, "/s"],
    ["p50", "sent to handled, p50 at a steady flow", "ms"],
    ["p99", "the same, p99", "ms"],
    ["resident", "resident memory that it adds", "MiB"],
    ["kept", "heap that stays, for each one sent", "bytes"],
  ];
  return rows.flatMap(([key, row, unit]) => {
    const compared = peers.filter((peer) => (key !== "resident" && key !== "kept") || peer[key] > noise);
    const figure = { what: row, unit, ours: ours[key] };
    if (compared.length === 0) return [figure];
    return compared.map((peer) => ({ ...figure, peer: { name: peer.name, value: peer[key] } }));
  });
}
