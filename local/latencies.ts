/** The newest durations, for percentiles; what is older has no say. */
export class Latencies {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity = 4096) {
    this.#values = new Float64Array(capacity);
  }

  add(ms: number): void {
    this.#values[this.#count++ % this.#values.length] = ms;
  }

  /** By nearest rank, in ms with one decimal; undefined before the first value. */
  percentile(percent: number): number | undefined {
    const known = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    const value = known[Math.max(0, Math.ceil((percent / 100) * known.length) - 1)];
    return value === undefined ? undefined : Math.round(value * 10) / 10;
  }
}
