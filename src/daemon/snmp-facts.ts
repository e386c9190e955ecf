import { micros, minus, plus, secondsToMicros, type Micros } from '../base/units.js';
import { type HeraldConfiguration } from '../config/index.js';
import { now } from '../kernel/clock.js';
import { RouteSocket } from '../kernel/rtnetlink.js';
import { mibView, type InterfaceFacts, type IpvsFacts, type MibView } from '../observe/snmp/index.js';
import { type WorkerState } from '../observe/index.js';
import { type RouterSnapshot } from '../vrrp/index.js';
import { type AlertsSurroundings } from './alerts-service.js';
import { joinPools, PAGE, SERVER_PAGE, serverCount } from './control-queries.js';
import { type Asked } from './messages.js';
import { type IpvsLoad } from './ipvs-load.js';
import { readInterfaces } from './snmp-interfaces.js';
import { packageVersion } from './version.js';

/** A view answers for so long at least, if nothing happens: a walk that asks for each object by itself stays cheap. */
const FRESH = secondsToMicros(1);
/** And for so many times what it took to look: of 10,000 real servers that is half a second on a slow machine. */
const REST = 10;
/** The same, if something has happened. */
const REST_IF_STALE = 2;
const CENTI = 10_000;

type Ask = AlertsSurroundings['ask'];

/** What SNMP is answered from: the workers' state, asked for page by page and kept for a moment. */
export class SnmpSource {
  private readonly routes = new RouteSocket();
  private agentStart: Micros = now();
  private view: Promise<MibView> | undefined;
  /** When it was complete, and how long that took; absent while it is being made. */
  private made: { readonly at: Micros; readonly took: Micros } | undefined;
  private isStale = false;
  /**
   * What the health worker last said: the MIB knows servers as alive or dead, and those of a worker that is busy, or is
   * being started again, are what they were. Of an instance it knows the state unknown.
   */
  private knownPools: ReturnType<typeof joinPools> = [];

  constructor(
    private configuration: HeraldConfiguration,
    private readonly ask: Ask,
    private readonly load: Pick<IpvsLoad, 'read'>,
  ) {}

  /** Gives back what it holds of the kernel. */
  close(): void {
    this.routes.close();
  }

  reconfigure(configuration: HeraldConfiguration): void {
    this.configuration = configuration;
    this.stale();
  }

  /** Something has happened: the next one who asks is to see it. */
  stale(): void {
    this.isStale = true;
  }

  /** Something was changed by who asks next. */
  forget(): void {
    this.view = undefined;
    this.made = undefined;
  }

  /** sysUpTime of the agent, in hundredths of a second. */
  agentUpTime(centis: number): void {
    this.agentStart = minus(now(), micros(centis * CENTI));
  }

  /** All enabled MIBs as they are now, or were a moment ago. */
  current(): Promise<MibView> {
    if (this.view && !this.isOld()) return this.view;
    const from = now();
    this.isStale = false;
    this.made = undefined;
    const view = this.look().finally(() => {
      if (view === this.view) this.made = { at: now(), took: minus(now(), from) };
    });
    this.view = view;
    return view;
  }

  private isOld(): boolean {
    if (!this.made) return false;
    const { at, took } = this.made;
    const rest = this.isStale ? REST_IF_STALE * took : Math.max(FRESH, REST * took);
    return plus(at, micros(rest)) <= now();
  }

  interfaces(): ReadonlyMap<string, InterfaceFacts> {
    const vips = Object.values(this.configuration.vrrpAddresses).flatMap((addresses) =>
      addresses.map(({ address }) => address),
    );
    return readInterfaces(this.routes, new Set(vips));
  }

  private async look(): Promise<MibView> {
    const { configuration } = this;
    const { snmp } = configuration.details.daemon;
    const wantsRouter = snmp.vrrp || snmp.rfc2 || snmp.rfc3;
    const [router, pools] = await Promise.all([
      wantsRouter ? this.router(configuration.vrrp.instances.length) : undefined,
      snmp.checker ? this.pools(serverCount(configuration.health)) : [],
    ]);
    const ipvs = snmp.checker ? this.load.read(configuration) : undefined;
    return mibView({
      configuration,
      version: `Understudy v${packageVersion()}`,
      now: now(),
      agentStart: this.agentStart,
      ...(router && { router }),
      pools: new Map(pools.map((pool) => [pool.id, pool])),
      interfaces: this.interfaces(),
      ipvs: ipvs ?? NOTHING_COUNTED,
    });
  }

  private async router(count: number): Promise<RouterSnapshot | undefined> {
    const pages = (await this.pages('vrrp', count, PAGE))?.flatMap(({ vrrp }) => vrrp ?? []);
    const first = pages?.[0];
    return pages && first && { ...first, instances: pages.flatMap(({ instances }) => instances) };
  }

  private async pools(count: number) {
    const pages = await this.pages('checkers', count, SERVER_PAGE);
    if (pages) this.knownPools = joinPools(pages.map(({ pools }) => pools ?? []));
    return this.knownPools;
  }

  /** Everything that the worker says; undefined if it does not answer to all of it. */
  private async pages(
    worker: Asked,
    count: number,
    size: number,
  ): Promise<readonly WorkerState[] | undefined> {
    const pages: WorkerState[] = [];
    for (let from = 0; from < count; from += size) {
      const answer = await this.ask(worker, { type: 'State', from });
      if (!answer.ok) return undefined;
      pages.push(answer.value);
    }
    return pages;
  }
}

const NOTHING_COUNTED: IpvsFacts = { pool: () => undefined, realServer: () => undefined };
