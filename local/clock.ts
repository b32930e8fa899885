import { setImmediate as nextTurn } from "node:timers/promises";
import { Heap } from "./heap";

/** Takes a scheduled call back; harmless when it has already run. */
export type Cancel = () => void;

/** The one source of time of a local cloud. Tests turn it; everything else lets it run. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  readonly now: () => number;
  /** Runs `fn` once when `now()` has reached `at`; calls that are due together run in the order of `at`. */
  readonly schedule: (at: number, fn: () => void) => Cancel;
}

/** Longest delay that setTimeout can hold, in ms; longer waits are chained. */
const longestTimer = 2 ** 31 - 1;

/** Real time, monotonic: a change of the machine's clock moves nothing. */
export class RealClock implements Clock {
  readonly now = (): number => performance.timeOrigin + performance.now();

  readonly schedule = (at: number, fn: () => void): Cancel => {
    let timer: NodeJS.Timeout;
    // Timers may fire a fraction of a millisecond early, hence the check against `at`.
    const arm = () => {
      const wait = at - this.now();
      timer = setTimeout(() => (this.now() < at ? arm() : fn()), Math.min(longestTimer, Math.max(0, Math.ceil(wait))));
    };
    arm();
    return () => clearTimeout(timer);
  };
}

interface Due {
  readonly at: number;
  readonly fn: () => void;
  cancelled: boolean;
}

/** Time that stands still until a test turns it. */
export class TurnableClock implements Clock {
  #now: number;
  readonly #due = new Heap<Due>((a, b) => a.at - b.at);

  /** @param start ms since the epoch; by default now, so that handlers, whose threads use the machine's clock, begin at the same time */
  constructor(start = Date.now()) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly schedule = (at: number, fn: () => void): Cancel => {
    const due: Due = { at, fn, cancelled: false };
    this.#due.push(due);
    return () => {
      due.cancelled = true;
    };
  };

  /**
   * Lets `ms` pass. Calls that fall due run in order, each at its own time; what they start (promises, immediates) is
   * given a turn before the next. Work in other threads is not waited for.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await nextTurn();
    for (let due = this.#due.peek(); due && due.at <= target; due = this.#due.peek()) {
      this.#due.pop();
      if (due.cancelled) continue;
      this.#now = Math.max(this.#now, due.at);
      due.fn();
      await nextTurn();
    }
    this.#now = target;
  }

  /** When the next scheduled call falls due; undefined when there is none. */
  next(): number | undefined {
    for (let due = this.#due.peek(); due; due = this.#due.peek()) {
      if (!due.cancelled) return due.at;
      this.#due.pop();
    }
    return undefined;
  }
}
