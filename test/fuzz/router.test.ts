import fc from 'fast-check';
import { familyOf, formatIpAddress, type IpAddress } from '#base/address.js';
import { centis, micros, seconds, type Micros } from '#base/units.js';
import { makeChaos } from '#sim/index.js';
import { Router, type VrrpEffect, type VrrpEvent, type VrrpSettings } from '#vrrp/index.js';
import { encodeAdvert, type Advert } from '#wire/index.js';

/**
 * Whatever happens to a router, in whatever order, with whatever bytes: it never throws, and what it orders is always consistent.
 * FUZZ_RUNS sets how many sequences of events are tried.
 */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 2_000);

/** Settings of the simulator's experiments: versions, families, sync groups, scripts and unicast are all among them. */
const pool = Array.from({ length: 200 }, (_, seed) => makeChaos(seed).routers).flat();
const anySettings = fc.constantFrom(...pool);

type Played = (typeof pool)[number];

const byte = fc.integer({ min: 0, max: 255 });

function anyAddress(like: IpAddress): fc.Arbitrary<IpAddress> {
  const length = familyOf(like) === 'inet' ? 4 : 16;
  const near = fc.integer({ min: 1, max: 9 }).map((last) => like.replace(/\d+$/, String(last)) as IpAddress);
  const far = fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => formatIpAddress(bytes));
  return fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: far });
}

/** Adverts from right to absurd: each field is mostly what the instance expects. */
function anyAdvert({ settings }: Played): fc.Arbitrary<VrrpEvent> {
  return fc.constantFrom(...settings.instances).chain((instance) => {
    const vips = instance.addresses.map(({ address }) => address);
    const own = vips[0]!;
    const group =
      instance.transport.kind === 'multicast' ? instance.transport.group : (instance.transport.source ?? own);
    const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
    return fc
      .record({
        version: mostly<number>(instance.version, fc.constantFrom(2, 3)),
        vrid: mostly<number>(instance.vrid, byte),
        priority: fc.oneof(byte, fc.constantFrom(0, 1, instance.priority, 254, 255)),
        interval: mostly<number>(instance.advertInterval, fc.integer({ min: 0, max: 41_000_000 })),
        source: anyAddress(own),
        destination: mostly(group, anyAddress(own)),
        ttl: mostly<number | undefined>(255, fc.option(byte, { nil: undefined })),
        interface: mostly(instance.interface, fc.constantFrom('eth0', 'eth1', 'eth9')),
        addresses: mostly(vips, fc.constant<typeof vips>([])),
        damage: mostly<number | undefined>(undefined, fc.option(fc.nat(), { nil: undefined })),
      })
      .map(({ version, interval, damage, source, destination, ...rest }) => {
        const advert = {
          ...rest,
          version: familyOf(source) === 'inet6' ? 3 : version,
          authType: 0,
          authData: new Uint8Array(8),
          advertIntervalS: seconds(interval / 1_000_000),
          maxAdvertIntervalCs: centis(interval / 10_000),
        } as unknown as Advert;
        const payload = encodeAdvert(advert, { source, destination });
        if (damage !== undefined) payload[damage % payload.length] = damage & 0xff;
        return {
          type: 'AdvertReceived',
          interface: rest.interface,
          source,
          destination,
          ttl: rest.ttl,
          payload,
        } as const;
      });
  });
}

/** Other events, likely and unlikely. Deadlines pass as the router has set them; see `play`. */
function anyOther({ settings, interfaces }: Played): fc.Arbitrary<VrrpEvent> {
  const instance = fc.constantFrom(...settings.instances.map(({ name }) => name), 'nobody');
  const device = fc.constantFrom(...interfaces);
  return fc.oneof(
    fc
      .tuple(device, fc.boolean())
      .map(([state, up]) => ({ type: 'InterfaceChanged' as const, state: { ...state, up } })),
    device.map((state) => ({ type: 'InterfaceChanged' as const, state: { ...state, addresses: [] } })),
    device.map(({ name }) => ({ type: 'InterfaceVanished' as const, interface: name })),
    fc.constantFrom(...settings.instances).map((each) => ({
      type: 'AddressLost' as const,
      interface: each.interface,
      address: each.addresses[0]!.address,
    })),
    fc.tuple(fc.constantFrom('chk', 'nothing'), fc.boolean()).map(([script, success]) => ({
      type: 'ScriptExited' as const,
      script,
      success,
      detail: '',
    })),
    fc.tuple(fc.constantFrom('tracked', 'nothing'), fc.integer()).map(([name, value]) => ({
      type: 'FileChanged' as const,
      name,
      value,
    })),
    fc
      .tuple(
        fc.constantFrom('tracked', 'nothing'),
        fc.nat(6),
        fc.constantFrom('scan', 'fork', 'exec', 'exit'),
      )
      .map(([name, count, by]) => ({ type: 'ProcessesCounted' as const, name, count, by: by as 'scan' })),
    fc.tuple(fc.constantFrom('tracked', 'nothing'), fc.boolean()).map(([name, up]) => ({
      type: 'BfdChanged' as const,
      name,
      up,
    })),
    instance.map((name) => ({ type: 'SendFailed' as const, instance: name, error: 'ENETDOWN' })),
    anySettings.map((other) => ({ type: 'Reconfigured' as const, settings: other.settings })),
    fc.constant({ type: 'Reconfigured' as const, settings }),
    fc.constant({ type: 'Started' as const }),
    fc.string().map((name) => ({ type: 'DeadlinePassed' as const, name, at: micros(0) })),
    fc.constant({ type: 'StopRequested' as const }),
  );
}

