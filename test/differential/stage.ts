// Where a scenario is played: directors and a client on one or more segments, everything outside recorded.
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace, Network, run } from '../namespaces.js';
import { AddressWatch } from './address-watch.js';
import { capture } from './capture.js';
import { Daemon, type Implementation } from './daemon.js';
import { type Frame } from './decode.js';
import { forge, type Forged, type ForgedWay } from './forge.js';
import { kernelOf } from './kernel-state.js';
import { type Config, type Place, type Scenario } from './scenario.js';

/** A frame, and the segment that it was seen on. */
export type Seen = Frame & { readonly segment: number };

/** One director: its namespace, its daemon and what is watched of it. */
export interface Director {
  readonly name: string;
  readonly namespace: Namespace;
  readonly daemon: Daemon;
  readonly place: Place;
  readonly addresses: AddressWatch;
  /** MAC addresses of eth0, eth1 … in that order, and the switch's ports. */
  readonly macs: string[];
  readonly ports: string[];
  /** Killed: what it still holds is a dead host's, and no sign of life. */
  dead: boolean;
}

/** The state at a moment that the story names. */
export interface Checkpoint {
  readonly name: string;
  /** Virtual address to the directors that hold it, dead ones left out. */
  readonly holders: Readonly<Record<string, readonly string[]>>;
  /** Each living director's added addresses, as `ip address` describes them. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Each living director's virtual MAC interfaces, as `ip -d link` describes them. */
  readonly links: Readonly<Record<string, readonly string[]>>;
  /** Which virtual addresses answer the client. */
  readonly reachable: readonly string[];
  /** Virtual address to whose link-layer address the client was told: a director's, or a virtual MAC itself. */
  readonly answeredBy: Readonly<Record<string, string>>;
  /** Where the scenario asks for it: each living director's addresses, routes, rules, settings and firewall. */
  readonly kernel?: Readonly<Record<string, readonly string[]>>;
}

// The pid orders calls that were started together: they may write in another order than they were started in.
const notifyScript = `#!/bin/sh
printf '%s %s %s\\n' "$(date +%s%N)" "$$" "$*" >>"\${0%/*}/notify.log"
`;

// Opened for both directions, so that it never sees an end: the FIFO outlives every run of the daemon.
const fifoReader = 'exec cat <>"$1/notify.fifo" >>"$1/fifo.log"';

const pidMax = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));

