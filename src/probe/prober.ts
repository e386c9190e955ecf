import type { CheckerProbe } from '../config/index.js';
import { Connector } from './connector.js';
import { HttpProber } from './http.js';
import { err } from '../base/result.js';
import { type ProbeEnd } from './probe.js';
import { TcpProber } from './tcp.js';

/** Runs checks of every kind by checker id; at most one at a time for each id. */
export class Prober {
  private readonly connector = new Connector();
  private readonly tcp = new TcpProber(this.connector);
  private readonly http = new HttpProber(this.connector);

  /**
   * Starts the probe once. `end` is called with its outcome, never from within this call.
   * @param step which part of it (health StartCheck.step): the url of an HTTP check.
   */
  start(id: string, probe: CheckerProbe, step: number, end: ProbeEnd): void {
    switch (probe.kind) {
      case 'tcp':
        this.tcp.start(id, probe.endpoint, end);
        break;
      case 'http': {
        const url = probe.urls[step];
        if (url) this.http.start(id, probe, url, end);
        else
          setImmediate(() => end(err({ kind: 'not-run', code: 'no-url', text: `No url number ${step}.` })));
        break;
      }
    }
  }

  /** Forgets the probe under way, if there is one: its end is not called. */
  cancel(id: string): void {
    this.http.cancel(id); // also what only connects
  }

  /** Cancels everything and gives back all descriptors. */
  close(): void {
    this.http.close();
    this.connector.close();
  }
}
