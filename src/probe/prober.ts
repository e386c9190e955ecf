import { err } from '../base/result.js';
import type { CheckerProbe, TlsFiles } from '../config/index.js';
import { Connector } from './connector.js';
import { Datagrams } from './datagram.js';
import { dnsExchange } from './dns.js';
import { HttpProber } from './http.js';
import { MiscProber, type ScriptHost } from './misc.js';
import { pingExchange } from './ping.js';
import { type ProbeEnd } from './probe.js';
import { Readiness } from './readiness.js';
import { SmtpProber } from './smtp.js';
import { TcpProber } from './tcp.js';
import { udpExchange } from './udp.js';

/** Runs checks of every kind by checker id; at most one at a time for each id. */
export class Prober {
  private readonly readiness = new Readiness();
  private readonly connector = new Connector(this.readiness);
  private readonly datagrams = new Datagrams(this.readiness);
  private readonly tcp = new TcpProber(this.connector);
  private readonly http = new HttpProber(this.connector);
  private readonly smtp = new SmtpProber(this.connector);
  private readonly misc: MiscProber;
  private echoes = 0;

  /** @param scripts runs those of MISC_CHECK. */
  constructor(scripts: ScriptHost = NO_SCRIPTS) {
    this.misc = new MiscProber(scripts);
  }

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
      case 'smtp':
        this.smtp.start(id, probe, end);
        break;
      case 'dns':
        this.datagrams.start(id, dnsExchange(probe), end);
        break;
      case 'udp':
        this.datagrams.start(id, udpExchange(probe), end);
        break;
      case 'ping':
        this.echoes = (this.echoes + 1) & 0xffff;
        this.datagrams.start(id, pingExchange(probe, this.echoes), end);
        break;
      case 'misc':
        this.misc.start(id, probe, end);
        break;
    }
  }

  /** What SSL_GET shows of us from now on. @throws Error if the files cannot be used. */
  useTls(files: TlsFiles | undefined): void {
    this.http.useTls(files);
  }

  /** Forgets the probe under way, if there is one: its end is not called. */
  cancel(id: string): void {
    this.http.cancel(id); // also what only connects
    this.smtp.cancel(id);
    this.datagrams.cancel(id);
    this.misc.cancel(id);
  }

  /** Cancels everything and gives back all descriptors. */
  close(): void {
    this.http.close();
    this.smtp.close();
    this.datagrams.close();
    this.misc.close();
    this.connector.close();
    this.readiness.close();
  }
}

/** For those who check nothing by scripts. */
const NO_SCRIPTS: ScriptHost = {
  run(_command, _timeoutMs, end) {
    const handle = setImmediate(() => end({ kind: 'not-started', error: 'there is nobody to run it' }));
    return () => clearImmediate(handle);
  },
};
