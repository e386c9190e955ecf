// A process of its own inside a namespace, because entering one changes a whole thread: it runs one of the scripts
// beside this file, and the two exchange lines of JSON.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Namespace } from '../../namespaces.js';

/** A line that an actor says. */
export interface Line {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** Starts an actor and hears what it says. */
export class Actor {
  private readonly lines: Line[] = [];
  private readonly waiting = new Set<() => void>();
  private errors = '';
  /** How it ended: the exit code, or the signal. */
  readonly ended: Promise<number | string>;

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (text) => {
        this.lines.push(JSON.parse(text) as Line);
        for (const look of [...this.waiting]) look();
      });
    }
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(child, 'close').then(
      (result: (number | string | null)[]) => result[0] ?? result[1] ?? 'killed',
    );
  }

  /** @param script beside this file, without its ending; it finds `input` as JSON in its first argument. */
  static start(namespace: Namespace, script: string, input: unknown, before: readonly string[] = []): Actor {
    const file = fileURLToPath(new URL(`${script}.js`, import.meta.url));
    const words = [...before, process.execPath, file, JSON.stringify(input)];
    return new Actor(namespace.spawn(words[0] ?? '', words.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** Tells the actor something. */
  say(line: unknown): void {
    this.child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Everything of that kind said so far. */
  heard(event: string): readonly Line[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** Waits until it has said `count` lines of that kind; rejects after ten seconds, with what it wrote to stderr. */
  async hear(event: string, count = 1): Promise<readonly Line[]> {
    await new Promise<void>((resolve, reject) => {
      const give = (): void => {
        this.waiting.delete(look);
        reject(new Error(`heard ${this.heard(event).length} of ${count} ${event}; ${this.errors}`));
      };
      const timer = setTimeout(give, 10_000);
      const look = (): void => {
        if (this.heard(event).length < count) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
    return this.heard(event);
  }

  /** Ends its input, which ends the actor, and waits for it. */
  async end(): Promise<number | string> {
    this.child.stdin?.end();
    return this.ended;
  }
}
