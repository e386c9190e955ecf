import { type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One answer, as the client saw it. */
interface Answer {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  readonly by: string;
}

/** The longest silence in a stretch of time, and who answered before and after it. */
export interface Outage {
  readonly lengthMs: number;
  readonly before: string;
  readonly after: string;
}

/** What the client of the virtual address lives through: every answer, with its time and its sender. */
export class ClientView {
  private answers: Answer[] = [];
  private readonly names: ReadonlyMap<string, string>;

  /** @param names from a director's own address to the name it is shown by. */
  constructor(asker: ChildProcess, names: ReadonlyMap<string, string>) {
    this.names = names;
    if (!asker.stdout) throw new Error('the asker needs a standard output');
    createInterface({ input: asker.stdout }).on('line', (line) => {
      const [at, address = ''] = line.split(' ');
      this.answers.push({ atMs: Number(at), by: this.names.get(address) ?? address });
    });
  }

  /** Monotonic milliseconds, the clock of every answer. */
  static nowMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  /** Who answered last, and how long ago; undefined before the first answer. */
  latest(): { readonly by: string; readonly ageMs: number } | undefined {
    const last = this.answers.at(-1);
    return last && { by: last.by, ageMs: ClientView.nowMs() - last.atMs };
  }

  /** The longest silence between two answers, the later of which came after `sinceMs`. */
  longestSilence(sinceMs: number): Outage | undefined {
    let worst: Outage | undefined;
    for (const [index, answer] of this.answers.entries()) {
      const previous = this.answers[index - 1];
      if (!previous || answer.atMs < sinceMs) continue;
      const lengthMs = answer.atMs - previous.atMs;
      if (!worst || lengthMs > worst.lengthMs) worst = { lengthMs, before: previous.by, after: answer.by };
    }
    return worst;
  }

  /** Resolves once `name` answers, with the time of that answer; rejects after `timeoutMs`. */
  async answeredBy(name: string, sinceMs: number, timeoutMs: number): Promise<number> {
    const deadline = ClientView.nowMs() + timeoutMs;
    for (;;) {
      const answer = this.answers.find((one) => one.by === name && one.atMs >= sinceMs);
      if (answer) return answer.atMs;
      if (ClientView.nowMs() > deadline)
        throw new Error(`${name} did not answer within ${timeoutMs / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * The last `columns` slots of `slotMs` each as characters: the last letter of who answered in it, or a dot
   * for silence.
   */
  strip(columns: number, slotMs: number): string {
    const slots = new Array<string>(columns).fill('·');
    const end = ClientView.nowMs();
    for (let index = this.answers.length - 1; index >= 0; index -= 1) {
      const answer = this.answers[index];
      const slot = answer ? columns - 1 - Math.floor((end - answer.atMs) / slotMs) : -1;
      if (!answer || slot < 0) break;
      slots[slot] = answer.by.slice(-1).toUpperCase();
    }
    return slots.join('');
  }
}
