import { type Micros } from '../base/units.js';

interface Item<T> {
  readonly at: Micros;
  readonly order: number;
  readonly what: T;
}

/** Things to come, by time; of those at the same time the one noted first comes first. */
export class Agenda<T> {
  private heap: Item<T>[] = [];
  private count = 0;

  /** Notes `what` for `at`. */
  add(at: Micros, what: T): void {
    this.heap.push({ at, order: this.count++, what });
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  /** When the first thing comes, if anything does. */
  next(): Micros | undefined {
    return this.heap[0]?.at;
  }

  /** Removes and returns the first thing that comes no later than `now`. */
  take(now: Micros): { readonly at: Micros; readonly what: T } | undefined {
    const first = this.heap[0];
    if (!first || first.at > now) return undefined;
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private sink(): void {
    for (let index = 0; ;) {
      const left = index * 2 + 1;
      const child = this.isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  private isEarlier(a: number, b: number): boolean {
    const left = this.heap[a];
    const right = this.heap[b];
    if (!left || !right) return false;
    return left.at < right.at || (left.at === right.at && left.order < right.order);
  }

  private swapIfEarlier(index: number, other: number): boolean {
    const a = this.heap[index];
    const b = this.heap[other];
    if (!a || !b || !this.isEarlier(index, other)) return false;
    this.heap[index] = b;
    this.heap[other] = a;
    return true;
  }
}
