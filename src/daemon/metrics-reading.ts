import { type Result } from '../base/result.js';
import { type HeraldConfiguration } from '../config/index.js';
import { now } from '../kernel/clock.js';
import { Metrics, type WorkerState } from '../observe/index.js';
import { PAGE, SERVER_PAGE, serverCount } from './control-queries.js';
import { IpvsLoad } from './ipvs-load.js';
import { type WorkerKind } from './messages.js';

/** Asks one process for a page of its state. */
export type AskForState = (
  worker: WorkerKind | 'supervisor',
  from: number,
) => Promise<Result<WorkerState, unknown>>;

/**
 * The metrics of the whole daemon. Workers are asked one small page at a time, and whoever asks while they are being
 * asked gets the same answer: a crowd of scrapers costs what one does.
 */
export class MetricsReader {
  private underWay: Promise<readonly string[]> | undefined;

  /** @param configuration the one in force. */
  constructor(
    private readonly ask: AskForState,
    private readonly configuration: () => HeraldConfiguration,
    private readonly wanted: (worker: WorkerKind) => boolean,
    private readonly load: Pick<IpvsLoad, 'read'> = new IpvsLoad(),
  ) {}

  /** The text, line by line. */
  read(): Promise<readonly string[]> {
    this.underWay ??= this.collect().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async collect(): Promise<readonly string[]> {
    const configuration = this.configuration();
    const ahead = Date.now() * 1000 - now();
    const metrics = new Metrics(configuration, (at) => at + ahead);
    const daemon = await this.ask('supervisor', 0);
    if (daemon.ok && daemon.value.daemon) metrics.daemon(daemon.value.daemon);
    const { vrrp, health, bfd } = configuration;
    await this.worker(metrics, 'vrrp', vrrp.instances.length, PAGE);
    await this.worker(metrics, 'checkers', serverCount(health), SERVER_PAGE);
    await this.worker(metrics, 'bfd', bfd.sessions.length, PAGE);
    await this.worker(metrics, 'alerts', 0, PAGE);
    const load = this.load.read(configuration);
    if (load) metrics.ipvs(load, health.pools);
    return [...metrics.lines()];
  }

  private async worker(metrics: Metrics, kind: WorkerKind, count: number, page: number): Promise<void> {
    if (!this.wanted(kind)) return;
    for (let from = 0; from === 0 || from < count; from += page) {
      const answer = await this.ask(kind, from);
      metrics.page(kind, answer.ok ? answer.value : undefined, from === 0);
      if (!answer.ok) return;
    }
  }
}

/** Lines in pieces of about 32 KiB: each is sent when the reader has taken the one before. */
export function* piecesOf(lines: readonly string[]): Iterable<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < 32_768) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