/** The stage of one run of one scenario. */
export class Stage {
  readonly directors = new Map<string, Director>();
  readonly checkpoints: Checkpoint[] = [];
  /** What was done when, in nanoseconds since 1970. */
  readonly actions: { readonly at: bigint; readonly what: string }[] = [];
  /** Everything captured so far, in order. */
  readonly frames: Seen[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'understudy-stage-'));
  private readonly network = new Network(this.directory);
  private readonly client: Namespace;

  private constructor(
    private readonly scenario: Scenario,
    implementations: Readonly<Record<string, Implementation>>,
  ) {
    const segments = Array.from({ length: scenario.segments ?? 1 }, () => this.network.segment());
    this.client = this.network.namespace('client');
    for (const segment of segments) {
      this.network.plug(this.client, `eth${segment.number}`, segment, ownAddresses(segment.number, 10));
    }
    Object.keys(scenario.directors).forEach((name, index) => {
      const namespace = this.network.namespace(name);
      const links = segments.map((segment) =>
        this.network.plug(
          namespace,
          `eth${segment.number}`,
          segment,
          ownAddresses(segment.number, index + 1),
        ),
      );
      const directory = join(this.directory, name);
      mkdirSync(directory);
      const notify = join(directory, 'notify.sh');
      writeFileSync(notify, notifyScript);
      chmodSync(notify, 0o755);
      run('mkfifo', '-m', '600', join(directory, 'notify.fifo'));
      namespace.spawn('sh', ['-c', fifoReader, 'sh', directory], { stdio: 'ignore' });
      this.directors.set(name, {
        name,
        namespace,
        daemon: new Daemon(implementations[name] ?? 'understudy', namespace, directory),
        place: { notify, directory },
        addresses: new AddressWatch(namespace),
        macs: links.map((link) => link.mac),
        ports: links.map((link) => link.port),
        dead: false,
      });
    });
  }

  /** Builds the network and begins to record; nothing runs on it yet. */
  static async open(
    scenario: Scenario,
    implementations: Readonly<Record<string, Implementation>>,
  ): Promise<Stage> {
    const stage = new Stage(scenario, implementations);
    try {
      for (let segment = 0; segment < (scenario.segments ?? 1); segment++) await stage.record(segment);
      for (const director of stage.directors.values()) await director.addresses.ready;
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Ends everything and removes every trace. */
  async close(): Promise<void> {
    await this.network.close();
  }

  /**
   * Sends a mark on every segment and waits until it has been recorded, so that everything before it has been too.
   * When the capture saw the last mark is the end of the run.
   */
  async finish(): Promise<bigint> {
    let end = 0n;
    for (let segment = 0; segment < (this.scenario.segments ?? 1); segment++) {
      const nobody = ownAddresses(segment, 250)[0]!.replace('/24', '');
      // The client asks for an address that nobody has; whether anybody answers does not matter.
      this.client.spawn('ping', ['-n', '-c', '1', '-W', '1', nobody], { stdio: 'ignore' });
      const isMark = (frame: Seen) =>
        frame.kind === 'arp' && frame.segment === segment && frame.target === nobody;
      await this.until('the mark', () => this.frames.some(isMark));
      const { at } = this.frames.find(isMark)!;
      end = at > end ? at : end;
    }
    return end;
  }

  director(name: string): Director {
    const director = this.directors.get(name);
    if (!director) throw new Error(`no director ${name}`);
    return director;
  }

  /** Starts directors. */
  start(...names: string[]): void {
    for (const name of names) {
      const director = this.director(name);
      this.note(`start ${name}`);
      director.dead = false;
      director.daemon.start(this.scenario.directors[name]!(director.place));
    }
  }

  /** Starts the first director, lets it become master, and then starts the others as its backups. */
  async assemble(): Promise<void> {
    const [first, ...others] = [...this.directors.keys()];
    this.start(first!);
    await this.until(`${first} is a master`, () =>
      this.scenario.vips.some((vip) => this.mastersOf(vip).length > 0),
    );
    this.start(...others);
    await this.until('all others are backups', () =>
      others.every((name) => this.notifyCalls(name).length > 0),
    );
    await this.pass(Math.max(2, 2 * this.scenario.interval));
  }

  /** Stops a director as an operator does. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.note(`stop ${name}`);
    await this.director(name).daemon.stop(signal);
  }

  /** SIGKILL to all of a director's processes; its addresses stay, as a crashed daemon leaves them. */
  kill(name: string): void {
    const director = this.director(name);
    this.note(`kill ${name}`);
    director.dead = true;
    director.daemon.kill();
  }

  reload(name: string, config: Config): void {
    const director = this.director(name);
    this.note(`reload ${name}`);
    director.daemon.reload(config(director.place));
  }

  /** Pulls (or puts back) the cable: the switch's port goes down, the director sees no carrier. */
  cable(name: string, segment: number, state: 'in' | 'out'): void {
    this.note(`cable ${state} ${name}`);
    this.network.switch.ip(
      'link',
      'set',
      this.director(name).ports[segment]!,
      state === 'in' ? 'up' : 'down',
    );
  }

  /** Keeps the directors (or no longer) from each other while every carrier stays and the client hears them all. */
  partition(segment: number, state: 'cut' | 'healed'): void {
    this.note(`partition ${state}`);
    for (const { ports } of this.directors.values()) {
      const isolated = ['type', 'bridge_slave', 'isolated', state === 'cut' ? 'on' : 'off'];
      this.network.switch.ip('link', 'set', 'dev', ports[segment]!, ...isolated);
    }
  }

  /** Runs `ip` on a director, as an operator or another program does. */
  ip(name: string, ...args: string[]): void {
    this.note(`ip ${name}`);
    this.director(name).namespace.ip(...args);
  }

  /** A stranger sends adverts; resolves once the last of them has been seen. */
  async forge(adverts: readonly Forged[], way: ForgedWay = {}): Promise<void> {
    const before = this.forged.length;
    const visible = adverts.filter(({ length }) => length === undefined);
    await forge(this.client, adverts, way);
    await this.until('what was forged', () => this.forged.length >= before + visible.length);
    // Its own time: whoever sent it may have been slow to end.
    this.actions.push({ at: this.forged.at(-1)!.at, what: 'forged adverts' });
  }

  private get forged(): readonly Seen[] {
    return this.frames.filter((frame) => frame.kind === 'advert' && this.owner(frame) === undefined);
  }

  /** Whether a host that has the virtual address for its gateway reaches another segment by it. */
  async forwards(vip: string, to: string): Promise<boolean> {
    this.client.ip('route', 'replace', `${to}/32`, 'via', vip, 'dev', 'eth0');
    const reached = await this.answers(to);
    this.client.ip('route', 'delete', `${to}/32`);
    return reached;
  }

  /** Takes a director's interface away altogether. */
  removeInterface(name: string, segment: number): void {
    this.note(`remove interface of ${name}`);
    this.director(name).namespace.ip('link', 'delete', `eth${segment}`);
  }

  /** Puts back an interface that was taken away, with the addresses that it had and a new MAC address. */
  returnInterface(name: string, segment: number): void {
    this.note(`return interface of ${name}`);
    const director = this.director(name);
    const index = [...this.directors.keys()].indexOf(name) + 1;
    const where = { bridge: `br${segment}`, number: segment };
    const addresses = ownAddresses(segment, index);
    director.addresses.ignore(addresses);
    const link = this.network.plug(director.namespace, `eth${segment}`, where, addresses);
    director.macs.push(link.mac);
    director.ports[segment] = link.port;
  }

  /** Writes a file in a director's own directory. */
  write(name: string, fileName: string, text: string): void {
    this.note(`write ${name} ${fileName}`);
    writeFileSync(join(this.director(name).place.directory, fileName), text);
  }

  /** Puts a shell script in a director's own directory, whole at once, for it may be run at any moment. */
  script(name: string, fileName: string, body: string): void {
    this.note(`script ${name} ${fileName}`);
    const path = join(this.director(name).place.directory, fileName);
    writeFileSync(`${path}.new`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    renameSync(`${path}.new`, path);
  }

  remove(name: string, fileName: string): void {
    this.note(`remove ${name} ${fileName}`);
    rmSync(join(this.director(name).place.directory, fileName));
  }

  /** The living directors that hold a virtual address. */
  mastersOf(vip: string): string[] {
    const living = [...this.directors.values()].filter((director) => !director.dead);
    return living.filter((director) => director.addresses.holds(vip)).map((director) => director.name);
  }

  /** How many gratuitous ARPs a director has sent for an address. */
  announced(name: string, vip: string): number {
    return this.frames.filter(
      (frame) =>
        frame.kind === 'arp' && frame.sender === vip && frame.target === vip && this.owner(frame) === name,
    ).length;
  }

  /** Waits until `name` alone holds every virtual address of the scenario and was the last to advertise. */
  async master(name: string, vips = this.scenario.vips): Promise<void> {
    await this.until(`${name} is the master`, () => {
      const holders = this.holders();
      return vips.every((vip) => holders[vip]?.join() === name) && this.lastSender() === name;
    });
  }

  /** Waits until directors have run their first notify scripts: from then on they play their part. */
  async ready(...names: string[]): Promise<void> {
    await this.until(`${names.join(', ')} ready`, () =>
      names.every((name) => this.notifyCalls(name).length > 0),
    );
  }

  /** Lets time pass, in seconds, in which what should not happen can show itself. */
  async pass(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }

  /** Waits for something that must come; a generous limit, for no test may depend on being fast. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + 60_000 + this.scenario.interval * 10_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
      await sleep(20);
    }
  }

  /** Takes down the state of this moment, to be compared. */
  async checkpoint(name: string): Promise<void> {
    const living = [...this.directors.values()].filter((director) => !director.dead);
    await this.until('what is watched to be what there is', () =>
      living.every((director) => director.addresses.isCurrent()),
    );
    const holders = this.holders();
    const addresses = Object.fromEntries(
      living.map((director) => [director.name, director.addresses.describe()]),
    );
    const links = Object.fromEntries(
      living.map((director) => [director.name, virtualLinks(director.namespace)]),
    );
    const answers = await Promise.all(this.scenario.vips.map((vip) => this.answers(vip)));
    const reachable = this.scenario.vips.filter((_, index) => answers[index]);
    const answeredBy = Object.fromEntries(this.scenario.vips.map((vip) => [vip, this.answererOf(vip)]));
    const kernel =
      this.scenario.kernel &&
      Object.fromEntries(
        living.map(({ name: label, namespace }) => [label, kernelOf(namespace, this.scenario.kernel!)]),
      );
    this.checkpoints.push({
      ...{ name, holders, addresses, links, reachable, answeredBy },
      ...(kernel && { kernel }),
    });
  }

  /** A director's notify calls so far, in the order of their starts, with when they began to write. */
  notifyCalls(name: string): { readonly at: bigint; readonly args: string }[] {
    const log = join(this.director(name).place.directory, 'notify.log');
    if (!existsSync(log)) return [];
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [at, pid, ...args] = line.split(' ');
        return { at: BigInt(at!), pid: Number(pid), args: args.join(' ') };
      });
    const together = 500_000_000n;
    return calls.sort((x, y) => {
      const apart = x.at - y.at;
      if (apart > together || apart < -together) return apart > 0n ? 1 : -1;
      // Pids count up, and begin again from the bottom.
      const ahead = x.pid - y.pid;
      return Math.abs(ahead) > pidMax / 2 ? -ahead : ahead;
    });
  }

  /** What a director's daemon wrote to its FIFO so far. */
  fifoLines(name: string): readonly string[] {
    const log = join(this.director(name).place.directory, 'fifo.log');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  }

  /**
   * Which director has sent this frame; undefined for the client. A virtual MAC address is of whoever is master: an
   * advert tells by its source address, which over IPv6 is made of the MAC address below; anything else belongs to the last
   * advert before it.
   */
  owner(frame: Seen): string | undefined {
    if (!isVirtualMac(frame.source)) {
      return [...this.directors.values()].find((director) => director.macs.includes(frame.source))?.name;
    }
    const advert =
      frame.kind === 'advert'
        ? frame
        : this.frames.findLast(
            (each) => each.kind === 'advert' && each.source === frame.source && each.at <= frame.at,
          );
    if (advert?.kind !== 'advert') return undefined;
    const { from } = advert;
    const speaker = [...this.directors.values()].find(({ macs }) =>
      macs.some((mac) => linkLocal(mac) === from),
    );
    return speaker?.name ?? [...this.directors.keys()][Number(/\d+$/.exec(from)?.[0]) - 1];
  }

  private holders(): Record<string, string[]> {
    return Object.fromEntries(this.scenario.vips.map((vip) => [vip, this.mastersOf(vip)]));
  }

  /** Where the latest advert of a master was seen. */
  lastSegment(): number | undefined {
    return this.frames.findLast((frame) => frame.kind === 'advert' && frame.priority > 0)?.segment;
  }

  private lastSender(): string | undefined {
    const last = this.frames.findLast((frame) => frame.kind === 'advert' && frame.priority > 0);
    return last && this.owner(last);
  }

  /** Who has told the client where the address is. */
  private answererOf(vip: string): string {
    const found = JSON.parse(this.client.ip('-j', 'neigh', 'show', 'to', vip)) as {
      readonly lladdr?: string;
    }[];
    const mac = found.find(({ lladdr }) => lladdr !== undefined)?.lladdr;
    if (mac === undefined) return 'nobody';
    if (isVirtualMac(mac)) return mac;
    return [...this.directors.values()].find(({ macs }) => macs.includes(mac))?.name ?? 'a stranger';
  }

  private async answers(vip: string): Promise<boolean> {
    this.client.ip('neigh', 'flush', 'to', vip);
    const ping = this.client.spawn('ping', ['-n', '-c', '2', '-i', '0.2', '-W', '1', vip], {
      stdio: 'ignore',
    });
    const [status] = (await once(ping, 'exit')) as [number | null];
    return status === 0;
  }

  private note(what: string): void {
    this.actions.push({ at: BigInt(Date.now()) * 1_000_000n, what });
  }

  private async record(segment: number): Promise<void> {
    await capture(this.network.switch, `br${segment}`, (frame) => this.frames.push({ ...frame, segment }));
  }
}

