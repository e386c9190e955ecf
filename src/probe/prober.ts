import { err } from '../base/result.js';
import type { CheckerProbe, TlsFiles } from '../config/index.js';
import { Connector } from './connector.js';
import { exchangeDatagrams } from './datagram.js';
import { dnsExchange } from './dns.js';
import { HttpProber } from './http.js';
import { probeMisc, type ScriptHost } from './misc.js';
import { pingExchange } from './ping.js';
import { type ProbeEnd, type UnderWay } from './probe.js';
import { Readiness } from './readiness.js';
import { probeSmtp } from './smtp.js';
import { probeTcp } from './tcp.js';
import { udpExchange } from './udp.js';

/** Runs checks of every kind by checker id; at most one at a time for each id. */
export class Prober {
  private readonly readiness = new Readiness();
  private readonly connector = new Connector(this.readiness);
  private readonly http = new HttpProber(this.connector);
  /**
   * What is under way, by checker. Those that rest stay in it with nothing: a map that thousands come to and leave all the
   * time costs more than the rest of a check, in itself and in what V8's collector takes it to hold.
   */
  private readonly runs = new Map<string, UnderWay | undefined>();
  private echoes = 0;

  /** @param scripts runs those of MISC_CHECK. */
  constructor(private readonly scripts: ScriptHost = NO_SCRIPTS) {}

  /**
   * Starts the probe once. `end` is called with its outcome, never from within this call.
   * @param step which part of it (health StartCheck.step): the url of an HTTP check.
   */
  start(id: string, probe: CheckerProbe, step: number, end: ProbeEnd): void {
    const run = this.begin(probe, step, (result) => {
      this.runs.set(id, undefined);
      end(result);
    });
    this.runs.set(id, run);
  }

  /** What SSL_GET shows of us from now on. @throws Error if the files cannot be used. */
  useTls(files: TlsFiles | undefined): void {
    this.http.useTls(files);
  }

  /** Forgets the probe under way, if there is one: its end is not called. */
  cancel(id: string): void {
    this.runs.get(id)?.close();
    this.runs.set(id, undefined);
  }

  /** Forgets the ids that are none any more. */
  keep(isChecker: (id: string) => boolean): void {
    for (const [id, run] of this.runs) if (!run && !isChecker(id)) this.runs.delete(id);
  }

  /** Cancels everything and gives back all descriptors. */
  close(): void {
    for (const run of this.runs.values()) run?.close();
    this.runs.clear();
    this.readiness.close();
  }

  private begin(probe: CheckerProbe, step: number, end: ProbeEnd): UnderWay {
    switch (probe.kind) {
      case 'tcp':
        return probeTcp(this.connector, probe.endpoint, end);
      case 'http': {
        const url = probe.urls[step];
        return url ? this.http.start(probe, url, end) : noUrl(step, end);
      }
      case 'smtp':
        return probeSmtp(this.connector, probe, end);
      case 'dns':
        return exchangeDatagrams(this.readiness, dnsExchange(probe), end);
      case 'udp':
        return exchangeDatagrams(this.readiness, udpExchange(probe), end);
      case 'ping':
        this.echoes = (this.echoes + 1) & 0xffff;
        return exchangeDatagrams(this.readiness, pingExchange(probe, this.echoes), end);
      case 'misc':
        return probeMisc(this.scripts, probe, end);
    }
  }
}

function noUrl(step: number, end: ProbeEnd): UnderWay {
  const result = err({ kind: 'not-run', code: 'no-url', text: `No url number ${step}.` } as const);
  const immediate = setImmediate(() => end(result));
  return { close: () => clearImmediate(immediate) };
}

/** For those who check nothing by scripts. */
const NO_SCRIPTS: ScriptHost = {
  run(_command, _timeoutMs, end) {
    const handle = setImmediate(() => end({ kind: 'not-started', error: 'there is nobody to run it' }));
    return () => clearImmediate(handle);
  },
};
