import fc from 'fast-check';
import { parseIpAddress } from '#base/address.js';
import { makePrng } from '#base/prng.js';
import { micros } from '#base/units.js';
import { type BfdEvent, type SessionSettings } from '#bfd/index.js';
import { decodeBfd, encodeBfd, type BfdState } from '#wire/bfd.js';
import { Play, r1 } from '../unit/bfd/play.js';

/**
 * A BFD system that anything may happen to: packets of every kind and origin, bytes that are none, time that passes,
 * reloads, sockets that fail. FUZZ_RUNS sets how many stories are told.
 */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 500);

const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::2'].map((text) => parseIpAddress(text)!);
const someMicros = fc
  .oneof(fc.constantFrom(0, 1, 1000, 10_000, 1_000_000, 0xffff_ffff), fc.nat(2_000_000))
  .map(micros);

const packet = fc.record({
  diag: fc.nat(31),
  state: fc.constantFrom<BfdState>('AdminDown', 'Down', 'Init', 'Up'),
  poll: fc.boolean(),
  final: fc.boolean(),
  controlPlaneIndependent: fc.boolean(),
  authenticated: fc.constant(false),
  demand: fc.boolean(),
  detectMult: fc.integer({ min: 0, max: 255 }),
  myDiscriminator: fc.constantFrom(0, 1, 77, 0xffff_ffff),
  /** Whether it names the session. */
  knowsUs: fc.boolean(),
  desiredMinTx: someMicros,
  requiredMinRx: someMicros,
  requiredMinEchoRx: someMicros,
});

const settings: fc.Arbitrary<SessionSettings> = fc
  .record({
    requiredMinRx: fc.integer({ min: 1000, max: 100_000 }).map(micros),
    desiredMinTx: fc.integer({ min: 1000, max: 2_000_000 }).map(micros),
    idleMinTx: fc.integer({ min: 1_000_000, max: 3_000_000 }).map(micros),
    detectMult: fc.integer({ min: 1, max: 255 }),
    passive: fc.boolean(),
    multihop: fc.boolean(),
    ttl: fc.integer({ min: 1, max: 255 }),
    lowestTtl: fc.constantFrom(0, 64, 255),
    neighbor: fc.constantFrom(...addresses),
  })
  .map((changes) => ({ ...r1, ...changes }));

const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('packet' as const), packet }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), time: fc.nat(3_000_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), settings }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('socket' as const), refused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'send-failed' as const }) },
);
const origin = fc.record({
  source: fc.constantFrom(...addresses),
  destination: fc.constantFrom(...addresses),
  multihop: fc.boolean(),
  ttl: fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }),
});

/** What must hold whatever has happened. */
function expectSound(play: Play): void {
  for (const { packet } of play.effects.flatMap((effect) => (effect.type === 'SendPacket' ? [effect] : []))) {
    expect(decodeBfd(encodeBfd(packet))).toEqual({ ok: true, value: packet });
    if (packet.state !== 'Up') expect(packet.desiredMinTx).toBeGreaterThanOrEqual(1_000_000);
  }
  const session = play.session();
  expect(session.localDiscriminator).toBeGreaterThan(0);
  // What is Up can come to an end by itself.
  if (session.state === 'Up' || session.state === 'Init') expect(play.due('detect')).toBeDefined();
  if (session.state === 'AdminDown') expect([...play.deadlines.keys()]).toEqual(['reopen r1']);
  for (const at of play.deadlines.values()) expect(at).toBeGreaterThanOrEqual(0);
  play.effects.splice(0);
}

test('whatever happens, a session stays sound', () => {
  fc.assert(
    fc.property(
      settings,
      fc.array(fc.tuple(happening, origin), { maxLength: 40 }),
      fc.nat(),
      (first, story, seed) => {
        const play = new Play([first], makePrng(seed)).start();
        for (const [event, around] of story) {
          if (event.kind === 'packet') {
            const { knowsUs, ...fields } = event.packet;
            const yourDiscriminator = knowsUs ? play.session().localDiscriminator : 0;
            play.hearBytes(encodeBfd({ ...fields, yourDiscriminator }), around);
          } else if (event.kind === 'bytes') play.hearBytes(event.bytes, around);
          else if (event.kind === 'wait') play.wait(micros(event.time));
          else if (event.kind === 'reload') {
            play.step({ type: 'Reconfigured', settings: { sessions: [event.settings] } });
          } else if (event.kind === 'socket') play.refusesSockets = event.refused;
          else play.step({ type: 'SendFailed', session: 'r1', error: 'EINVAL' } satisfies BfdEvent);
          expectSound(play);
        }
      },
    ),
    { numRuns },
  );
});
