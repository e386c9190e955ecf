import { assert } from './assert.js';
import { micros, minus, type Micros } from './units.js';

interface Entry {
  readonly name: string;
  at: Micros;
  /** When it may be taken at the earliest. */
  from: Micros;
  /** False once it was replaced, cleared or taken. */
  isSet: boolean;
}

/** Children of a node. Those of one node are neighbours in memory: with thousands of deadlines that is what counts. */
const ARITY = 4;
const SMALLEST = 16;
/** So many that were taken are kept at least, for their next time. */
const SPARES = 64;

/**
 * Named absolute deadlines in a heap. Setting a name again replaces its deadline. Replaced and cleared
 * entries stay in the heap until they surface ("lazy deletion"), so set and clear are O(log n) and O(1). What was taken is
 * kept for the next time that its name is set: those that come again and again leave no garbage.
 */
export class DeadlineQueue {
  private readonly heap: Entry[] = [];
  /** When each entry of the heap is due, at the same index: comparing visits no entry. */
  private due = new Float64Array(SMALLEST);
  /** Those that are set, and some that were taken and are out of the heap. */
  private readonly entries = new Map<string, Entry>();
  private count = 0;

  /** How many deadlines are set. */
  get size(): number {
    return this.count;
  }

  /**
   * Sets or replaces the deadline called `name`.
   * @param slack how much earlier takeWithin() may take it.
   */
  set(name: string, at: Micros, slack = micros(0)): void {
    const entry = this.freshEntry(name);
    entry.at = at;
    entry.from = minus(at, slack);
    entry.isSet = true;
    this.count += 1;
    this.push(entry);
    // A deadline that is moved all the time (every advert moves one) must not leave a growing trail.
    if (this.heap.length > 64 && this.heap.length > this.count * 4) this.rebuild();
  }

  /** Forgets the deadline called `name`; it need not exist. */
  clear(name: string): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    this.unset(entry);
    this.entries.delete(name);
  }

  /** When the deadline called `name` falls due, if it is set. */
  get(name: string): Micros | undefined {
    const entry = this.entries.get(name);
    return entry?.isSet === true ? entry.at : undefined;
  }

  /** The earliest deadline, if any. */
  next(): Micros | undefined {
    return this.first()?.at;
  }

  /** Removes and returns the earliest deadline that is due at `now`, if one is. */
  takeDue(now: Micros): { readonly name: string; readonly at: Micros } | undefined {
    const first = this.first();
    return first && first.at <= now ? this.take(first) : undefined;
  }

  /** As takeDue, but also if `now` is within the slack of the earliest deadline: for who is awake anyway. */
  takeWithin(now: Micros): { readonly name: string; readonly at: Micros } | undefined {
    const first = this.first();
    return first && first.from <= now ? this.take(first) : undefined;
  }

  /** One that is in no heap. */
  private freshEntry(name: string): Entry {
    const known = this.entries.get(name);
    if (known?.isSet === false) return known;
    if (known) this.unset(known);
    const entry = { name, at: micros(0), from: micros(0), isSet: false };
    this.entries.set(name, entry);
    return entry;
  }

  private take(first: Entry): { readonly name: string; readonly at: Micros } {
    this.pop();
    this.unset(first);
    if (this.entries.size > 2 * this.count + SPARES) this.dropSpares();
    return { name: first.name, at: first.at }; // the entry may be set anew before it is looked at
  }

  private unset(entry: Entry): void {
    if (entry.isSet) this.count -= 1;
    entry.isSet = false;
  }

  private dropSpares(): void {
    for (const { name, isSet } of this.entries.values()) if (!isSet) this.entries.delete(name);
  }

  private first(): Entry | undefined {
    let first = this.heap[0];
    while (first && !first.isSet) {
      this.pop();
      first = this.heap[0];
    }
    return first;
  }

  private rebuild(): void {
    this.heap.length = 0;
    for (const entry of this.entries.values()) if (entry.isSet) this.push(entry);
  }

  private push(entry: Entry): void {
    const index = this.heap.length;
    this.heap.push(entry);
    if (index === this.due.length) {
      const larger = new Float64Array(index * 2);
      larger.set(this.due);
      this.due = larger;
    }
    this.rise(index, entry);
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) this.sink(last);
  }

  /** Puts the entry where it belongs between `start` and the root. */
  private rise(start: number, entry: Entry): void {
    let index = start;
    while (index > 0) {
      const parent = Math.floor((index - 1) / ARITY);
      if (this.dueAt(parent) <= entry.at) break;
      this.move(parent, index);
      index = parent;
    }
    this.put(index, entry);
  }

  /** Puts the entry where it belongs between the root, which is vacant, and the leaves. */
  private sink(entry: Entry): void {
    let index = 0;
    for (;;) {
      const child = this.earliestChild(index);
      if (child === undefined || this.dueAt(child) >= entry.at) break;
      this.move(child, index);
      index = child;
    }
    this.put(index, entry);
  }

  private earliestChild(parent: number): number | undefined {
    const first = parent * ARITY + 1;
    const end = Math.min(first + ARITY, this.heap.length);
    if (first >= end) return undefined;
    let earliest = first;
    for (let child = first + 1; child < end; child += 1) {
      if (this.dueAt(child) < this.dueAt(earliest)) earliest = child;
    }
    return earliest;
  }

  private dueAt(index: number): number {
    return this.due[index] ?? Infinity;
  }

  private move(from: number, to: number): void {
    const entry = this.heap[from];
    assert(entry !== undefined, 'an entry of the heap');
    this.put(to, entry);
  }

  private put(index: number, entry: Entry): void {
    this.heap[index] = entry;
    this.due[index] = entry.at;
  }
}
