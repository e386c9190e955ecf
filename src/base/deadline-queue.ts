import { micros, minus, type Micros } from './units.js';

interface Entry {
  readonly name: string;
  readonly at: Micros;
  /** When it may be taken at the earliest. */
  readonly from: Micros;
}

/**
 * Named absolute deadlines in a binary heap. Setting a name again replaces its deadline. Replaced and cleared
 * entries stay in the heap until they surface ("lazy deletion"), so set and clear are O(log n) and O(1).
 */
export class DeadlineQueue {
  private heap: Entry[] = [];
  private readonly current = new Map<string, Entry>();

  /** How many deadlines are set. */
  get size(): number {
    return this.current.size;
  }

  /**
   * Sets or replaces the deadline called `name`.
   * @param slack how much earlier takeWithin() may take it.
   */
  set(name: string, at: Micros, slack = micros(0)): void {
    const entry = { name, at, from: minus(at, slack) };
    this.current.set(name, entry);
    this.heap.push(entry);
    this.siftUp(this.heap.length - 1);
    // A deadline that is moved all the time (every advert moves one) must not leave a growing trail.
    if (this.heap.length > 64 && this.heap.length > this.current.size * 4) this.rebuild();
  }

  /** Forgets the deadline called `name`; it need not exist. */
  clear(name: string): void {
    this.current.delete(name);
  }

  /** When the deadline called `name` falls due, if it is set. */
  get(name: string): Micros | undefined {
    return this.current.get(name)?.at;
  }

  /** The earliest deadline, if any. */
  next(): Micros | undefined {
    this.dropStale();
    return this.heap[0]?.at;
  }

  /** Removes and returns the earliest deadline that is due at `now`, if one is. */
  takeDue(now: Micros): { readonly name: string; readonly at: Micros } | undefined {
    this.dropStale();
    const first = this.heap[0];
    return first && first.at <= now ? this.take(first) : undefined;
  }

  /** As takeDue, but also if `now` is within the slack of the earliest deadline: for who is awake anyway. */
  takeWithin(now: Micros): { readonly name: string; readonly at: Micros } | undefined {
    this.dropStale();
    const first = this.heap[0];
    return first && first.from <= now ? this.take(first) : undefined;
  }

  private take(first: Entry): Entry {
    this.pop();
    this.current.delete(first.name);
    return first;
  }

  private dropStale(): void {
    for (let first = this.heap[0]; first && this.current.get(first.name) !== first; first = this.heap[0]) {
      this.pop();
    }
  }

  private rebuild(): void {
    this.heap = [...this.current.values()].sort((a, b) => a.at - b.at); // a sorted array is a heap
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.siftDown();
    }
  }

  private siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  private siftDown(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const child = this.isEarlier(right, left) ? right : left;
      if (!this.swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  private isEarlier(a: number, b: number): boolean {
    const left = this.heap[a];
    const right = this.heap[b];
    return left !== undefined && right !== undefined && left.at < right.at;
  }

  private swapIfEarlier(index: number, other: number): boolean {
    const a = this.heap[index];
    const b = this.heap[other];
    if (!a || !b || a.at >= b.at) return false;
    this.heap[index] = b;
    this.heap[other] = a;
    return true;
  }
}
