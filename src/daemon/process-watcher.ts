import { KernelError } from '../kernel/kernel-error.js';
import { ProcessConnector, type ConnectorEvent } from '../kernel/process-connector.js';
import { type ReceiveBuffer } from '../kernel/socket-option.js';
import { sameData, type ProcessesCounted } from '../vrrp/index.js';
import { type Log } from './log.js';
import { ProcessCensus, type ProcessPattern } from './process-census.js';
import { processImage, processImages, type ImageParts } from './process-images.js';

/** How long the kernel may take to say that it will tell. */
const ACKNOWLEDGEMENT_MS = 100;
/** How long it must be quiet after events were lost before processes are counted anew. */
const SETTLE_MS = 1000;
/** How often processes are counted where the kernel does not tell of them. */
const POLL_MS = 1000;

/** Follows the number of processes of every vrrp_track_process. */
export class ProcessWatcher {
  private census = new ProcessCensus(new Map());
  private patterns: Readonly<Record<string, ProcessPattern>> = {};
  private parts: ImageParts = { name: false, commandLine: false };
  private connector: ProcessConnector | undefined;
  private acknowledged = false;
  private timer: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;

  /** @param counted not called from within follow(). */
  constructor(
    private readonly counted: (events: readonly ProcessesCounted[]) => void,
    private readonly log: Log,
    private readonly buffer: ReceiveBuffer,
  ) {}

  /**
   * Counts these processes, and no others.
   * @param patterns by the name of their vrrp_track_process.
   * @returns how many there are of each, counted now; of none if nothing has changed.
   */
  follow(patterns: Readonly<Record<string, ProcessPattern>>): Readonly<Record<string, number>> {
    if (sameData(patterns, this.patterns)) return {};
    this.patterns = patterns;
    const wanted = Object.values(patterns);
    this.parts = {
      name: wanted.some(({ fullCommand }) => !fullCommand),
      commandLine: wanted.some(({ fullCommand }) => fullCommand),
    };
    this.census = new ProcessCensus(new Map(Object.entries(patterns)));
    if (wanted.length === 0) this.close();
    else {
      // Listens first and counts then, so that no process falls between.
      if (!this.connector && !this.poll) this.listen();
      this.census.recount(processImages(this.parts));
    }
    return this.census.numbers;
  }

  /** Counts nothing any more. */
  close(): void {
    clearTimeout(this.timer);
    clearInterval(this.poll);
    [this.timer, this.poll] = [undefined, undefined];
    this.connector?.close();
    this.connector = undefined;
  }

  private listen(): void {
    try {
      this.connector = new ProcessConnector((events) => this.heard(events), this.buffer);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.pollInstead(`Failed to set process event listen - ${error.message}`);
      return;
    }
    this.acknowledged = false;
    this.timer = setTimeout(() => {
      if (this.acknowledged) return;
      this.connector?.close();
      this.connector = undefined;
      this.pollInstead('WARNING - the kernel does not tell of processes here');
    }, ACKNOWLEDGEMENT_MS);
  }

  /** A container, and any network namespace but the first, is not told of processes. */
  private pollInstead(why: string): void {
    this.log.warning(`${why}; track_process reads /proc every second instead`);
    this.poll = setInterval(() => this.recount(), POLL_MS);
  }

  private heard(events: readonly ConnectorEvent[]): void {
    const counted = events.flatMap((event) => this.take(event));
    if (counted.length > 0) this.counted(counted);
  }

  private take(event: ConnectorEvent): readonly ProcessesCounted[] {
    if (event === 'overrun') {
      this.overrun();
      return [];
    }
    switch (event.type) {
      case 'listening':
        this.acknowledged = true;
        this.log.detail('proc_events has confirmed it is configured');
        return [];
      case 'fork':
        return this.census.forked(event.pid, event.parent);
      case 'exit':
        return this.census.exited(event.pid);
      case 'renamed':
        return this.census.renamed(event.pid, event.name);
      case 'exec': {
        const image = processImage(event.pid, this.parts);
        return image ? this.census.execed(event.pid, image) : [];
      }
    }
  }

  /** Whatever wakes the host up this much is over first. */
  private overrun(): void {
    this.acknowledged = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.makeRoom();
      this.recount();
    }, SETTLE_MS);
  }

  private makeRoom(): void {
    try {
      const bytes = this.connector?.doubleBuffer();
      const text = `Setting global_def process_monitor_rcv_bufs to ${bytes} - recommend updating configuration file`;
      if (bytes !== undefined) this.log.info(text);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.log.info(`Cannot set process monitor receive buffer: ${error.message}`);
    }
  }

  private recount(): void {
    const before = this.census.numbers;
    const changed = this.census
      .recount(processImages(this.parts))
      .filter(({ name, count }) => before[name] !== count);
    if (changed.length > 0) this.counted(changed);
  }
}
