import type { Clock } from "./clock";

/** A token bucket: `rate` requests a second in the long run, `burst` at once. */
export class Throttle {
  #tokens: number;
  #since: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly clock: Clock,
  ) {
    this.#tokens = burst;
    this.#since = clock.now();
  }

  /** 0 when the request may pass, else seconds until one may. */
  take(): number {
    const now = this.clock.now();
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#since) / 1000) * this.rate);
    this.#since = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.rate;
    this.#tokens -= 1;
    return 0;
  }
}
