import { type ClientView } from './client-view.js';

const LIVE_COLUMNS = 50;
const LIVE_SLOT_MS = 100;
const REDRAW_MS = 100;

/** What the audience sees: numbered acts, and under them one line that lives. */
export class Screen {
  private readonly startedMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private lastSeen = '';

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** A line of the story, with the seconds since the curtain. */
  say(text: string): void {
    this.clearLive();
    const at = ((performance.now() - this.startedMs) / 1000).toFixed(1).padStart(5);
    this.out.write(`${at} s  ${text}\n`);
  }

  /** An indented line under the last one. */
  detail(text: string): void {
    this.clearLive();
    this.out.write(`         ${text}\n`);
  }

  /**
   * Shows the client's view as a line that is redrawn in place; where the output is no terminal, as a line
   * whenever the view changes.
   */
  follow(view: ClientView, what: string): void {
    this.timer = setInterval(() => {
      const latest = view.latest();
      const now = !latest || latest.ageMs > 300 ? 'nobody' : latest.by;
      if (this.out.isTTY) {
        this.out.write(`\r  client  ${view.strip(LIVE_COLUMNS, LIVE_SLOT_MS)}  ${what}: ${now}\x1b[K`);
      } else if (now !== this.lastSeen) {
        this.detail(`client: ${what}: ${now}`);
      }
      this.lastSeen = now;
    }, REDRAW_MS);
  }

  /** Ends the live line. */
  close(): void {
    if (this.timer) clearInterval(this.timer);
    this.clearLive();
  }

  private clearLive(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[K');
  }
}
