import fc from 'fast-check';
import { micros } from '#base/units.js';
import { type InstanceSettings, type VrrpEvent, type VrrpSettings } from '#vrrp/index.js';
import { chk, eth0, groupOf, heard, ip, Play, s, settingsOf, vi1, vi1v3, vi1v6 } from './play.js';

/*
 * Whatever happens in whatever order, a router never throws and never contradicts itself. Every run starts a
 * router with random settings, lets random events happen to it and looks at it after each.
 */

const ports = ['eth0', 'eth1'] as const;
const names = ['VI_1', 'VI_2', 'VI_3'];

const tracks = fc.array(
  fc.record({
    name: fc.constantFrom(...ports),
    weight: fc.integer({ min: -253, max: 253 }),
    reverse: fc.boolean(),
  }),
  { maxLength: 2 },
);

const instance = (index: number): fc.Arbitrary<InstanceSettings> =>
  fc
    .record({
      base: fc.constantFrom(vi1, vi1v3, vi1v6),
      interface: fc.constantFrom(...ports),
      priority: fc.oneof(fc.integer({ min: 1, max: 254 }), fc.constant(255)),
      initialState: fc.constantFrom('MASTER' as const, 'BACKUP' as const),
      preempt: fc.boolean(),
      preemptDelay: fc.constantFrom(s(0), s(3)),
      trackInterfaces: tracks,
      scriptWeight: fc.constantFrom(undefined, 0, 30, -30),
      dontTrackPrimary: fc.boolean(),
      authentication: fc.constantFrom<InstanceSettings['authentication'][]>(
        { type: 'none' },
        { type: 'hmac', keys: [{ id: 1, secret: '5a'.repeat(32) }], activeKey: 1, mode: 'permissive' },
      ),
      garp: fc.constantFrom(vi1.garp, {
        ...vi1.garp,
        masterDelay: s(1),
        masterRefresh: s(2),
        lowerPriorityRepeat: 1,
        lowerPriorityDelay: s(1),
      }),
    })
    .map(({ base, scriptWeight, ...changes }) => ({
      ...base,
      ...changes,
      name: names[index]!,
      vrid: 51 + index,
      trackScripts: scriptWeight === undefined ? [] : [{ name: 'chk', weight: scriptWeight, reverse: false }],
    }));

const settings: fc.Arbitrary<VrrpSettings> = fc
  .record({
    instances: fc.tuple(instance(0), instance(1), instance(2)),
    count: fc.integer({ min: 1, max: 3 }),
    group: fc.boolean(),
    initFail: fc.boolean(),
    startupDelay: fc.constantFrom(s(0), s(0), s(2)),
  })
  .map(({ instances, count, group, initFail, startupDelay }) =>
    settingsOf(instances.slice(0, count), {
      syncGroups: group && count > 1 ? [groupOf('VI_1', 'VI_2')] : [],
      scripts: [{ ...chk, initFail }],
      startupDelay,
    }),
  );

/** Something that happens: an event, time that passes, or this process standing still. Data, to be read. */
type Happening =
  | VrrpEvent
  | { readonly type: 'wait'; readonly us: number }
  | { readonly type: 'stall'; readonly us: number };

function happen(happening: Happening, play: Play): void {
  if (happening.type === 'wait') play.wait(micros(happening.us));
  else if (happening.type === 'stall') play.stall(micros(happening.us));
  else play.step(happening);
}

const time = (type: 'wait' | 'stall', max: number): fc.Arbitrary<Happening> =>
  fc.integer({ min: 0, max }).map((us) => ({ type, us }));

const advert = fc
  .record({
    version: fc.constantFrom(2 as const, 3 as const),
    vrid: fc.integer({ min: 51, max: 54 }),
    interface: fc.constantFrom(...ports),
    priority: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 255)),
    source: fc.constantFrom(ip('192.0.2.1'), ip('192.0.2.2'), ip('192.0.2.0'), ip('fe80::2'), ip('fe80::1')),
    maxAdvertIntervalCs: fc.constantFrom(0, 1, 10, 100, 4095),
    ttl: fc.constantFrom(255, 255, 255, 1),
  })
  .map(({ version, ...rest }) => {
    const isV6 = rest.source.includes(':');
    return heard({ ...rest, version: isV6 ? 3 : version, ...(isV6 && { addresses: [] }) });
  });

const noise = fc.uint8Array({ maxLength: 40 }).map((payload) => ({ ...heard(), payload }));

const link = fc
  .record({
    name: fc.constantFrom(...ports),
    up: fc.boolean(),
    addresses: fc.constantFrom(eth0.addresses, [], [ip('192.0.2.7')]),
  })
  .map((state): VrrpEvent => ({ type: 'InterfaceChanged', state: { index: 2, ...state } }));

