/** What may go wrong, each with its probability from 0 (never) to 1 (always). */
export interface FaultPlan {
  /** Repeats everything that happens: the same seed and the same calls give the same faults. */
  readonly seed: number;
  /** A message is delivered once more than it should be, maybe after it was handled. */
  readonly duplicate?: number;
  /** A sent message becomes visible only after up to `delaySeconds`. */
  readonly delay?: number;
  readonly delaySeconds?: number;
  /** A message is overtaken by a later one. */
  readonly reorder?: number;
  /** The instance that runs a call dies, before the handler or after it. */
  readonly crash?: number;
  /** The platform refuses to run a call; the delivery counts, as on AWS. */
  readonly throttle?: number;
}

export type CrashPoint = "before" | "after";

/** Faults drawn from a seed. Without a plan nothing ever goes wrong. */
export class Faults {
  static readonly none = new Faults();
  #state: number;

  constructor(readonly plan?: FaultPlan) {
    this.#state = (plan?.seed ?? 0) >>> 0;
  }

  duplicate(): boolean {
    return this.#happens(this.plan?.duplicate);
  }

  /** Milliseconds that a sent message stays hidden. */
  delayMs(): number {
    return this.#happens(this.plan?.delay) ? Math.ceil(this.#draw() * (this.plan?.delaySeconds ?? 5) * 1000) : 0;
  }

  /** How many places behind the first the next message is taken from, at most `reach`. */
  reorder(reach: number): number {
    return reach > 0 && this.#happens(this.plan?.reorder) ? 1 + Math.floor(this.#draw() * reach) : 0;
  }

  crash(): CrashPoint | undefined {
    if (!this.#happens(this.plan?.crash)) return undefined;
    return this.#draw() < 0.5 ? "before" : "after";
  }

  throttle(): boolean {
    return this.#happens(this.plan?.throttle);
  }

  /** One line for a log, so that a failure can be replayed. */
  describe(): string {
    if (!this.plan) return "faults: none";
    const { seed, ...rest } = this.plan;
    const chances = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
    return `faults: seed=${seed} ${chances.join(" ")}`.trim();
  }

  #happens(probability: number | undefined): boolean {
    return probability !== undefined && probability > 0 && this.#draw() < probability;
  }

  /** mulberry32: a small generator whose whole state is 32 bits. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
