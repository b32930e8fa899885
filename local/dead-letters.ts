import { Alarm } from "./alarm";
import type { Clock } from "./clock";

/** A message that will not be delivered again, with the reason. Times in ms since the epoch. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** Name and message of what the last delivery failed with. */
  readonly error: string;
  readonly attempts: number;
  readonly traceparent: string | undefined;
  readonly firstSentAt: number;
  readonly deadAt: number;
  /** How often it had been sent back before. */
  readonly redrives: number;
  /** Its place in the order, where there is one. */
  readonly key?: string | undefined;
}

/** A queue's dead letters, oldest first, each kept for the retention from the moment it died. */
export class DeadLetters {
  readonly #letters = new Map<string, DeadLetter>();
  readonly #expiry: Alarm;
  /** Dropped because their retention was over. */
  dropped = 0;

  constructor(
    private readonly clock: Clock,
    private retentionSeconds: number,
  ) {
    this.#expiry = new Alarm(clock, () => this.#dropDue());
  }

  get size(): number {
    return this.#letters.size;
  }

  configure(retentionSeconds: number): void {
    this.retentionSeconds = retentionSeconds;
    this.#dropDue();
  }

  add(letter: DeadLetter): void {
    this.#letters.set(letter.id, letter);
    this.#expiry.setIfNone(letter.deadAt + this.retentionSeconds * 1000);
  }

  get(id: string): DeadLetter | undefined {
    return this.#letters.get(id);
  }

  /** Oldest first, at most `limit`. */
  list(limit = Number.POSITIVE_INFINITY): DeadLetter[] {
    const letters: DeadLetter[] = [];
    for (const letter of this.#letters.values()) {
      if (letters.length >= limit) break;
      letters.push(letter);
    }
    return letters;
  }

  /** Removes and returns the named letters, those that exist; all without `ids`. */
  take(ids?: readonly string[]): DeadLetter[] {
    const taken = ids ? [...new Set(ids)].flatMap((id) => this.#letters.get(id) ?? []) : [...this.#letters.values()];
    for (const { id } of taken) this.#letters.delete(id);
    return taken;
  }

  close(): void {
    this.#expiry.cancel();
  }

  #dropDue(): void {
    const retention = this.retentionSeconds * 1000;
    this.#expiry.cancel();
    for (const { id, deadAt } of this.#letters.values()) {
      if (deadAt + retention > this.clock.now()) {
        this.#expiry.setIfNone(deadAt + retention);
        return;
      }
      this.#letters.delete(id);
      this.dropped++;
    }
  }
}
