import { ScriptRunner, type Script, type ScriptEnd } from '../notify/index.js';

/** How long a reader may take to end after the FIFO is closed, and again after TERM. */
const PATIENCE_MS = 1000;

/** The script that reads a FIFO. It gets the FIFO's path behind its own arguments. */
export class FifoReader {
  private readonly runner = new ScriptRunner();
  private stopping = false;

  /** @param ended told if it ends unasked; nobody starts it again before the next reload. */
  constructor(script: Script, path: string, ended: (end: ScriptEnd) => void) {
    this.runner.run(
      { ...script, argv: [...script.argv, path] },
      {
        onEnd: (end) => {
          if (!this.stopping) ended(end);
        },
      },
    );
  }

  /** Ends it and what it has started: TERM, then KILL. Resolves when it has ended, or cannot be ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      this.runner.signalAll(signal);
      await this.runner.idle(PATIENCE_MS);
      if (this.runner.pending === 0) return;
    }
  }

  /** The FIFO is closed: a reader that has read what is left ends by itself. */
  async finish(): Promise<void> {
    this.stopping = true;
    await this.runner.idle(PATIENCE_MS);
    await this.stop();
  }
}
