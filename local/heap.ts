/** A binary heap: the least element first, equal ones in the order they came. */
export class Heap<T> {
  readonly #nodes: { readonly value: T; readonly seq: number }[] = [];
  #seq = 0;

  /** @param order negative when the first argument comes first */
  constructor(private readonly order: (a: T, b: T) => number) {}

  get size(): number {
    return this.#nodes.length;
  }

  peek(): T | undefined {
    return this.#nodes[0]?.value;
  }

  push(value: T): void {
    const nodes = this.#nodes;
    let at = nodes.length;
    const node = { value, seq: this.#seq++ };
    nodes.push(node);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = nodes[up];
      if (parent === undefined || !this.#before(node, parent)) break;
      nodes[at] = parent;
      at = up;
    }
    nodes[at] = node;
  }

  pop(): T | undefined {
    const nodes = this.#nodes;
    const top = nodes[0];
    const last = nodes.pop();
    if (top === undefined || last === undefined || nodes.length === 0) return top?.value;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let child = nodes[down];
      if (child === undefined) break;
      const right = nodes[down + 1];
      if (right !== undefined && this.#before(right, child)) {
        down += 1;
        child = right;
      }
      if (!this.#before(child, last)) break;
      nodes[at] = child;
      at = down;
    }
    nodes[at] = last;
    return top.value;
  }

  /** Drops every element for which `keep` is false. */
  retain(keep: (value: T) => boolean): void {
    const kept = this.#nodes.filter(({ value }) => keep(value));
    kept.sort((a, b) => this.order(a.value, b.value) || a.seq - b.seq); // a sorted array is a heap
    this.#nodes.length = 0;
    for (const node of kept) this.#nodes.push(node);
  }

  #before(a: { value: T; seq: number }, b: { value: T; seq: number }): boolean {
    const order = this.order(a.value, b.value);
    return order < 0 || (order === 0 && a.seq < b.seq);
  }
}
