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
const booleans = [false, true];
const cases: readonly Case[] = events.flatMap((event) =>
  [vi1, vi1v3, unicast].flatMap((settings) =>
    booleans.flatMap((checkAddresses) =>
      booleans.map((ignoresAdverts) => ({ event, settings, state: { checkAddresses, ignoresAdverts } })),
    ),
  ),
);
const judgeOf = ({ event, settings, state }: Case) => judge(event, settings, state);

test('a judge that remembers says of every packet, after any other, what one without a memory says', () => {
  const right = cases.map(judgeOf);
  const wrong: string[] = [];
  for (const [at, first] of cases.entries()) {
    if (right[at]?.accepted !== true) continue;
    const remembering = new AdvertJudge();
    for (const [index, { event, settings, state }] of cases.entries()) {
      // What is dropped is not remembered, so that the first one stays in mind until another is believed.
      remembering.judge(first.event, first.settings, first.state);
      const verdict = remembering.judge({ ...event, payload: event.payload.slice() }, settings, state);
      if (JSON.stringify(verdict) !== JSON.stringify(right[index])) wrong.push(`${index} after ${at}`);
    }
  }
  expect(wrong).toEqual([]);
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
