import type { Cancel, Clock } from "./clock";

/** One pending call of one function, however many reasons there are for it. */
export class Alarm {
  #pending: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Rings at `at`, or earlier when it is set to earlier already. */
  setIfEarlier(at: number): void {
    if (this.#pending && this.#pending.at <= at) return;
    this.#set(at);
  }

  setIfNone(at: number): void {
    if (!this.#pending) this.#set(at);
  }

  cancel(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
  }

  #set(at: number): void {
    this.cancel();
    const cancel = this.clock.schedule(at, () => {
      this.#pending = undefined;
      this.ring();
    });
    this.#pending = { at, cancel };
  }
}
