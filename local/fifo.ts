/** A first-in-first-out list with constant-time ends; `Array.shift` moves the whole array once it is long. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const item of this.#items.slice(this.#head)) yield item as T;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Taken slots are given back once they are half of the array: each item is moved at most once for each that left.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Exchanges the first item with the one `offset` behind it. */
  swapFirst(offset: number): void {
    const other = this.#head + offset;
    if (other >= this.#items.length) return;
    const first = this.#items[this.#head];
    this.#items[this.#head] = this.#items[other];
    this.#items[other] = first;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
