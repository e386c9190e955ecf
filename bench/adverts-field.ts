// A director with many instances, and an observer on its segments who takes the time of every advert.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture } from '../test/differential/capture.js';
import { Daemon, type Implementation } from '../test/differential/daemon.js';
import { Network } from '../test/namespaces.js';
import { setFire } from './burners.js';
import { globalDefs } from './global-defs.js';

/** VRIDs on one segment. */
const MOST_VRIDS = 255;
/** What keeps adverts apart from the work of becoming master, and lets a runtime warm up. */
const SETTLE_S = 5;

/** What a while of being master came to. */
export interface Measured {
  readonly adverts: number;
  readonly seconds: number;
  /** For each advert but the first: by how much its interval was not what it should be. */
  readonly jitterMs: readonly number[];
  /** Mean interval less the configured one. */
  readonly driftUs: number;
  /** Of all processes of the daemon. */
  readonly cpuSeconds: number;
  readonly rssKb: number;
  readonly pssKb: number;
}

export class Field {
  /** By segment and VRID, when its adverts were seen, in nanoseconds. */
  private readonly seen = new Map<string, bigint[]>();
  private startedAt = 0;

  private constructor(
    private readonly network: Network,
    private readonly daemon: Daemon,
    private readonly count: number,
    private readonly intervalS: number,
  ) {}

  /** Starts a daemon; nothing is waited for. @param settings lines of global_defs, with `;` between them. */
  static async open(
    directory: string,
    implementation: Implementation,
    count: number,
    intervalS: number,
    settings: string,
  ): Promise<Field> {
    const network = new Network();
    const director = network.namespace('a');
    const own = join(directory, `${implementation}-${count}-${Date.now()}`);
    mkdirSync(own);
    const field = new Field(network, new Daemon(implementation, director, own), count, intervalS);
    for (let segment = 0; segment < Math.ceil(count / MOST_VRIDS); segment += 1) {
      const place = network.segment();
      network.plug(director, `eth${segment}`, place, [`192.0.${segment}.1/24`]);
      await capture(network.switch, place.bridge, (frame) => {
        if (frame.kind !== 'advert') return;
        const key = `${segment} ${frame.virtualRouterId}`;
        const times = field.seen.get(key) ?? [];
        times.push(frame.at);
        field.seen.set(key, times);
      });
    }
    field.startedAt = performance.now();
    field.daemon.start(configOf(count, intervalS, settings));
    return field;
  }

  async close(): Promise<void> {
    await this.daemon.stop();
    await this.network.close();
  }

  /** Seconds from the start until each instance has advertised. */
  async untilAllMasters(): Promise<number> {
    const giveUpAt = performance.now() + 180_000;
    while (this.seen.size < this.count) {
      if (performance.now() > giveUpAt) {
        throw new Error(`${this.seen.size} of ${this.count} masters\n${this.daemon.log.slice(-4000)}`);
      }
      await sleep(5);
    }
    return (performance.now() - this.startedAt) / 1000;
  }

  /** Watches masters for a while. @param burning with a busy process for each CPU. */
  async measure(seconds: number, burning: boolean): Promise<Measured> {
    await this.untilAllMasters();
    await sleep(SETTLE_S * 1000);
    const putOut = burning ? setFire() : () => undefined;
    try {
      for (const times of this.seen.values()) times.splice(0);
      const pids = this.daemon.pids();
      const before = cpuSeconds(pids);
      await sleep(seconds * 1000);
      const used = cpuSeconds(pids) - before;
      return { ...this.intervals(), seconds, cpuSeconds: used, ...memory(pids) };
    } finally {
      putOut();
    }
  }

  private intervals(): Pick<Measured, 'adverts' | 'jitterMs' | 'driftUs'> {
    const all = [...this.seen.values()];
    const nominalMs = this.intervalS * 1000;
    const gaps = all.flatMap((times) =>
      times.slice(1).map((at, index) => Number(at - times[index]!) / 1e6 - nominalMs),
    );
    return {
      adverts: all.reduce((sum, times) => sum + times.length, 0),
      jitterMs: gaps.map(Math.abs),
      driftUs: (gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length) * 1000,
    };
  }
}

/** The time that all threads of these processes have had a CPU. */
function cpuSeconds(pids: readonly number[]): number {
  const threads = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`),
  );
  return (
    threads.reduce((sum, path) => sum + Number(readFileSync(`${path}/schedstat`, 'utf8').split(' ')[0]), 0) /
    1e9
  );
}

function memory(pids: readonly number[]): Pick<Measured, 'rssKb' | 'pssKb'> {
  const rollups = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  const sum = (name: string) =>
    rollups.reduce((total, text) => total + Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1]), 0);
  return { rssKb: sum('Rss'), pssKb: sum('Pss') };
}

function configOf(count: number, intervalS: number, settings: string): string {
  const instances = Array.from({ length: count }, (_, index) => {
    const [segment, vrid] = [Math.floor(index / MOST_VRIDS), (index % MOST_VRIDS) + 1];
    return `vrrp_instance V${index} {
    interface eth${segment}
    virtual_router_id ${vrid}
    priority 100
    advert_int ${intervalS}
    virtual_ipaddress {
        198.${51 + segment}.100.${vrid}/32
    }
}
`;
  });
  return globalDefs(['vrrp_version 3'], settings) + instances.join('');
}
