import { parseIpAddress, type IpAddress } from '../base/address.js';
import { assert } from '../base/assert.js';
import { makePrng, type Prng } from '../base/prng.js';
import { centis, micros, minus, seconds, secondsToMicros, type Micros } from '../base/units.js';
import {
  type Authentication,
  type InstanceSettings,
  type InterfaceState,
  type Transport,
  type VrrpSettings,
} from '../vrrp/index.js';
import { encodeAdvert } from '../wire/index.js';
import { type Fault, type TimedFault, type TrackedEvent } from './fault.js';
import { QUIET, type Quality } from './network.js';
import { type SimulatedRouter } from './station.js';

/** A random experiment: some routers, a time of trouble, then calm. */
export interface Chaos {
  readonly routers: readonly SimulatedRouter[];
  readonly faults: readonly TimedFault[];
  readonly quality: Quality;
  /** When all that was broken has been repaired. */
  readonly calmAt: Micros;
  /** What may take its time after that besides the protocol: scripts, sync groups. */
  readonly patience: Micros;
  readonly until: Micros;
}

/** What is the same for all routers of one experiment. */
interface Design {
  readonly random: Prng;
  readonly count: number;
  readonly version: 2 | 3;
  readonly family: 'inet' | 'inet6';
  readonly interval: Micros;
  readonly unicast: boolean;
  /** Two instances on two segments, bound into a sync group. */
  readonly grouped: boolean;
  readonly scripted: boolean;
  readonly preempt: boolean;
  readonly preemptDelay: Micros;
  readonly tracksInterface: boolean;
  /** What else instances track. */
  readonly tracks: 'nothing' | 'file' | 'process' | 'session';
  readonly authentication: Authentication;
}

const INTERFACES = ['eth0', 'eth1'] as const;

/** The experiment of this seed; the same seed always makes the same one. */
export function makeChaos(seed: number): Chaos {
  const random = makePrng(seed);
  const design = drawDesign(random);
  const routers = Array.from({ length: design.count }, (_, index) => drawRouter(design, index));
  const calmAt = micros(design.interval * 60);
  const quality = chance(random, 0.5) ? QUIET : drawQuality(design, 0);
  const faults = drawFaults(design, routers, calmAt);
  const longest = 5 * design.interval + secondsToMicros(1);
  const patience = design.scripted || design.grouped ? 3 * longest : longest;
  const settled = calmAt + longest + design.preemptDelay + patience;
  return {
    routers,
    faults: [...faults, ...repairs(routers, calmAt, quality)],
    quality,
    calmAt,
    patience: micros(patience),
    until: micros(settled + 5 * design.interval),
  };
}

const chance = (random: Prng, probability: number): boolean => random.next() < probability;

function pick<T>(random: Prng, choices: readonly T[]): T {
  const choice = choices[random.between(0, choices.length - 1)];
  assert(choice !== undefined, 'there is something to choose from');
  return choice;
}

function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  assert(parsed !== undefined, `${text} is an address`);
  return parsed;
}

function drawDesign(random: Prng): Design {
  const version = pick(random, [2, 3] as const);
  const intervals = version === 2 ? [1, 2] : [0.01, 0.1, 0.5, 1];
  return {
    random,
    count: random.between(2, 5),
    version,
    family: version === 3 ? pick(random, ['inet', 'inet6']) : 'inet',
    interval: secondsToMicros(pick(random, intervals)),
    unicast: chance(random, 0.25),
    grouped: chance(random, 0.3),
    scripted: chance(random, 0.25),
    preempt: chance(random, 0.75),
    preemptDelay: chance(random, 0.2) ? secondsToMicros(5) : micros(0),
    tracksInterface: chance(random, 0.2),
    tracks: chance(random, 0.3) ? pick(random, ['file', 'process', 'session']) : 'nothing',
    authentication: chance(random, 0.3) ? drawAuthentication(random, version) : { type: 'none' },
  };
}

