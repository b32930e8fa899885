import type { Clock } from "./clock";
import { Fifo } from "./fifo";

export interface LogLine {
  /** ms since the epoch. */
  readonly at: number;
  /** Which function or API wrote it. */
  readonly source: string;
  readonly text: string;
}

/** Lines kept at most, so that a chatty handler cannot fill the memory. */
const capacity = 10_000;
/** Characters kept of a line. */
const longest = 16_384;

/** Log lines of functions and APIs, kept for the retention, the newest `capacity` of them. */
export class LogStore {
  readonly #lines = new Fifo<LogLine>();

  constructor(
    readonly name: string,
    private retentionDays: number,
    private readonly clock: Clock,
  ) {}

  configure(retentionDays: number): void {
    this.retentionDays = retentionDays;
    this.#drop();
  }

  append(source: string, text: string): void {
    this.#lines.push({
      at: this.clock.now(),
      source,
      text: text.length > longest ? `${text.slice(0, longest)}…` : text,
    });
    if (this.#lines.size > capacity) this.#lines.shift();
  }

  /** Oldest first; the last `limit`. */
  read(filter: { readonly source?: string; readonly limit?: number } = {}): LogLine[] {
    this.#drop();
    const { source, limit = capacity } = filter;
    const lines = [...this.#lines].filter((line) => source === undefined || line.source === source);
    return lines.slice(-limit);
  }

  #drop(): void {
    const oldest = this.clock.now() - this.retentionDays * 86_400_000;
    for (let first = this.#lines.first; first && first.at <= oldest; first = this.#lines.first) this.#lines.shift();
  }
}
