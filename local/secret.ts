import { LocalCloudError } from "./errors";

/** A secret's value, set by an operator and read by functions that may. Nothing else shows it. */
export class Secret {
  #value: string | undefined;

  constructor(readonly name: string) {}

  get isSet(): boolean {
    return this.#value !== undefined;
  }

  set(value: string): void {
    this.#value = value;
  }

  read(): string {
    if (this.#value === undefined) {
      throw new LocalCloudError(
        "NotFound",
        `secret "${this.name}" has no value yet; set one over the local cloud's admin API`,
      );
    }
    return this.#value;
  }
}
