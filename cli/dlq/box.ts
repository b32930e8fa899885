/** Dead letters, the same on every cloud: what one is, and what can be done with those of a component. */

export interface DeadLetter {
  readonly id: string;
  /** As it was sent; JSON, where senders are the project's own. */
  readonly body: string;
  /** Name and message of what the last delivery failed with; empty where the cloud itself gave up and said nothing. */
  readonly error: string;
  readonly attempts: number;
  readonly traceparent: string | undefined;
  /** ms since the epoch; undefined where the cloud does not tell. */
  readonly firstSentAt: number | undefined;
  readonly deadAt: number | undefined;
  /** How often it had been sent back before; undefined where nobody counts. */
  readonly redrives: number | undefined;
  /** Its place in an order, where there is one. */
  readonly key: string | undefined;
}

/** A dead letter in hand: nobody else gets it until it is given back, or the cloud takes it back after a while. */
export interface Held {
  readonly letter: DeadLetter;
  /** Sends it to its component's queue as it was; its deliveries count from 1 again. It stays here until `remove`. */
  readonly sendBack: () => Promise<void>;
  readonly remove: () => Promise<void>;
  readonly giveBack: () => Promise<void>;
}

/** The dead letters of one component. */
export interface DeadLetterBox {
  readonly component: string;
  /** The next ones, oldest first as far as the cloud keeps order; none when there are no others. */
  readonly take: (max: number) => Promise<readonly Held[]>;
  /** Sent back a second where no rate is asked for; undefined: as fast as it goes. */
  readonly defaultRate: number | undefined;
}

/** Letters held at most: what fits the time for which every cloud leaves them in hand. */
const mostHeld = 1000;
const batch = 10;

/** Holds what there is, runs `work` with it, and gives back whatever `work` did not remove. */
export async function holding<Result>(
  box: DeadLetterBox,
  limit: number,
  work: (held: readonly Held[]) => Promise<{ readonly result: Result; readonly removed: ReadonlySet<Held> }>,
): Promise<Result> {
  const held: Held[] = [];
  // Another letter of an id that is held, or the same one come again: not shown twice.
  const repeats: Held[] = [];
  const most = Math.min(limit, mostHeld);
  let removed: ReadonlySet<Held> = new Set();
  try {
    const known = new Set<string>();
    while (held.length < most) {
      const next = await box.take(Math.min(batch, most - held.length));
      const fresh = next.filter(({ letter }) => !known.has(letter.id));
      held.push(...fresh);
      repeats.push(...next.filter((one) => !fresh.includes(one)));
      if (fresh.length === 0) break;
      for (const { letter } of fresh) known.add(letter.id);
    }
    const done = await work(held);
    removed = done.removed;
    return done.result;
  } finally {
    const gone = new Set([...removed].map(({ letter }) => letter.id));
    for (const one of [...held, ...repeats]) if (!gone.has(one.letter.id)) await one.giveBack();
  }
}
