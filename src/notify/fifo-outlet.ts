/** How many lines went where, since the outlet was made. */
export interface FifoTally {
  readonly path: string;
  /** Lines that the kernel took: read, or waiting to be. */
  readonly written: number;
  /** Lines that wait here, because the kernel has no room for more. */
  readonly waiting: number;
  /** Lines that nobody will ever read. */
  readonly missed: number;
}

/** What an outlet needs of a FIFO. */
export interface FifoEnd {
  readonly path: string;
  /** Bytes written; 0 if there is no room. @throws what else the system says. */
  write(bytes: Uint8Array): number;
  close(): void;
}

/** Lines kept for a slow reader beyond the 64 KiB that the kernel keeps. */
const BACKLOG = 1000;

/** How often it is looked whether there is room again. */
const LOOK_AGAIN_MS = 200;

/**
 * Writes lines to a FIFO and never waits for its reader. What finds no room waits, oldest first, and goes out when there
 * is; beyond BACKLOG lines the oldest is given up, because the reader had better hear how things are than how they were.
 */
export class FifoOutlet {
  private readonly waiting: Uint8Array[] = [];
  private written = 0;
  private missed = 0;
  /** Of them, those that the log has not been told of yet. */
  private untold = 0;
  private timer: NodeJS.Timeout | undefined;
  /** The first that waits is the rest of a line whose beginning is out. */
  private begun = false;
  private failing = false;

  /** @param say a line for the log: about lines lost, and a FIFO that fails. */
  constructor(
    private readonly end: FifoEnd,
    private readonly say: (text: string) => void,
  ) {}

  get path(): string {
    return this.end.path;
  }

  get tally(): FifoTally {
    const { path, written, missed } = this;
    return { path, written, waiting: this.waiting.length, missed };
  }

  /** @param line without its end. */
  tell(line: string): void {
    this.waiting.push(Buffer.from(`${line}\n`));
    this.drain();
    if (this.waiting.length <= BACKLOG) return;
    if (this.begun) this.waiting.splice(1, 1);
    else this.waiting.shift();
    this.miss();
  }

  /** What still waits is lost. */
  close(): void {
    this.drain();
    clearTimeout(this.timer);
    this.timer = undefined;
    const left = this.waiting.splice(0).length;
    this.missed += left;
    if (this.untold + left > 0) this.sayLost(this.untold + left);
    this.end.close();
  }

  private drain(): void {
    let line = this.waiting[0];
    while (line && this.wrote(line)) {
      this.waiting.shift();
      this.written += 1;
      line = this.waiting[0];
    }
    if (this.waiting.length > 0) {
      this.timer ??= setTimeout(() => this.lookAgain(), LOOK_AGAIN_MS);
    } else if (this.untold > 0) {
      this.sayLost(this.untold);
      this.untold = 0;
    }
  }

  private lookAgain(): void {
    this.timer = undefined;
    this.drain();
  }

  /** True if all of the line is out; of one beyond 4096 bytes the rest may have to wait. */
  private wrote(line: Uint8Array): boolean {
    let count = 0;
    try {
      count = this.end.write(line);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.say(`notify FIFO ${this.path}: write error: ${String(error)}`);
      this.failing = true;
    }
    if (count === line.length) {
      this.begun = false;
      return true;
    }
    if (count > 0) {
      this.begun = true;
      this.waiting[0] = line.subarray(count);
    }
    return false;
  }

  private miss(): void {
    this.missed += 1;
    this.untold += 1;
    if (this.untold === 1)
      this.say(`notify FIFO ${this.path}: its reader is too slow, or there is none: lines are being lost`);
  }

  private sayLost(count: number): void {
    this.say(`notify FIFO ${this.path}: ${count} lines were lost`);
  }
}
