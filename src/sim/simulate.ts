import { parseIpAddress, type IpAddress } from '../base/address.js';
import { assert } from '../base/assert.js';
import { type Micros } from '../base/units.js';
import { type InterfaceState, type VrrpSettings } from '../vrrp/index.js';
import { type TimedFault } from './fault.js';
import { type Quality } from './network.js';
import { Simulation } from './simulation.js';
import { type SimulatedRouter } from './station.js';
import { Timeline } from './timeline.js';

/** What to simulate: some configurations, and what is done to them. */
export interface SimulateOptions {
  readonly routers: readonly (Omit<SimulatedRouter, 'interfaces'> & {
    /** Made up from the settings unless given. */
    readonly interfaces?: readonly InterfaceState[];
  })[];
  readonly faults?: readonly TimedFault[];
  readonly seed?: number;
  readonly quality?: Quality;
  /** How long. All routers start at 0. */
  readonly until: Micros;
}

/** Plays configurations through the protocol core on a virtual clock and network, and tells what happened. */
export function simulate(options: SimulateOptions): Timeline {
  const timeline = new Timeline();
  const simulation = new Simulation({
    routers: options.routers.map((router, index) => ({
      ...router,
      interfaces: router.interfaces ?? inventInterfaces(router.settings, index),
    })),
    faults: options.faults ?? [],
    seed: options.seed ?? 1,
    ...(options.quality && { quality: options.quality }),
    onEffect: (router, effect, now) => timeline.addEffect(router, effect, now),
    onFault: (fault, now) => timeline.addFault(fault, now),
  });
  simulation.startAll();
  simulation.runUntil(options.until);
  return timeline;
}

/**
 * Interfaces for all that the settings name, up, with the addresses that they send from; where they leave that to the system,
 * with 192.0.2.N and fe80::N (N counts the routers from 1).
 */
export function inventInterfaces(settings: VrrpSettings, index: number): readonly InterfaceState[] {
  const names = new Set([
    ...settings.instances.flatMap((each) => [
      each.interface,
      ...each.trackInterfaces.map(({ name }) => name),
      ...each.addresses.map((vip) => vip.interface),
    ]),
    ...settings.syncGroups.flatMap((group) => group.trackInterfaces.map(({ name }) => name)),
  ]);
  return [...names].map((name, position) => ({
    name,
    index: position + 1,
    up: true,
    addresses: [
      ...sourcesOn(name, settings),
      ownAddress(`192.0.2.${index + 1}`),
      ownAddress(`fe80::${index + 1}`),
    ],
  }));
}

const sourcesOn = (name: string, settings: VrrpSettings): readonly IpAddress[] =>
  settings.instances
    .filter((each) => each.interface === name)
    .flatMap(({ transport }) => (transport.source === undefined ? [] : [transport.source]));

function ownAddress(text: string): IpAddress {
  const address = parseIpAddress(text);
  assert(address !== undefined, `${text} is an address`);
  return address;
}
