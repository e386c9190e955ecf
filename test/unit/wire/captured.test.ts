import {
  decodeArpFrame,
  decodeAdvert,
  decodeEthernetFrame,
  decodeIpv4,
  decodeIpv6,
  decodeNeighbourAdvertisement,
  encodeAdvert,
  encodeArpFrame,
  encodeEthernetFrame,
  encodeGratuitousArp,
  encodeIpv4Header,
  encodeIpv6Header,
  encodeUnsolicitedNa,
  formatHardwareAddress,
  parseHardwareAddress,
  type Advert,
  type AdvertContext,
} from '#wire/index.js';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { centis, seconds } from '#base/units.js';
import { type Result } from '#base/result.js';
import { toHex } from './bytes-text.js';
import { fixture, readFixtures, type Fixture } from './fixture.js';

/** What keepalived sent, as tshark reads it: our codecs must agree, and make the same bytes again. */

function expectOk<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The layers of a captured advert, down to the VRRP message. */
function vrrpMessage({ frame }: Fixture): { message: Uint8Array; context: AdvertContext; ttl: number } {
  const payload = decodeEthernetFrame(frame)!.payload;
  if (payload[0]! >> 4 === 4) {
    const { header, payload: message } = expectOk(decodeIpv4(payload));
    const { source, destination, ttl } = header;
    return { message, ttl, context: { source, destination } };
  }
  const { header, payload: message } = expectOk(decodeIpv6(payload));
  const { source, destination, hopLimit } = header;
  return { message, ttl: hopLimit, context: { source, destination } };
}

/** tshark's fields of an advert, as our Advert would have them. */
function advertOf(tshark: Fixture['tshark']): Advert {
  const number = (field: string): number => Number(tshark[field]);
  const addresses = (tshark['vrrp.ip_addr'] ?? tshark['vrrp.ipv6_addr'] ?? '').split(' ');
  const common = {
    vrid: number('vrrp.virt_rtr_id'),
    priority: number('vrrp.prio'),
    addresses: addresses as IpAddress[],
  };
  if (tshark['vrrp.version'] === '3') {
    return { version: 3, ...common, maxAdvertIntervalCs: centis(number('vrrp.short_adver_int')) };
  }
  const authData = new Uint8Array(8);
  authData.set(Buffer.from(tshark['vrrp.auth_string'] ?? ''));
  return {
    version: 2,
    ...common,
    authType: number('vrrp.auth_type'),
    authData,
    advertIntervalS: seconds(number('vrrp.adver_int')),
  };
}

const adverts = readFixtures('vrrp.version').filter(
  ({ name }) => name !== 'v2-ah' && !name.includes('-hmac'),
);

test('the fixtures are there', () => {
  expect(adverts.length).toBeGreaterThanOrEqual(11);
  expect(new Set(adverts.map(({ tshark }) => tshark['vrrp.version']))).toEqual(new Set(['2', '3']));
});

describe.each(adverts.map((each) => [each.name, each] as const))('%s', (name, captured) => {
  const { message, context, ttl } = vrrpMessage(captured);
  const checksumAsV2 = name.endsWith('as-v2');

  test('IP header says what tshark read', () => {
    const { tshark } = captured;
    expect(context.source).toBe(tshark['ip.src'] ?? tshark['ipv6.src']);
    expect(context.destination).toBe(tshark['ip.dst'] ?? tshark['ipv6.dst']);
    expect(ttl).toBe(Number(tshark['ip.ttl'] ?? tshark['ipv6.hlim']));
  });

  test('advert has the fields that tshark read', () => {
    expect(expectOk(decodeAdvert(message, { ...context, checksumAsV2 }))).toEqual(advertOf(captured.tshark));
  });

  test('encodes to the same bytes again', () => {
    const encoded = encodeAdvert(advertOf(captured.tshark), { ...context, checksumAsV2 });
    expect(toHex(encoded)).toBe(toHex(message));
  });
});

test('a checksum without the pseudo-header is refused unless v3_checksum_as_v2 is on (keepalived, 5798 reading)', () => {
  const { message, context } = vrrpMessage(fixture('v3-ipv4-checksum-as-v2'));
  expect(decodeAdvert(message, context)).toMatchObject({ ok: false, error: { code: 'advert-bad-checksum' } });
  const plain = vrrpMessage(fixture('v3-ipv4'));
  expect(decodeAdvert(plain.message, { ...plain.context, checksumAsV2: true }).ok).toBe(true);
});

