import { micros } from '#base/units.js';
import { packetsOf, pcapHeader, pcapPacket, type RecordedStep } from '#observe/index.js';
import { decodeIpv4, decodeIpv6 } from '#wire/index.js';
import { heard, ip } from '../vrrp/play.js';

const clock = { monotonic: micros(0), wall: 1_000_000_000_000_000 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A step that did nothing but send an advert between these two. */
const sending = (source: string, destination: string, payload: Uint8Array, more = {}): RecordedStep => ({
  at: 1_500_000,
  event: { type: 'DeadlinePassed' },
  effects: [
    {
      ...{ type: 'SendAdvert', instance: 'VI_1', interface: 'eth0', source: ip(source), priority: 100 },
      ...{ destinations: [ip(destination)], ttl: 255, payloads: [payload], ...more },
    },
  ],
});
const advert = Uint8Array.of(0x31, 51, 100, 1, 0, 100, 0, 0, 192, 0, 2, 100);

test('draft-ietf-opsawg-pcap, 4: the file header, with packets that begin with IP', () => {
  expect(hex(pcapHeader())).toBe(
    'd4c3b2a1' + '0200' + '0400' + '00000000' + '00000000' + 'ffff0000' + '65000000',
  );
});

test('draft-ietf-opsawg-pcap, 5: a packet, with its time in microseconds', () => {
  expect(hex(pcapPacket({ at: 1_000_000_001_500_000, bytes: Uint8Array.of(1, 2, 3) }))).toBe(
    '01ca9a3b' + '20a10700' + '03000000' + '03000000' + '010203',
  );
});

test('an advert that was sent gets the header that it had', () => {
  const [packet] = packetsOf(sending('192.0.2.1', '224.0.0.18', advert, { identification: 7 }), clock);
  expect(packet?.at).toBe(clock.wall + 1_500_000);
  expect(decodeIpv4(packet?.bytes ?? new Uint8Array())).toMatchObject({
    ok: true,
    value: {
      header: { source: '192.0.2.1', destination: '224.0.0.18', ttl: 255, protocol: 112, identification: 7 },
      payload: advert,
    },
  });
});

test('over IPv6 too, and behind an AH header', () => {
  const [packet] = packetsOf(sending('fe80::1', 'ff02::12', advert), clock);
  expect(decodeIpv6(packet?.bytes ?? new Uint8Array())).toMatchObject({
    value: { header: { source: 'fe80::1', hopLimit: 255, nextHeader: 112 }, payload: advert },
  });
  const [ah] = packetsOf(sending('192.0.2.1', '224.0.0.18', advert, { protocol: 51 }), clock);
  expect(decodeIpv4(ah?.bytes ?? new Uint8Array())).toMatchObject({ value: { header: { protocol: 51 } } });
});

test('one that was received has its own header, its own time, and is there whatever became of it', () => {
  const ipHeader = Uint8Array.from({ length: 20 }, (_, index) => index);
  const event = { ...heard(), ipHeader, receivedAt: micros(1_400_000) };
  const [packet] = packetsOf(
    { at: 1_500_000, event, effects: [], verdict: { code: 'advert-bad-ttl' } },
    clock,
  );
  expect(packet?.at).toBe(clock.wall + 1_400_000);
  expect(packet?.bytes).toEqual(Uint8Array.from([...ipHeader, ...event.payload]));
});
