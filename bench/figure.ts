/** How figures are taken and shown: both sides in the same run, in turns, and their ratio. */

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** The peer or the bare baseline measured beside it; absent where there is none. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** What the ratio, or without a peer the value, is meant to stay below. */
  readonly aim?: number;
  readonly note?: string;
}

/** Medians of several rounds, the sides taking turns so that both meet the same noise. */
export async function inTurn(rounds: number, sides: readonly (() => Promise<number> | number)[]): Promise<number[]> {
  const taken: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) taken[index]?.push(await side());
  }
  return taken.map(median);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds. */
export async function time(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export function show({ what, unit, ours, peer, aim, note }: Figure): string[] {
  const ratio = peer ? ours / peer.value : undefined;
  const held = aim === undefined ? "" : `${(ratio ?? ours) <= aim ? "within" : "ABOVE"} ${aim}`;
  return [
    what,
    `${format(ours)} ${unit}`,
    peer ? `${peer.name} ${format(peer.value)} ${unit}` : "",
    ratio === undefined ? "" : `x${ratio.toFixed(2)}`,
    held,
    note ?? "",
  ];
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
