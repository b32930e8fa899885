import { Cron } from "croner";
import type { Cancel, Clock } from "./clock";
import type { Queue } from "./queue";

export interface TimerSettings {
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Puts a message into a queue at every minute that a cron expression names. A minute that nobody was there for is gone. */
export class Timer {
  #cancel: Cancel = () => undefined;
  ticks = 0;

  constructor(
    private settings: TimerSettings,
    private readonly queue: Queue,
    private readonly clock: Clock,
  ) {
    this.#arm();
  }

  configure(settings: TimerSettings): void {
    this.settings = settings;
    this.#cancel();
    this.#arm();
  }

  /** When it rings next; undefined when it never will. */
  get next(): Date | undefined {
    const { cron, timeZone } = this.settings;
    return (
      new Cron(cron, { mode: "5-part", timezone: timeZone, paused: true }).nextRun(new Date(this.clock.now())) ??
      undefined
    );
  }

  /** A run for the present minute, beside those of the expression. */
  ring(): void {
    const minute = new Date(this.clock.now());
    minute.setUTCSeconds(0, 0);
    this.#tick(minute);
  }

  close(): void {
    this.#cancel();
  }

  #arm(): void {
    const next = this.next;
    if (!next) return;
    this.#cancel = this.clock.schedule(next.getTime(), () => {
      this.#tick(next);
      this.#arm();
    });
  }

  #tick(minute: Date): void {
    this.ticks++;
    this.queue.send(JSON.stringify({ scheduledFor: minute.toISOString() }));
  }
}