function drawAuthentication(random: Prng, version: 2 | 3): Authentication {
  const type = version === 3 ? 'hmac' : pick(random, ['pass', 'ah', 'hmac'] as const);
  if (type !== 'hmac') return { type, password: 'secret' };
  const keys = [{ id: 1, secret: '5a'.repeat(32) }];
  const window = chance(random, 0.5) ? { timeWindowS: 5 } : {};
  return { type, keys, activeKey: 1, ...window, mode: 'enforce' };
}

const ownAddress = (design: Design, segment: number, index: number): IpAddress =>
  address(design.family === 'inet' ? `10.0.${segment}.${index + 1}` : `fe80::${segment}:${index + 1}`);

function drawRouter(design: Design, index: number): SimulatedRouter {
  const { random } = design;
  const interfaces: InterfaceState[] = INTERFACES.map((name, segment) => ({
    name,
    index: segment + 1,
    up: true,
    addresses: [ownAddress(design, segment, index)],
  }));
  const priority = chance(random, 0.3) ? 100 : random.between(1, 254);
  const segments = design.grouped ? [0, 1] : [0];
  const settings: VrrpSettings = {
    instances: segments.map((segment) => drawInstance(design, segment, index, priority)),
    syncGroups: design.grouped ? [groupOf(segments)] : [],
    scripts: design.scripted ? [script(design)] : [],
    processes: design.tracks === 'process' ? [daemons(design)] : [],
    startupDelay: micros(0),
    announcementPacing: [],
    delayAfterBoot: micros(0),
    logUnknownVrids: false,
  };
  const name = String.fromCharCode(65 + index);
  return { name, settings, interfaces, clockDriftPpm: random.between(-500, 500) };
}

const daemons = (design: Design): VrrpSettings['processes'][number] => ({
  name: 'tracked',
  quorum: 2,
  quorumMax: 3,
  forkDelay: micros(0),
  terminateDelay: design.interval,
});

/** The first router has its fault there, the others change their priority. */
const tracked = (design: Design, kind: Design['tracks'], index: number): InstanceSettings['trackFiles'] =>
  design.tracks === kind ? [{ name: 'tracked', weight: index === 0 ? 0 : -30, reverse: false }] : [];

const groupOf = (segments: readonly number[]): VrrpSettings['syncGroups'][number] => ({
  name: 'G',
  members: segments.map((segment) => `VI${segment}`),
  trackInterfaces: [],
  trackScripts: [],
  trackFiles: [],
  trackProcesses: [],
  trackBfd: [],
  trackingWeight: false,
});

const script = (design: Design): VrrpSettings['scripts'][number] => ({
  name: 'chk',
  interval: micros(design.interval * 2),
  timeout: micros(0),
  rise: 2,
  fall: 2,
  initFail: false,
});

function drawInstance(design: Design, segment: number, index: number, priority: number): InstanceSettings {
  const vip = address(design.family === 'inet' ? `10.0.${segment}.100` : `2001:db8:${segment}::100`);
  const name = INTERFACES[segment] ?? 'eth0';
  return {
    name: `VI${segment}`,
    family: design.family,
    version: design.version,
    vrid: 51 + segment,
    interface: name,
    initialState: chance(design.random, 0.3) ? 'MASTER' : 'BACKUP',
    priority,
    advertInterval: design.interval,
    preempt: design.preempt,
    preemptDelay: design.preemptDelay,
    transport: transportOf(design, segment, index),
    authentication: design.authentication,
    addresses: [{ address: vip, interface: name, advertised: true }],
    garp: {
      masterDelay: micros(0),
      masterRepeat: 1,
      masterRefresh: micros(0),
      masterRefreshRepeat: 1,
      lowerPriorityDelay: micros(0),
      lowerPriorityRepeat: 0,
      extraInterval: micros(0),
      extraAddresses: [],
    },
    downTimerAdverts: 3,
    trackInterfaces:
      design.tracksInterface && segment === 0 ? [{ name: 'eth1', weight: -20, reverse: false }] : [],
    trackFiles: tracked(design, 'file', index),
    trackProcesses: tracked(design, 'process', index),
    trackBfd: tracked(design, 'session', index),
    trackScripts: design.scripted ? [{ name: 'chk', weight: index === 0 ? 0 : -30, reverse: false }] : [],
    dontTrackPrimary: false,
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: false,
    skipCheckAdvertAddresses: false,
    checksumAsV2: false,
    ownerIgnoresAdverts: false,
    configFaults: [],
  };
}