describe('IP headers are encoded as the kernel and keepalived made them', () => {
  test.each(readFixtures('ip.src').map((each) => [each.name, each] as const))('%s', (_name, captured) => {
    const packet = decodeEthernetFrame(captured.frame)!.payload;
    const { header, headerLength } = expectOk(decodeIpv4(packet));
    expect(`0x${header.tos.toString(16).padStart(2, '0')}`).toBe(captured.tshark['ip.dsfield']);
    expect(header.totalLength).toBe(Number(captured.tshark['ip.len']));
    expect(header.identification).toBe(Number(captured.tshark['ip.id']));
    expect(header.protocol).toBe(Number(captured.tshark['ip.proto']));
    expect(toHex(encodeIpv4Header(header))).toBe(toHex(packet.subarray(0, headerLength)));
  });

  test.each(readFixtures('ipv6.src').map((each) => [each.name, each] as const))('%s', (_name, captured) => {
    const packet = decodeEthernetFrame(captured.frame)!.payload;
    const { header } = expectOk(decodeIpv6(packet));
    expect(header).toEqual({
      trafficClass: Number(captured.tshark['ipv6.tclass']),
      flowLabel: Number(captured.tshark['ipv6.flow']),
      payloadLength: Number(captured.tshark['ipv6.plen']),
      nextHeader: Number(captured.tshark['ipv6.nxt']),
      hopLimit: Number(captured.tshark['ipv6.hlim']),
      source: captured.tshark['ipv6.src'],
      destination: captured.tshark['ipv6.dst'],
    });
    expect(toHex(encodeIpv6Header(header))).toBe(toHex(packet.subarray(0, 40)));
  });
});

test('garp: gratuitous ARP is a request with a broadcast target (keepalived)', () => {
  const { frame, tshark } = fixture('garp');
  const hardware = parseHardwareAddress(tshark['arp.src.hw_mac']!)!;
  expect(toHex(encodeGratuitousArp(hardware, parseIpAddress('192.0.2.100')!))).toBe(toHex(frame));
  const decoded = expectOk(decodeArpFrame(frame));
  expect({
    'arp.opcode': String(decoded.operation),
    'arp.src.hw_mac': formatHardwareAddress(decoded.senderHardware),
    'arp.src.proto_ipv4': decoded.senderAddress,
    'arp.dst.hw_mac': formatHardwareAddress(decoded.targetHardware),
    'arp.dst.proto_ipv4': decoded.targetAddress,
  }).toEqual(
    Object.fromEntries(Object.entries(tshark).filter(([field]) => /^arp\.(opcode|src|dst)/.test(field))),
  );
  expect(
    toHex(
      encodeArpFrame(
        decoded,
        Uint8Array.from({ length: 6 }, () => 0xff),
      ),
    ),
  ).toBe(toHex(frame));
});

describe('unsolicited neighbour advertisement (RFC 4861, 7.2.6)', () => {
  test.each([
    ['na', false],
    ['na-router', true],
  ] as const)('%s', (name, router) => {
    const { frame, tshark } = fixture(name);
    const hardwareAddress = parseHardwareAddress(tshark['icmpv6.opt.linkaddr']!)!;
    const address = parseIpAddress(tshark['icmpv6.nd.na.target_address']!)!;
    expect(toHex(encodeUnsolicitedNa({ hardwareAddress, address, router }))).toBe(toHex(frame));
    expect(expectOk(decodeNeighbourAdvertisement(frame))).toEqual({
      router: tshark['icmpv6.nd.na.flag.r'] === '1',
      solicited: tshark['icmpv6.nd.na.flag.s'] === '1',
      override: tshark['icmpv6.nd.na.flag.o'] === '1',
      target: address,
      targetHardware: hardwareAddress,
    });
  });
});

test('every frame splits and joins without loss', () => {
  for (const { frame } of readFixtures()) {
    expect(toHex(encodeEthernetFrame(decodeEthernetFrame(frame)!))).toBe(toHex(frame));
  }
});
