import fc from 'fast-check';
import { agentxLength, decodeAgentx, encodeAgentx, type AgentxBody } from '#wire/agentx/index.js';

/** FUZZ_RUNS sets how many inputs there are. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 2_000);

const u32 = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat(0xffff_ffff));
const oid = fc.oneof(
  fc.array(u32, { maxLength: 12 }),
  fc.array(u32, { maxLength: 9 }).map((rest) => [1, 3, 6, 1, 4, ...rest]),
);
const octets = fc.uint8Array({ maxLength: 9 });
const value = fc.oneof(
  fc.record({ type: fc.constant('integer' as const), value: u32.map((number) => number | 0) }),
  fc.record({
    type: fc.constantFrom('counter32' as const, 'gauge32' as const, 'timeTicks' as const),
    value: u32,
  }),
  fc.record({ type: fc.constant('counter64' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
  fc.record({ type: fc.constantFrom('octets' as const, 'opaque' as const), value: octets }),
  fc.record({ type: fc.constant('oid' as const), value: oid }),
  fc.record({ type: fc.constantFrom('null' as const, 'noSuchObject' as const, 'endOfMibView' as const) }),
);
const varBinds = fc.array(fc.record({ oid, value }), { maxLength: 4 });
const ranges = fc.array(fc.record({ start: oid, include: fc.boolean(), end: oid }), { maxLength: 4 });
const body: fc.Arbitrary<AgentxBody> = fc.oneof(
  fc.record({ type: fc.constantFrom('Get' as const, 'GetNext' as const), ranges }),
  fc.record({
    type: fc.constant('GetBulk' as const),
    nonRepeaters: fc.nat(0xffff),
    maxRepetitions: fc.nat(0xffff),
    ranges,
  }),
  fc.record({ type: fc.constantFrom('TestSet' as const, 'Notify' as const), varBinds }),
  fc.record({
    type: fc.constant('Response' as const),
    sysUpTime: u32,
    error: fc.nat(0xffff),
    index: fc.nat(0xffff),
    varBinds,
  }),
);
const pdu = fc.record({ session: u32, transaction: u32, packet: u32, body });

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(pdu, (sent) => {
      expect(decodeAgentx(encodeAgentx(sent))).toEqual({ ok: true, value: sent });
    }),
    { numRuns },
  );
});

test('whatever a broken master agent sends, the decoder answers, and soon', () => {
  const change = fc.record({ at: fc.nat(200), to: fc.integer({ min: 0, max: 255 }), cut: fc.nat(300) });
  fc.assert(
    fc.property(pdu, fc.array(change, { maxLength: 4 }), (sent, changes) => {
      let bytes = encodeAgentx(sent);
      for (const { at, to, cut } of changes) {
        if (at < bytes.length) bytes[at] = to;
        if (cut < bytes.length) bytes = bytes.slice(0, cut);
      }
      agentxLength(bytes, 1 << 20);
      decodeAgentx(bytes);
      decodeAgentx(bytes.subarray(0, bytes.length - (bytes.length % 4)));
    }),
    { numRuns },
  );
});
