import { familyOf, isMulticast, type IpAddress } from '../base/address.js';
import { makePrng } from '../base/prng.js';
import { micros, plus, type Micros } from '../base/units.js';
import { unreachable } from '../base/assert.js';
import { type AdvertReceived, type SendAdvert, type VrrpEffect } from '../vrrp/index.js';
import { encodeIpv4Header, IPPROTO_VRRP, IPTOS_INTERNETCONTROL } from '../wire/index.js';
import { Agenda } from './agenda.js';
import { type Fault, type TimedFault } from './fault.js';
import { Network, QUIET, type Quality } from './network.js';
import { Station, type SimulatedRouter } from './station.js';

/** What Linux sends where nobody says otherwise (net.ipv6.conf.default.hop_limit). */
const HOP_LIMIT = 64;

/** What is simulated. */
export interface SimulationOptions {
  readonly routers: readonly SimulatedRouter[];
  readonly faults: readonly TimedFault[];
  /** Decides every loss and delay; the same seed gives the same run. */
  readonly seed: number;
  /** Quiet unless told. */
  readonly quality?: Quality;
  /** Told of every effect of every router. */
  readonly onEffect?: (router: string, effect: VrrpEffect, now: Micros) => void;
  /** Told of every fault, before it strikes. */
  readonly onFault?: (fault: Fault, now: Micros) => void;
  /** Called when all that happens at an instant has happened. */
  readonly onInstant?: (now: Micros, simulation: Simulation) => void;
}

type Occasion =
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'arrival'; readonly to: Station; readonly packet: AdvertReceived };

/**
 * Routers on a virtual network and a virtual clock. Interfaces of one name are on one segment. Runs the very code that runs on
 * directors, with nothing of a real machine: a run depends on its options alone.
 */
export class Simulation {
  readonly stations: readonly Station[];
  readonly network: Network;
  private readonly agenda = new Agenda<Occasion>();
  private clock = micros(0);

  constructor(private readonly options: SimulationOptions) {
    this.network = new Network(makePrng(options.seed), options.quality ?? QUIET);
    this.stations = options.routers.map(
      (router) => new Station(router, (effect, now) => this.observe(router.name, effect, now)),
    );
    for (const { at, fault } of options.faults) this.agenda.add(at, { type: 'fault', fault });
  }

  /** The time up to which everything has happened. */
  get now(): Micros {
    return this.clock;
  }

  /** The station of that name; a name that does not exist is a mistake of the caller. */
  station(name: string): Station {
    const found = this.stations.find((each) => each.name === name);
    if (!found) throw new RangeError(`no router ${name}`);
    return found;
  }

  /** Starts every router now. */
  startAll(): void {
    for (const station of this.stations) station.start(this.clock);
    this.options.onInstant?.(this.clock, this);
  }

  /** Lets time pass. */
  runUntil(end: Micros): void {
    for (let next = this.next(); next !== undefined && next <= end; next = this.next()) {
      this.clock = micros(Math.max(this.clock, next));
      this.runInstant(this.clock);
      this.options.onInstant?.(this.clock, this);
    }
    this.clock = end;
  }

  private next(): Micros | undefined {
    let earliest = this.agenda.next();
    for (const station of this.stations) {
      const at = station.next();
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  /** What arrives at an instant is heard before what is due then: a router looks before it claims. */
  private runInstant(now: Micros): void {
    for (let item = this.agenda.take(now); item; item = this.agenda.take(now)) this.happen(item.what, now);
    for (const station of this.stations) {
      const due = station.next();
      if (due !== undefined && due <= now) station.wake(now);
    }
  }

  private happen(occasion: Occasion, now: Micros): void {
    if (occasion.type === 'arrival') {
      occasion.to.receive(occasion.packet, now);
      return;
    }
    this.options.onFault?.(occasion.fault, now);
    this.strike(occasion.fault, now);
  }

  private observe(router: string, effect: VrrpEffect, now: Micros): void {
    this.options.onEffect?.(router, effect, now);
    if (effect.type === 'SendAdvert') this.send(this.station(router), effect, now);
  }

  private strike(fault: Fault, now: Micros): void {
    switch (fault.type) {
      case 'cut':
        for (const from of fault.from) for (const to of fault.to) this.network.cut(from, to);
        return;
      case 'heal':
        this.network.heal(fault.between);
        return;
      case 'quality':
        this.network.quality = fault.quality;
        return;
      case 'forge':
        this.forge(fault, now);
        return;
      default:
        strikeStation(this.station(fault.router), fault, now);
    }
  }

  private send(from: Station, advert: SendAdvert, now: Micros): void {
    if (from.interfaceState(advert.interface)?.up !== true) return;
    advert.destinations.forEach((destination, index) => {
      const payload = advert.payloads[index];
      if (!payload) return;
      const packet = packetOf({ ...advert, ttl: advert.ttl ?? HOP_LIMIT, destination, payload });
      for (const to of this.receiversOf(from, advert.interface, destination)) {
        for (const delay of this.network.travel(from.name, to.name)) {
          this.agenda.add(plus(now, delay), { type: 'arrival', to, packet });
        }
      }
    });
  }

  /** Who hears a packet: all others on the segment, or the one that has the address. */
  private receiversOf(from: Station, name: string, destination: IpAddress): readonly Station[] {
    const others = this.stations.filter((each) => each !== from);
    if (isMulticast(destination)) return others;
    return others.filter((each) => each.interfaceState(name)?.addresses.includes(destination) === true);
  }

  private forge(fault: Extract<Fault, { type: 'forge' }>, now: Micros): void {
    const packet = packetOf(fault);
    for (const station of this.stations) station.receive(packet, now);
  }
}

type StationFault = Extract<Fault, { readonly router: string }>;

function strikeStation(station: Station, fault: StationFault, now: Micros): void {
  switch (fault.type) {
    case 'kill':
      station.kill();
      return;
    case 'start':
      station.start(now);
      return;
    case 'stop':
      station.take({ type: 'StopRequested' }, now);
      return;
    case 'crash-worker':
      station.crashWorker(now);
      return;
    case 'stall':
      station.stall(plus(now, fault.duration));
      return;
    case 'link':
      station.setLink(fault.interface, fault.up, now);
      return;
    case 'script':
      station.setScript(fault.script, fault.success);
      return;
    case 'tracked':
      station.setTracked(fault.event, now);
      return;
    case 'remove-address':
      station.take({ type: 'AddressLost', interface: fault.interface, address: fault.address }, now);
      return;
    case 'reload':
      station.reload(fault.settings, now);
      return;
    default:
      unreachable(fault, 'fault');
  }
}

/** What of an advert is seen on the wire. */
type Sent = Pick<AdvertReceived, 'interface' | 'source' | 'destination' | 'payload'> &
  Pick<SendAdvert, 'identification' | 'protocol'> & { readonly ttl: number };

function packetOf(sent: Sent): AdvertReceived {
  const { interface: name, source, destination, ttl, payload } = sent;
  const packet = { type: 'AdvertReceived' as const, interface: name, source, destination, ttl, payload };
  if (familyOf(source) === 'inet6') return packet;
  const ipHeader = encodeIpv4Header({
    tos: IPTOS_INTERNETCONTROL,
    totalLength: 20 + payload.length,
    identification: sent.identification ?? 0,
    fragment: 0,
    ttl,
    protocol: sent.protocol ?? IPPROTO_VRRP,
    source,
    destination,
    options: new Uint8Array(),
  });
  return { ...packet, ipHeader };
}