const scriptEnd = fc
  .boolean()
  .map((success): VrrpEvent => ({ type: 'ScriptExited', script: 'chk', success, detail: '' }));

const oddity = fc.constantFrom<VrrpEvent>(
  { type: 'AddressLost', interface: 'eth0', address: ip('192.0.2.100') },
  { type: 'AddressLost', interface: 'eth0', address: ip('2001:db8::100') },
  { type: 'RouteLost', instance: 'VI_1', text: 'route 10.1.0.0/16' },
  { type: 'AnnouncementRequested', instance: 'VI_1' },
  { type: 'InterfaceVanished', interface: 'eth1' },
  { type: 'VridsDuplicated', instances: { VI_1: 'VRID conflict with VI_2' } },
  { type: 'VridsDuplicated', instances: {} },
  { type: 'SendFailed', instance: 'VI_1', error: 'ENETDOWN' },
  { type: 'DeadlinePassed', name: 'master-down VI_1', at: micros(1) },
  { type: 'Started' },
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: advert, weight: 6 },
  { arbitrary: time('wait', 5_000_000), weight: 6 },
  { arbitrary: link, weight: 3 },
  { arbitrary: scriptEnd, weight: 3 },
  { arbitrary: oddity, weight: 2 },
  { arbitrary: noise, weight: 1 },
  { arbitrary: time('stall', 9_000_000), weight: 1 },
  { arbitrary: settings.map((next): VrrpEvent => ({ type: 'Reconfigured', settings: next })), weight: 1 },
);

/** Watches the effects of one router and keeps what follows from them. */
class Observer {
  private seen = 0;
  private readonly installed = new Set<string>();

  constructor(private readonly play: Play) {}

  look(): void {
    for (const effect of this.play.effects.slice(this.seen)) {
      if (effect.type === 'AddAddresses') this.installed.add(effect.instance);
      if (effect.type === 'RemoveAddresses') this.installed.delete(effect.instance);
      if (effect.type === 'SetDeadline') expect(effect.at).toBeGreaterThanOrEqual(effect.when);
      if (effect.type === 'StateChanged') expect(effect.cause.text).not.toBe('');
      if (effect.type === 'SendAdvert') expect(effect.payloads).toHaveLength(effect.destinations.length);
    }
    this.seen = this.play.effects.length;
    const { instances, syncGroups } = this.play.router.snapshot();
    for (const { name, state, faults, effectivePriority } of instances) {
      const shown = `${name} ${state}`;
      const isMaster = state === 'MASTER';
      expect([shown, this.installed.has(name)]).toEqual([shown, isMaster]);
      expect([shown, this.play.due(`advert ${name}`) !== undefined]).toEqual([shown, isMaster]);
      expect([shown, this.play.due(`master-down ${name}`) !== undefined]).toEqual([
        shown,
        state === 'BACKUP',
      ]);
      expect([shown, faults.length > 0 && state !== 'FAULT']).toEqual([shown, false]);
      expect(effectivePriority).toBeGreaterThanOrEqual(1);
      expect(effectivePriority).toBeLessThanOrEqual(255);
    }
    for (const group of syncGroups) {
      const states = instances.filter(({ name }) => group.members.includes(name)).map(({ state }) => state);
      expect([group.state, new Set(states).size]).toEqual([states[0], 1]);
    }
  }
}

test('a router never throws and never contradicts itself', () => {
  fc.assert(
    fc.property(
      settings,
      fc.subarray(names),
      fc.array(happening, { maxLength: 60 }),
      (start, resume, happenings) => {
        const play = new Play(start, [eth0, { ...eth0, name: 'eth1', index: 3 }]).start(resume);
        const observer = new Observer(play);
        observer.look();
        for (const happens of happenings) {
          happen(happens, play);
          observer.look();
        }
        play.forget().step({ type: 'StopRequested' });
        expect(play.all('Stopped')).toHaveLength(1);
        expect(
          play
            .wait(s(100))
            .all('SendAdvert')
            .every(({ priority }) => priority === 0),
        ).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test('the same events make the same story: nothing of the router depends on anything else', () => {
  fc.assert(
    fc.property(settings, fc.array(happening, { maxLength: 30 }), (start, happenings) => {
      const tales = [0, 1].map(() => {
        const play = new Play(start).start();
        for (const happens of happenings) happen(happens, play);
        return play.effects;
      });
      expect(tales[0]).toEqual(tales[1]);
    }),
    { numRuns: 50 },
  );
});
