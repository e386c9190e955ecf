import fc from 'fast-check';
import { type AdvertReceived, type InstanceSettings } from '#vrrp/index.js';
import { judge, type ReceptionState } from '#vrrp/reception.js';
import { AdvertJudge } from '#vrrp/repeated-advert.js';
import { heard, ip, vi1, vi1v3 } from './play.js';

const header = (protocol: number, length = 20): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes[9] = protocol;
  return bytes;
};
const spoiled = (event: AdvertReceived, at: number): AdvertReceived => {
  const payload = event.payload.slice();
  payload[at] = (payload[at] ?? 0) ^ 1;
  return { ...event, payload };
};

/** One packet and what it is judged by. */
interface Case {
  readonly event: AdvertReceived;
  readonly settings: InstanceSettings;
  readonly state: ReceptionState;
}

const v2 = heard();
const v3 = heard({ version: 3 });
const unicast: InstanceSettings = {
  ...vi1,
  transport: { kind: 'unicast', peers: [{ address: ip('192.0.2.2') }], checkSource: true, ttl: 255 },
};
const events: readonly AdvertReceived[] = [
  v2,
  v3,
  heard({ priority: 0 }),
  heard({ addresses: [ip('192.0.2.101')] }),
  heard({ authType: 1 }),
  { ...v2, ttl: 254 },
  { ...v2, source: ip('192.0.2.3') },
  { ...v3, source: ip('192.0.2.3') },
  { ...v3, destination: ip('192.0.2.1') },
  { ...v2, ipHeader: header(112) },
  { ...v2, ipHeader: header(51) },
  { ...v3, ipHeader: header(112, 24) },
  { ...v2, payload: v2.payload.subarray(0, 12) },
  ...[...v3.payload.keys()].map((at) => spoiled(v3, at)),
];
const cases = fc.record<Case>({
  event: fc.constantFrom(...events).map((event) => ({ ...event, payload: event.payload.slice() })),
  settings: fc.constantFrom(vi1, vi1v3, unicast),
  state: fc.record({ checkAddresses: fc.boolean(), ignoresAdverts: fc.boolean() }),
});

test('a judge that remembers says of every packet what one without a memory says', () => {
  fc.assert(
    fc.property(fc.array(cases, { maxLength: 40 }), (packets) => {
      const remembering = new AdvertJudge();
      for (const { event, settings, state } of packets) {
        // Each comes twice, because the second one is where a memory could go wrong.
        const right = judge(event, settings, state);
        expect(remembering.judge(event, settings, state)).toEqual(right);
        expect(remembering.judge(event, settings, state)).toEqual(right);
      }
    }),
  );
});

test('what was believed is not taken apart again', () => {
  const judged = new AdvertJudge();
  const state = { checkAddresses: true };
  const first = judged.judge(v2, vi1, state);
  expect(judged.judge({ ...v2, payload: v2.payload.slice() }, vi1, { ...state })).toBe(first);
});

test('where more than the bytes decides, every packet is looked at', () => {
  const judged = new AdvertJudge();
  let opened = 0;
  const authenticator = {
    open: (event: AdvertReceived) => {
      opened += 1;
      const complaint = { code: 'advert-auth-replay', text: 'again' };
      return opened > 1
        ? { ok: false as const, complaint }
        : { ok: true as const, payload: event.payload, headerLength: 0, trailerLength: 0, complaints: [] };
    },
    seal: () => v2 as never,
    outbid: () => undefined,
    resume: () => undefined,
    reconfigure: () => undefined,
  };
  const state = { checkAddresses: true, authenticator };
  expect(judged.judge(v2, vi1, state)).toMatchObject({ accepted: true });
  expect(judged.judge(v2, vi1, state)).toMatchObject({ accepted: false });
});