function transportOf(design: Design, segment: number, index: number): Transport {
  if (!design.unicast) {
    return { kind: 'multicast', group: address(design.family === 'inet' ? '224.0.0.18' : 'ff02::12') };
  }
  const everybody = Array.from({ length: design.count }, (_, each) => each);
  const peers = everybody.filter((each) => each !== index).map((each) => ownAddress(design, segment, each));
  return {
    kind: 'unicast',
    peers: peers.map((peer) => ({ address: peer })),
    source: ownAddress(design, segment, index),
    checkSource: true,
    ttl: 255,
  };
}

/** Delays well under an advert interval: otherwise nothing that the protocol promises would hold. */
function drawQuality({ random, interval }: Design, loss: number): Quality {
  const maxDelay = micros(random.between(50, Math.min(interval / 20, 5000)));
  return { loss, duplication: chance(random, 0.3) ? 0.1 : 0, minDelay: micros(50), maxDelay };
}

function drawFaults(design: Design, routers: readonly SimulatedRouter[], calmAt: Micros): TimedFault[] {
  const { random } = design;
  const count = random.between(0, 10);
  return Array.from({ length: count }, () => {
    const at = micros(random.between(0, calmAt - 1));
    return { at, fault: drawFault(design, routers, minus(calmAt, at)) };
  });
}

/** @param left until calm: no stall outlasts the time of trouble. */
function drawFault(design: Design, routers: readonly SimulatedRouter[], left: Micros): Fault {
  const { random } = design;
  const victim = pick(random, routers);
  const router = victim.name;
  const others = routers.map(({ name }) => name).filter((name) => name !== router);
  const name = pick(random, INTERFACES);
  const vip = pick(random, victim.settings.instances).addresses[0];
  const faults: (() => Fault)[] = [
    () => ({ type: 'kill', router }),
    () => ({ type: 'start', router }),
    () => ({ type: 'stop', router }),
    () => ({ type: 'crash-worker', router }),
    () => ({
      type: 'stall',
      router,
      duration: micros(random.between(1, Math.min(left, design.interval * 8))),
    }),
    () => ({ type: 'link', router, interface: name, up: chance(random, 0.3) }),
    () => ({ type: 'cut', from: [router], to: others }),
    () => ({ type: 'cut', from: others, to: [router] }),
    () => ({ type: 'heal' }),
    () => ({ type: 'quality', quality: drawQuality(design, pick(random, [0, 0.1, 0.4])) }),
    () => ({ type: 'reload', router, settings: redraw(design, victim.settings) }),
    () => drawForgery(design, victim),
  ];
  if (design.scripted) {
    faults.push(() => ({ type: 'script', router, script: 'chk', success: chance(random, 0.3) }));
  }
  if (design.tracks !== 'nothing') {
    const event = drawTracked(design.tracks, chance(random, 0.3), random);
    faults.push(() => ({ type: 'tracked', router, event }));
  }
  if (vip) {
    faults.push(() => ({ type: 'remove-address', router, interface: vip.interface, address: vip.address }));
  }
  return pick(random, faults)();
}

