// How often a backup takes over from a master that lives: a pair of each at advert_int 0.01 at the same time, every CPU burning.
//
//   npm run bench -- vigil [--minutes N] [--interval S] [--idle] [--settings 'LINE;LINE'] [--only NAME]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { capture } from '../test/differential/capture.js';
import { Daemon, type Implementation } from '../test/differential/daemon.js';
import { type Namespace, Network } from '../test/namespaces.js';
import { setFire } from './burners.js';
import { globalDefs } from './global-defs.js';

const implementations: readonly Implementation[] = ['understudy', 'keepalived'];
/** Starting is another matter: everything is compiled, and both know each other, before anything counts. */
const SETTLE_S = 30;

const config = (priority: number, intervalS: number, settings: string): string =>
  `${globalDefs(['vrrp_version 3'], settings)}vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int ${intervalS}
    virtual_ipaddress {
        198.51.100.1/32
    }
}
`;

/** What was seen of a pair while it was watched. */
interface Watched {
  readonly adverts: number;
  /** A backup that advertises begins, or goes on after it was silent for a second. */
  readonly takeovers: number;
  /** Between two adverts of the master, in milliseconds. */
  readonly worstGapMs: number;
}

class Pair {
  private readonly network = new Network();
  private readonly segment = this.network.segment();
  private readonly daemons: readonly [master: Daemon, backup: Daemon];
  private readonly macs: readonly [master: string, backup: string];
  private readonly byMaster: bigint[] = [];
  private readonly byBackup: bigint[] = [];

  constructor(
    readonly name: Implementation,
    directory: string,
    private readonly intervalS: number,
    private readonly settings: string,
  ) {
    const [master, backup] = [this.director(directory, 'a', 1), this.director(directory, 'b', 2)];
    this.daemons = [master.daemon, backup.daemon];
    this.macs = [master.mac, backup.mac];
  }

  private director(directory: string, name: string, host: number): { daemon: Daemon; mac: string } {
    const namespace: Namespace = this.network.namespace(name);
    const { mac } = this.network.plug(namespace, 'eth0', this.segment, [`192.0.2.${host}/24`]);
    const own = join(directory, `${this.name}-${name}`);
    mkdirSync(own);
    return { daemon: new Daemon(this.name, namespace, own), mac };
  }

  async start(): Promise<void> {
    await capture(this.network.switch, this.segment.bridge, (frame) => {
      if (frame.kind !== 'advert' || frame.priority === 0) return;
      if (frame.source === this.macs[0]) this.byMaster.push(frame.at);
      else if (frame.source === this.macs[1]) this.byBackup.push(frame.at);
    });
    const [master, backup] = this.daemons;
    master.start(config(200, this.intervalS, this.settings));
    backup.start(config(100, this.intervalS, this.settings));
  }

  forget(): void {
    this.byMaster.length = this.byBackup.length = 0;
  }

  get watched(): Watched {
    const second = 1_000_000_000n;
    const gaps = this.byMaster.slice(1).map((at, index) => Number(at - this.byMaster[index]!) / 1e6);
    return {
      adverts: this.byMaster.length,
      takeovers: this.byBackup.filter((at, index) => index === 0 || at - this.byBackup[index - 1]! > second)
        .length,
      worstGapMs: gaps.reduce((worst, gap) => Math.max(worst, gap), 0),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.daemons.map((daemon) => daemon.stop()));
    await this.network.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      interval: { type: 'string', default: '0.01' },
      idle: { type: 'boolean', default: false },
      settings: { type: 'string', default: '' },
      only: { type: 'string' },
    },
  });
  if (process.geteuid?.() !== 0) throw new Error('bench: making networks needs root');
  const names = implementations.filter((name) => values.only === undefined || values.only === name);
  const directory = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
  const pairs = names.map((name) => new Pair(name, directory, Number(values.interval), values.settings));
  const putOut = values.idle ? () => undefined : setFire();
  try {
    for (const pair of pairs) await pair.start();
    await sleep(SETTLE_S * 1000);
    for (const pair of pairs) pair.forget();
    await sleep(Number(values.minutes) * 60_000);
    const load = loadavg()[0]!.toFixed(1);
    console.log(
      `\n${values.minutes} min at advert_int ${values.interval}, ${values.idle ? 'idle' : 'every CPU burning'} (load ${load} on ${cpus().length} CPUs)`,
    );
    for (const { name, watched } of pairs) {
      const { adverts, takeovers, worstGapMs } = watched;
      console.log(
        `  ${name.padEnd(12)} ${adverts} adverts, worst gap ${worstGapMs.toFixed(2)} ms, ${takeovers} false takeovers`,
      );
    }
  } finally {
    putOut();
    await Promise.all(pairs.map((pair) => pair.close()));
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
