import { parseIpAddress, type IpAddress } from '../base/address.js';
import { ok, type Result } from '../base/result.js';
import { micros, plus, type Micros } from '../base/units.js';
import {
  Router,
  type AdvertReceived,
  type InstanceSettings,
  type SendAdvert,
  type VrrpSettings,
} from '../vrrp/index.js';
import { type Link } from '../wire/netlink/link.js';
import { type InterfaceAddress } from '../wire/netlink/route.js';
import { Installer } from './installer.js';
import { Announcements } from './announcements.js';
import { InterfaceView } from './interface-view.js';
import { type WorkerShares } from './messages.js';
import { VrrpDriver, type VrrpOutside } from './vrrp-driver.js';
import { type NetCommand, type Outcome } from '../kernel/net-command.js';
import { isInterfaceFact, type RouteFact } from '../kernel/rtnetlink.js';

type Share = Pick<WorkerShares['vrrp'], 'vrrp' | 'vrrpAddresses' | 'vrrpRoutes' | 'statics'>;

const SILENCE = { detail: () => undefined, info: () => undefined, error: () => undefined };

/** Most instances that a rehearsal is played with: a second one of the same kind teaches nothing new. */
const INSTANCES = 4;

/**
 * Plays takeovers with the real protocol and drivers on a stage without a kernel, until `enough` says so. JavaScript
 * is compiled when it first runs: without this the one takeover that matters would pay for that, a few milliseconds
 * between the deadline and the gratuitous ARP.
 */
export function rehearse(share: Share, enough: () => boolean): void {
  const vrrp: VrrpSettings = {
    ...share.vrrp,
    startupDelay: micros(0),
    delayAfterBoot: micros(0),
    instances: share.vrrp.instances.slice(0, INSTANCES).map(trackNothing),
    syncGroups: [],
    scripts: [],
    processes: [],
  };
  const names = new Set(vrrp.instances.map(({ interface: name }) => name));
  while (!enough()) new Stage({ ...share, vrrp }, [...names]).play();
}

/** Nothing on the stage is a fault. */
const trackNothing = (instance: InstanceSettings): InstanceSettings => ({
  ...instance,
  trackFiles: [],
  trackProcesses: [],
  trackBfd: [],
});

/** One play: start, takeover, a better master comes and resigns, takeover, stop. */
class Stage implements VrrpOutside {
  private clock: Micros = micros(0);
  private armed: Micros | undefined;
  private readonly sent: SendAdvert[] = [];
  private facts: RouteFact[] = [];
  private readonly view = new InterfaceView();
  private readonly installer: Installer;
  private readonly announcements: Announcements;
  private readonly driver: VrrpDriver;

  constructor(
    share: Share,
    private readonly interfaces: readonly string[],
  ) {
    this.installer = new Installer(share, this.view, {
      apply: (commands) => commands.map((command) => this.obey(command)),
      drain: () => this.facts.splice(0),
      facts: (facts) => this.hear(facts),
      port: 0,
      log: SILENCE,
    });
    this.announcements = new Announcements({
      link: (name) => this.view.link(name),
      send: () => ok(undefined),
      now: () => this.clock,
      forwardsIpv6: () => false,
      sending: () => undefined,
      failed: () => undefined,
    });
    this.driver = new VrrpDriver(new Router(share.vrrp), this);
  }

  play(): void {
    const links = this.interfaces.map(link);
    for (const event of this.view.load(links, links.flatMap(addressesOf))) this.driver.handle(event);
    this.driver.handle({ type: 'Started' });
    this.untilMasters();
    for (const advert of this.lastAdverts()) this.driver.handle(answer(advert));
    this.untilMasters();
    this.driver.handle({ type: 'StopRequested' });
  }

  // The driver's outside.

  now(): Micros {
    return this.clock;
  }

  arm(at: Micros | undefined): void {
    this.armed = at;
  }

  waitingAdverts(): readonly AdvertReceived[] {
    return [];
  }

  sendAdverts(effects: readonly SendAdvert[]): [] {
    this.sent.push(...effects);
    return [];
  }

  addAddresses(instance: string): void {
    this.installer.install(instance);
  }

  removeAddresses(instance: string): void {
    this.installer.remove(instance);
  }

  sendGratuitousArp(effect: Parameters<VrrpOutside['sendGratuitousArp']>[0]): void {
    this.announcements.announce(effect.interface, effect.address);
  }

  runScript(): void {
    return;
  }

  notify(): void {
    return;
  }

  stateChanged(): void {
    return;
  }

  record(): void {
    return;
  }

  settled(): void {
    this.installer.settle();
  }

  stopped(): void {
    return;
  }

  /** Lets the clock run from deadline to deadline; after a dozen all instances have advertised. */
  private untilMasters(): void {
    for (let wake = 0; wake < 12 && this.armed !== undefined; wake += 1) {
      this.clock = plus(this.armed, micros(1));
      this.driver.wake();
    }
  }

  private lastAdverts(): readonly SendAdvert[] {
    return [...new Map(this.sent.map((advert) => [advert.instance, advert])).values()];
  }

  private obey(command: NetCommand): Result<Outcome, never> {
    if ('address' in command) {
      const { kind, address } = command;
      this.facts.push({ type: kind === 'remove' ? 'address-gone' : 'address', address });
    }
    return ok('done');
  }

  private hear(facts: readonly RouteFact[]): void {
    for (const event of this.view.apply(facts.filter(isInterfaceFact), (gone) =>
      this.installer.isOurDoing(gone),
    ))
      this.driver.handle(event);
  }
}

/** Our own advert, as if a neighbour of equal priority and greater address had sent it. */
function answer(advert: SendAdvert): AdvertReceived {
  const payload = advert.payloads[0] ?? new Uint8Array(0);
  const source = (advert.source.includes(':') ? GREATER.inet6 : GREATER.inet) ?? advert.source;
  return {
    type: 'AdvertReceived',
    interface: advert.interface,
    source,
    destination: advert.destinations[0] ?? advert.source,
    ttl: 255,
    payload: payload.slice(),
  };
}

const GREATER = { inet: parseIpAddress('198.51.100.200'), inet6: parseIpAddress('fe80::ffff') };

const link = (name: string, index: number): Link => ({
  index: index + 1,
  name,
  flags: 0,
  adminUp: true,
  running: true,
  hardwareType: 1,
  hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, index),
  mtu: 1500,
  operState: 6,
});

const addressesOf = ({ index }: Link): readonly InterfaceAddress[] =>
  [parseIpAddress('198.51.100.1'), parseIpAddress('fe80::1')]
    .filter((address): address is IpAddress => address !== undefined)
    .map((address) => ({
      interfaceIndex: index,
      family: address.includes(':') ? 'inet6' : 'inet',
      address,
      prefixLength: 24,
      scope: 0,
      flags: 0,
    }));
