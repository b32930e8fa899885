/** What a blueprint's demo is given, and what it answers. Run by `npm start -- <stack> --once`. */

/** A queue's books since it was made. */
export interface QueueBooks {
  readonly handled: number;
  /** Deliveries beyond the first. */
  readonly retried: number;
  readonly duplicatesSuppressed: number;
  readonly deadLetters: readonly {
    readonly body: unknown;
    readonly error: string;
    readonly attempts: number;
    readonly traceId: string;
  }[];
}

export interface Stage {
  /** The stack's outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The same seed sends the same traffic. */
  readonly seed: number;
  /** Resolves when no message waits, runs or backs off. */
  readonly quiet: () => Promise<void>;
  /** @param component the worker's name */
  readonly books: (component: string) => QueueBooks;
}

export interface DemoReport {
  /** The table's lines: what, and how many. */
  readonly rows: readonly (readonly [string, number])[];
  /** Promises that did not hold, in words; none when the books balance. */
  readonly broken: readonly string[];
}

export type Demo = (stage: Stage) => Promise<DemoReport>;

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs tasks a few at a time. */
export async function inTurns<Item>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of waiting) await task(item);
    }),
  );
}
