// Where BFD is timed: a director that tracks a neighbour, and the neighbour, which is killed.
import { mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon, type Implementation } from '../test/differential/daemon.js';
import { PcapReader } from '../test/differential/pcap.js';
import { type Namespace, Network } from '../test/namespaces.js';

/** What one loss of the neighbour took, in milliseconds, from the neighbour's last packet. */
export interface Loss {
  readonly implementation: Implementation;
  /** To the advert of priority 0 with which the director gives its mastership away. */
  readonly resignedMs: number;
}

/** What sessions cost. */
export interface Cost {
  readonly implementation: Implementation;
  readonly load: Load;
  /** CPU time of the BFD process, in percent of one core. */
  readonly cpuPercent: number;
  /** Microseconds of CPU for each packet that was sent or received. */
  readonly perPacketUs: number;
  readonly rssMb: number;
}

/** How many sessions, and how fast. */
export interface Load {
  readonly sessions: number;
  readonly intervalMs: number;
}

interface Course extends Load {
  readonly implementation: Implementation;
  /** Whether an instance tracks the first session. */
  readonly tracks: boolean;
}

interface Packet {
  readonly at: bigint;
  readonly kind: 'bfd' | 'vrrp';
  readonly mac: string;
  /** VRRP only. */
  readonly priority: number;
}

interface Runner {
  readonly namespace: Namespace;
  readonly mac: string;
  readonly directory: string;
}

const TICKS_PER_SECOND = 100;

export class BfdTrack {
  private packets: Packet[] = [];

  private constructor(
    private readonly network: Network,
    private readonly director: Runner,
    private readonly neighbour: Runner,
  ) {}

  /** @param sessions the most that will be asked for: each has an address of its own at either end. */
  static async open(directory: string, sessions: number): Promise<BfdTrack> {
    const network = new Network();
    const segment = network.segment();
    const [director, neighbour] = ['a', 'b'].map((name, index) => {
      const namespace = network.namespace(name);
      const addresses = Array.from({ length: sessions }, (_, at) => `10.9.${at}.${index + 1}/24`);
      const { mac } = network.plug(namespace, 'eth0', segment, addresses);
      const own = join(directory, name);
      mkdirSync(own);
      return { namespace, mac, directory: own };
    });
    const track = new BfdTrack(network, director!, neighbour!);
    await track.watch(segment.bridge);
    return track;
  }

  close(): Promise<void> {
    return this.network.close();
  }

  /** Kills the neighbour of a master, and waits for what becomes of it. The neighbour is always an Understudy. */
  async lose(implementation: Implementation): Promise<Loss> {
    return this.play({ implementation, sessions: 1, intervalMs: 10, tracks: true }, async (neighbour) => {
      await this.until('a master', () =>
        this.packets.some(({ kind, priority }) => kind === 'vrrp' && priority > 0),
      );
      await sleep(300);
      const before = this.packets.length;
      neighbour.kill();
      const resigned = () =>
        this.packets.slice(before).find(({ kind, priority }) => kind === 'vrrp' && priority === 0);
      await this.until('the master to resign', () => resigned() !== undefined);
      const last = this.packets
        .filter(({ kind, mac }) => kind === 'bfd' && mac === this.neighbour.mac)
        .at(-1);
      return { implementation, resignedMs: Number(resigned()!.at - last!.at) / 1e6 };
    });
  }

  /** Lets sessions run for a while, both ways. */
  async run(implementation: Implementation, load: Load, seconds: number): Promise<Cost> {
    const { sessions, intervalMs } = load;
    return this.play({ implementation, sessions, intervalMs, tracks: false }, async (_, director) => {
      await this.until('sessions at full pace', () => this.packets.length > sessions * 100);
      const pid = Number(readFileSync(director.pidFile('bfd'), 'utf8'));
      const before = cpuTicks(pid);
      this.packets = [];
      await sleep(seconds * 1000);
      const [ticks, count] = [cpuTicks(pid) - before, this.packets.length];
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return {
        implementation,
        load,
        cpuPercent: (ticks / TICKS_PER_SECOND / seconds) * 100,
        perPacketUs: (ticks / TICKS_PER_SECOND / count) * 1e6,
        rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
      };
    });
  }

  private async play<T>(
    { implementation, sessions, intervalMs, tracks }: Course,
    act: (neighbour: Daemon, director: Daemon) => Promise<T>,
  ): Promise<T> {
    const director = new Daemon(implementation, this.director.namespace, this.director.directory);
    const neighbour = new Daemon('understudy', this.neighbour.namespace, this.neighbour.directory);
    this.packets = [];
    try {
      neighbour.start(config({ sessions, intervalMs }, 2, 1));
      director.start(config({ sessions, intervalMs }, 1, 2) + (tracks ? instance : ''));
      return await act(neighbour, director);
    } catch (error) {
      const logs = `--- director\n${director.log}\n--- neighbour\n${neighbour.log}`;
      throw new Error(`${String(error)}\n${logs}`, { cause: error });
    } finally {
      await Promise.all([director.stop(), neighbour.stop()]);
    }
  }

  private async until(what: string, holds: () => boolean): Promise<void> {
    const giveUpAt = Date.now() + 20_000;
    while (!holds()) {
      if (Date.now() > giveUpAt) throw new Error(`bench: waited in vain for ${what}`);
      await sleep(5);
    }
  }

  private async watch(bridge: string): Promise<void> {
    const options = ['-Z', 'root', '-nU', '--immediate-mode', '--time-stamp-precision=nano', '-s', '80'];
    const filter = ['udp', 'port', '3784', 'or', 'ip', 'proto', '112'];
    const tcpdump = this.network.switch.spawn('tcpdump', [...options, '-i', bridge, '-w', '-', ...filter], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const reader = new PcapReader();
    tcpdump.stdout!.on('data', (piece: Buffer) => {
      for (const { at, bytes } of reader.push(piece)) {
        const mac = bytes.subarray(6, 12).toString('hex').replace(/..\B/g, '$&:');
        const kind = bytes[14 + 9] === 112 ? ('vrrp' as const) : ('bfd' as const);
        this.packets.push({ at, mac, kind, priority: bytes[14 + 20 + 2] ?? 0 });
      }
    });
    await once(tcpdump.stderr!, 'data');
  }
}

const config = ({ sessions, intervalMs }: Load, ours: number, theirs: number): string =>
  Array.from(
    { length: sessions },
    (_, at) => `bfd_instance s${at} {
  neighbor_ip 10.9.${at}.${theirs}
  source_ip 10.9.${at}.${ours}
  min_rx ${intervalMs}
  min_tx ${intervalMs}
  multiplier 5
}
`,
  ).join('');

const instance = `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 150
  version 3
  advert_int 0.1
  virtual_ipaddress {
    10.9.0.100/24
  }
  track_bfd {
    s0
  }
}
`;

/** User and system time of a process, in clock ticks. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