interface Turn {
  readonly wait: number;
  readonly event: VrrpEvent;
}

const anyPlay = anySettings.chain((played) => {
  const event = fc.oneof(
    { weight: 6, arbitrary: anyAdvert(played) },
    { weight: 2, arbitrary: anyOther(played) },
  );
  const wait = fc.oneof(fc.constant(0), fc.nat(50_000), fc.nat(5_000_000));
  const turns = fc.array(fc.record({ wait, event }), { maxLength: 40 });
  return fc.record({ played: fc.constant(played), turns });
});

test('a router survives anything, and always says what it means', () => {
  fc.assert(
    fc.property(anyPlay, ({ played, turns }) => {
      new Witness(played.settings).play(played, turns);
    }),
    { numRuns },
  );
});

/** Carries out what a router orders, as far as consistency goes, and protests at once. */
class Witness {
  private readonly router: Router;
  private now = micros(0);
  private readonly deadlines = new Map<string, Micros>();
  private readonly states = new Map<string, string>();
  private readonly held = new Set<string>();
  private stopped = false;

  constructor(settings: VrrpSettings) {
    this.router = new Router(settings);
  }

  play({ interfaces }: Played, turns: readonly Turn[]): void {
    for (const state of interfaces) this.take({ type: 'InterfaceChanged', state });
    this.take({ type: 'Started' });
    for (const { wait, event } of turns) {
      this.passTime(micros(this.now + wait));
      this.take(event);
    }
    this.passTime(micros(this.now + 10_000_000));
  }

  /** At most so many deadlines: an interval of 10 ms would otherwise make this a long story. */
  private passTime(until: Micros): void {
    for (let count = 0; count < 50; count += 1) {
      const [name, at] = [...this.deadlines].sort((a, b) => a[1] - b[1])[0] ?? [];
      if (name === undefined || at === undefined || at > until) break;
      this.now = micros(Math.max(this.now, at));
      this.deadlines.delete(name);
      this.take({ type: 'DeadlinePassed', name, at });
    }
    this.now = micros(Math.max(this.now, until));
  }

  private take(event: VrrpEvent): void {
    for (const effect of this.router.step(event, this.now)) this.carryOut(effect);
    for (const [instance, state] of this.states) {
      insist((state === 'MASTER') === this.held.has(instance), `${instance} is ${state}, and its addresses?`);
    }
    for (const { name, state } of this.router.snapshot().instances) {
      insist(state === (this.states.get(name) ?? 'INIT'), `${name} shows ${state}`);
    }
  }

  private carryOut(effect: VrrpEffect): void {
    insist(!this.stopped, `${effect.type} after Stopped`);
    switch (effect.type) {
      case 'StateChanged':
        insist(
          effect.from === (this.states.get(effect.instance) ?? 'INIT'),
          `${effect.instance} was ${effect.from}`,
        );
        this.states.set(effect.instance, effect.to);
        return;
      case 'AddAddresses':
        this.held.add(effect.instance);
        return;
      case 'RemoveAddresses':
        this.held.delete(effect.instance);
        return;
      case 'SetDeadline':
        insist(
          Number.isInteger(effect.at) && effect.at >= this.now,
          `${effect.name} at ${effect.at}, now ${this.now}`,
        );
        this.deadlines.set(effect.name, effect.at);
        return;
      case 'ClearDeadline':
        this.deadlines.delete(effect.name);
        return;
      case 'SendAdvert':
        insist(effect.destinations.length > 0, 'an advert to nobody');
        insist(effect.payloads.length === effect.destinations.length, 'not a payload for each destination');
        return;
      case 'Stopped':
        insist(this.held.size === 0 && this.deadlines.size === 0, 'stopped with something left behind');
        this.stopped = true;
        return;
      default:
        return;
    }
  }
}

/** As expect, for things that are asked hundreds of thousands of times. */
function insist(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