/** 00:00:5e:00:01:VRID and 00:00:5e:00:02:VRID (RFC 9568, 7.3). */
export const isVirtualMac = (mac: string): boolean => /^00:00:5e:00:0[12]:/.test(mac);

/** The link-local address that the kernel makes of 02:00:00:00:SS:NN (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const [, , , , segment, station] = mac.split(':').map((byte) => Number.parseInt(byte, 16));
  return `fe80::ff:fe00:${(segment! * 256 + station!).toString(16)}`;
}

interface LinkInfo {
  readonly ifname: string;
  readonly link?: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly group: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly mode?: string } };
  readonly inet6_addr_gen_mode?: string;
}

/** Macvlans, with all of them that a daemon sets. */
function virtualLinks(namespace: Namespace): readonly string[] {
  const links = JSON.parse(
    namespace.ip('-d', '-j', 'link', 'show', 'type', 'macvlan'),
  ) as Partial<LinkInfo>[];
  return links
    .filter((link): link is LinkInfo => link.ifname !== undefined)
    .map(({ ifname, link, address, flags, mtu, group, linkinfo, inet6_addr_gen_mode }) => {
      const settings = ['rp_filter', 'arp_ignore', 'arp_filter', 'accept_local', 'promote_secondaries'].map(
        (name) => `${name} ${namespace.run('cat', `/proc/sys/net/ipv4/conf/${ifname}/${name}`).trim()}`,
      );
      const mode = linkinfo?.info_data?.mode ?? '';
      const words = [`${ifname}@${link ?? ''}`, address, mode, [...flags].sort().join(','), `mtu ${mtu}`];
      return [...words, `group ${group}`, inet6_addr_gen_mode ?? '', ...settings].join(' ');
    })
    .sort();
}

/** A station's addresses on a segment: documentation prefixes of both families. */
function ownAddresses(segment: number, station: number): string[] {
  const network = ['192.0.2', '198.51.100'][segment];
  return [`${network}.${station}/24`, `2001:db8:${segment}::${station}/64`];
}