/** @param good as it should be. */
function drawTracked(kind: Exclude<Design['tracks'], 'nothing'>, good: boolean, random: Prng): TrackedEvent {
  const name = 'tracked';
  switch (kind) {
    case 'file':
      return { type: 'FileChanged', name, value: good ? 0 : random.between(-300, 300) };
    case 'process': {
      const by = pick(random, ['fork', 'exec', 'exit', 'scan'] as const);
      return { type: 'ProcessesCounted', name, count: good ? 2 : random.between(0, 5), by };
    }
    case 'session':
      return { type: 'BfdChanged', name, up: good };
  }
}

/** What an operator edits while it runs: nothing, the priority, or an address more. */
function redraw({ random, family }: Design, settings: VrrpSettings): VrrpSettings {
  const priority = random.between(1, 254);
  const more = chance(random, 0.5);
  const edited = chance(random, 0.7);
  const instances = settings.instances.map((instance, segment) => {
    if (!edited) return { ...instance };
    const vip = address(family === 'inet' ? `10.0.${segment}.101` : `2001:db8:${segment}::101`);
    const added = { address: vip, interface: instance.interface, advertised: true };
    return { ...instance, priority, addresses: more ? [...instance.addresses, added] : instance.addresses };
  });
  return { ...settings, instances };
}

/** An advert that would win or end a mastership, but for one thing that is wrong with it: no router may mind it. */
function drawForgery(design: Design, victim: SimulatedRouter): Fault {
  const { random } = design;
  const settings = pick(random, victim.settings.instances);
  const source = address(design.family === 'inet' ? '10.0.0.250' : 'fe80::250');
  const destination = address(design.family === 'inet' ? '224.0.0.18' : 'ff02::12');
  // Who does not know the secret may get everything else right.
  const proof = design.authentication.type === 'none' ? [] : (['proof', 'proof', 'proof'] as const);
  const defect = pick(random, ['version', 'ttl', 'checksum', 'length', 'vrid', ...proof] as const);
  const version = defect === 'version' ? 5 - design.version : design.version;
  const common = {
    vrid: defect === 'vrid' ? 200 : settings.vrid,
    priority: pick(random, [0, 255]),
    addresses: settings.addresses.map((vip) => vip.address),
  };
  const intervalS = seconds(Math.ceil(design.interval / 1_000_000));
  const whole = encodeAdvert(
    version === 3
      ? { version: 3, ...common, maxAdvertIntervalCs: centis(1) }
      : { version: 2, ...common, authType: 0, authData: new Uint8Array(8), advertIntervalS: intervalS },
    { source, destination },
  );
  const payload = defect === 'length' ? whole.subarray(0, random.between(0, whole.length - 1)) : whole;
  if (defect === 'checksum') payload[6] = (payload[6] ?? 0) ^ random.between(1, 255);
  const ttl = defect === 'ttl' ? random.between(0, 254) : 255;
  return { type: 'forge', interface: settings.interface, source, destination, ttl, payload };
}

/** All that is tracked as it should be; who does not track it does not mind. */
const intact: readonly TrackedEvent[] = [
  { type: 'FileChanged', name: 'tracked', value: 0 },
  { type: 'ProcessesCounted', name: 'tracked', count: 2, by: 'exec' },
  { type: 'BfdChanged', name: 'tracked', up: true },
];

/** Everything is repaired at once; who does not run is started. */
function repairs(routers: readonly SimulatedRouter[], at: Micros, quality: Quality): TimedFault[] {
  const all: Fault[] = [
    { type: 'heal' },
    { type: 'quality', quality },
    ...routers.flatMap(({ name, settings }): Fault[] => [
      ...INTERFACES.map((each) => ({ type: 'link' as const, router: name, interface: each, up: true })),
      ...settings.scripts.map((each) => ({
        type: 'script' as const,
        router: name,
        script: each.name,
        success: true,
      })),
      ...intact.map((event) => ({ type: 'tracked' as const, router: name, event })),
      { type: 'start', router: name },
    ]),
  ];
  return all.map((fault) => ({ at, fault }));
}
