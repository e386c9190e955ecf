import { type Server } from 'node:http';
import { ok } from '../base/result.js';
import { type HeraldConfiguration } from '../config/index.js';
import { type Herald, type WorkerState } from '../observe/index.js';
import { workersWanted } from './alerts-wanted.js';
import { type AlertsSurroundings } from './alerts-service.js';
import { controlServer } from './control-server.js';
import { type IpvsLoad } from './ipvs-load.js';
import { metricsVerb } from './metrics-verb.js';
import { MetricsReader } from './metrics-reading.js';
import { isDeepStrictEqual } from 'node:util';

/** How long it takes until an address that could not be listened on is tried again. */
const AGAIN_MS = 10_000;

/** `#understudy metrics_listen`: GET /metrics on TCP, within the limits of the control socket (control-server.ts). */
export class MetricsHerald implements Herald {
  private configuration: HeraldConfiguration;
  private server: Server | undefined;
  private again: NodeJS.Timeout | undefined;
  private readonly reader: MetricsReader;

  /** @param own what the alerts worker says of itself. */
  constructor(
    configuration: HeraldConfiguration,
    private readonly around: AlertsSurroundings,
    own: () => WorkerState,
    load: Pick<IpvsLoad, 'read'>,
  ) {
    this.configuration = configuration;
    this.reader = new MetricsReader(
      (worker, from) =>
        worker === 'alerts' ? Promise.resolve(ok(own())) : around.ask(worker, { type: 'State', from }),
      () => this.configuration,
      (worker) => workersWanted(this.configuration).includes(worker),
      load,
    );
    this.open();
  }

  news(): void {
    // It is asked; it does not tell.
  }

  reconfigure(configuration: HeraldConfiguration): void {
    const before = this.configuration.details.daemon.metricsListen;
    this.configuration = configuration;
    if (isDeepStrictEqual(before, configuration.details.daemon.metricsListen)) return;
    this.close();
    this.open();
  }

  stop(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  private open(): void {
    const { metricsListen } = this.configuration.details.daemon;
    if (!metricsListen) return;
    const { address, port } = metricsListen;
    const server = controlServer([metricsVerb(this.reader)]);
    this.server = server;
    server.on('error', (error) => {
      this.around.context.log.warning(`No metrics on [${address}]:${port}: ${error.message}`);
      this.again = setTimeout(() => this.open(), AGAIN_MS);
    });
    server.listen(port, address, () => this.around.context.log.info(`Metrics on [${address}]:${port}`));
  }

  private close(): void {
    clearTimeout(this.again);
    this.server?.close();
    this.server?.closeAllConnections();
    this.server = undefined;
  }
}
