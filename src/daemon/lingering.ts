import { type Micros } from '../base/units.js';

/** Hears that an instance is master at once, and that it is none any more when what served it need not stand longer. */
export class Lingering {
  private readonly ends = new Map<string, NodeJS.Timeout>();

  constructor(private readonly heard: (instance: string, master: boolean) => void) {}

  /**
   * @param lingers how long the news of an end may wait. It is overtaken by a new mastership, and by an end that may not
   * wait; that the instance is still no master changes nothing.
   */
  hear(instance: string, master: boolean, lingers: Micros): void {
    if (!master && lingers > 0 && this.ends.has(instance)) return;
    clearTimeout(this.ends.get(instance));
    this.ends.delete(instance);
    if (master || lingers === 0) this.heard(instance, master);
    else
      this.ends.set(
        instance,
        setTimeout(() => this.hear(instance, false, 0 as Micros), lingers / 1000),
      );
  }

  close(): void {
    for (const end of this.ends.values()) clearTimeout(end);
    this.ends.clear();
  }
}
