import fc from 'fast-check';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import {
  decodeIpvsDestination,
  decodeIpvsInfo,
  decodeIpvsService,
  encodeIpvsCommand,
  encodeServiceKey,
  IPVS_CMD,
  type Destination,
  type IpvsCommand,
  type ServiceAttributes,
  type ServiceKey,
} from '#wire/netlink/ipvs.js';
import { anyDestination, anyService } from '../../lvs/arbitrary.js';
import { hex, toHex } from '../bytes-text.js';

/*
 * Bytes as ipvsadm 1.31 and Linux 6.1 exchanged them on x86-64, seen through nlmon, after the generic header.
 * Numbers are in the byte order of the host (netlink(7)); CI runs on little-endian machines.
 */

const ip = (text: string): IpAddress => parseIpAddress(text)!;

const tcp: ServiceKey = { kind: 'address', protocol: 'TCP', address: ip('192.0.2.1'), port: 80 };
const tcp6: ServiceKey = { kind: 'address', protocol: 'TCP', address: ip('2001:db8::1'), port: 443 };
const mark5: ServiceKey = { kind: 'fwmark', family: 'inet', mark: 5 };

const plain = (
  key: ServiceKey,
  scheduler: string,
  extra: Partial<ServiceAttributes> = {},
): ServiceAttributes => ({
  key,
  scheduler,
  schedulerFlags: 0,
  hashed: false,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  ...extra,
});

const destination = (address: string, port: number, extra: Partial<Destination> = {}): Destination => ({
  address: ip(address),
  port,
  forwarding: { kind: 'masq' },
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  ...extra,
});

/** An attribute with the members given, its length made up. */
function nest(type: number, members: string): Uint8Array {
  const inner = hex(members);
  const length = inner.length + 4;
  return Uint8Array.of(length & 0xff, length >> 8, type, 0, ...inner);
}

const TCP_KEY =
  '300001800600010002000000060002000600000014000300c00002010000000000000000000000000600040000500000';

describe('services, as ipvsadm writes them', () => {
  test.each<[string, ServiceAttributes, string]>([
    [
      '-A -t 192.0.2.1:80 -s wlc',
      plain(tcp, 'wlc'),
      `540001800600010002000000060002000600000014000300c0000201000000000000000000000000060004000050
       000008000600776c63000c00070000000000ffffffff080008000000000008000900ffffffff`,
    ],
    [
      '-A -t [2001:db8::1]:443 -s sh -b sh-fallback,sh-port -p 360 -M 64',
      plain(tcp6, 'sh', { schedulerFlags: 3, persistenceTimeoutS: 360, persistencePrefix: 64 }),
      `54000180060001000a00000006000200060000001400030020010db8000000000000000000000001060004
       0001bb000007000600736800000c00070019000000ffffffff08000800680100000800090040000000`,
    ],
    [
      '-A -f 5 -s rr -p 50 -M 255.255.255.0',
      plain(mark5, 'rr', { persistenceTimeoutS: 50, persistencePrefix: 24 }),
      `380001800600010002000000080005000500000007000600727200000c00070001000000ffffffff080008003200000008
       000900ffffff00`,
    ],
    [
      '-A -u 192.0.2.1:5060 -s rr -o',
      plain({ ...tcp, protocol: 'UDP', port: 5060 }, 'rr', { onePacket: true }),
      `540001800600010002000000060002001100000014000300c0000201000000000000000000000000060004
       0013c4000007000600727200000c00070004000000ffffffff080008000000000008000900ffffffff`,
    ],
    [
      '-A -u 192.0.2.2:5060 -s rr -p 60 --pe sip',
      plain({ ...tcp, protocol: 'UDP', address: ip('192.0.2.2'), port: 5060 }, 'rr', {
        persistenceTimeoutS: 60,
        persistenceEngine: 'sip',
      }),
      `5c0001800600010002000000060002001100000014000300c00002020000000000000000000000000600040013c4000007
       0006007272000008000b00736970000c00070001000000ffffffff080008003c00000008000900ffffffff`,
    ],
  ])('%s', (_arguments, service, bytes) => {
    const encoded = encodeIpvsCommand({ type: 'NewService', service });
    expect(encoded.command).toBe(1);
    expect(toHex(encoded.attributes)).toBe(toHex(hex(bytes)));
    expect(encodeIpvsCommand({ type: 'SetService', service })).toEqual({ ...encoded, command: 2 });
  });

  test.each([
    [1, '80000000'],
    [8, 'ff000000'],
    [17, 'ffff8000'],
    [32, 'ffffffff'],
  ])('an IPv4 granularity of /%i is a mask', (persistencePrefix, mask) => {
    const { attributes } = encodeIpvsCommand({
      type: 'NewService',
      service: plain(mark5, 'rr', { persistencePrefix }),
    });
    expect(toHex(attributes).slice(-8)).toBe(mask);
  });

  test('are named by their key alone to be deleted or listed', () => {
    expect(toHex(encodeServiceKey(tcp))).toBe(TCP_KEY);
    expect(toHex(encodeServiceKey(mark5))).toBe('1400018006000100020000000800050005000000');
    expect(encodeIpvsCommand({ type: 'DelService', service: tcp })).toEqual({
      command: IPVS_CMD.DEL_SERVICE,
      attributes: hex(TCP_KEY),
    });
  });
});

describe('destinations, as keepalived 2.4.3 orders their attributes', () => {
  const family = '06000b0002000000';
  test.each<[string, Destination, string]>([
    [
      '-m -w 3 -x 100 -y 50',
      destination('192.0.2.10', 8080, { weight: 3, upperThreshold: 100, lowerThreshold: 50 }),
      `48000280 ${family} 14000100c000020a000000000000000000000000 060002001f900000 0800030000000000
       0800040003000000 0800050064000000 0800060032000000`,
    ],
    [
      '-g',
      destination('192.0.2.11', 80, { forwarding: { kind: 'route' } }),
      `48000280 ${family} 14000100c000020b000000000000000000000000 0600020000500000 0800030003000000
       0800040001000000 0800050000000000 0800060000000000`,
    ],
    [
      '-i, ipip',
      destination('192.0.2.11', 80, { weight: 0, forwarding: { kind: 'tunnel', type: 'ipip' } }),
      `50000280 ${family} 14000100c000020b000000000000000000000000 0600020000500000 0800030002000000
       0800040000000000 05000d0000000000 0800050000000000 0800060000000000`,
    ],
    [
      '-i --tun-type gue --tun-port 6080 --tun-remcsum',
      destination('192.0.2.12', 80, {
        forwarding: { kind: 'tunnel', type: 'gue', port: 6080, checksum: 'remcsum' },
      }),
      `60000280 ${family} 14000100c000020c000000000000000000000000 0600020000500000 0800030002000000
       0800040001000000 05000d0001000000 06000e0017c00000 06000f0002000000 0800050000000000 0800060000000000`,
    ],
    [
      '-i --tun-type gre --tun-csum',
      destination('192.0.2.13', 80, { forwarding: { kind: 'tunnel', type: 'gre', checksum: 'csum' } }),
      `58000280 ${family} 14000100c000020d000000000000000000000000 0600020000500000 0800030002000000
       0800040001000000 05000d0002000000 06000f0001000000 0800050000000000 0800060000000000`,
    ],
  ])('%s', (_arguments, one, bytes) => {
    const encoded = encodeIpvsCommand({ type: 'NewDest', service: tcp, destination: one });
    expect(encoded.command).toBe(5);
    expect(toHex(encoded.attributes)).toBe(TCP_KEY + toHex(hex(bytes)));
    expect(encodeIpvsCommand({ type: 'SetDest', service: tcp, destination: one })).toEqual({
      ...encoded,
      command: 6,
    });
  });

  test('IPv6 behind IPv4 names its own family; deletion needs no more than the place', () => {
    const command: IpvsCommand = {
      type: 'DelDest',
      service: tcp,
      destination: destination('2001:db8::10', 443),
    };
    const encoded = encodeIpvsCommand(command);
    expect(encoded.command).toBe(7);
    expect(toHex(encoded.attributes)).toBe(
      `${TCP_KEY}2800028006000b000a0000001400010020010db80000000000000000000000100600020001bb0000`,
    );
  });
});

const STATS = `5c000a00 0800010000000000 0800020000000000 0800030000000000 0c0004000000000000000000
  0c0005000000000000000000 0800060000000000 0800070000000000 0800080000000000 0800090000000000 08000a0000000000`;
const STATS64 = `7c000c00 0c0001000100000001000000 0c0002000200000000000000 0c0003000300000000000000
  0c0004000400000000000000 0c0005000500000000000000 0c0006000600000000000000 0c0007000700000000000000
  0c0008000800000000000000 0c0009000900000000000000 0c000a000a00000000000000`;

describe('answers, as Linux 6.1 gives them', () => {
  test('a service, with the flag that the kernel sets itself', () => {
    const bytes = nest(
      1,
      `060001000a000000 0600020006000000 1400030020010db8000000000000000000000001 0600040001bb0000
       0700060073680000 0c0007001b000000ffffffff 0800080068010000 0800090040000000 ${STATS} ${STATS64}`,
    );
    const decoded = decodeIpvsService(bytes);
    expect(decoded).toMatchObject({
      ok: true,
      value: plain(tcp6, 'sh', {
        schedulerFlags: 3,
        hashed: true,
        persistenceTimeoutS: 360,
        persistencePrefix: 64,
      }),
    });
    expect(decoded.ok && decoded.value.stats).toEqual({
      connections: 0x1_0000_0001n,
      inPackets: 2n,
      outPackets: 3n,
      inBytes: 4n,
      outBytes: 5n,
      connectionsPerSecond: 6n,
      inPacketsPerSecond: 7n,
      outPacketsPerSecond: 8n,
      inBytesPerSecond: 9n,
      outBytesPerSecond: 10n,
    });
  });

  test('a mark with persistence; an IPv4 mask becomes a prefix', () => {
    const bytes = nest(
      1,
      `0600010002000000 0800050005000000 0700060072720000 0c00070003000000ffffffff
       0800080032000000 08000900ffffff00`,
    );
    expect(decodeIpvsService(bytes)).toEqual({
      ok: true,
      value: plain(mark5, 'rr', { hashed: true, persistenceTimeoutS: 50, persistencePrefix: 24 }),
    });
  });

  test('a mark of 0 and a timeout without persistence mean nothing', () => {
    const bytes = nest(
      1,
      `0600010002000000 0600020006000000 14000300c0000201000000000000000000000000 0600040000500000 0800050000000000
       0700060072720000 0c00070002000000ffffffff 0800080032000000 08000900ffffffff`,
    );
    expect(decodeIpvsService(bytes)).toEqual({ ok: true, value: plain(tcp, 'rr', { hashed: true }) });
  });

  test('a persistence engine', () => {
    const bytes = nest(
      1,
      `0600010002000000 0600020011000000 14000300c0000202000000000000000000000000 0600040013c40000
       0700060072720000 08000b0073697000 0c00070003000000ffffffff`,
    );
    expect(decodeIpvsService(bytes)).toMatchObject({
      ok: true,
      value: { persistenceEngine: 'sip', persistencePrefix: 32 },
    });
  });

  test.each<[string, string, Destination['forwarding'] | { kind: 'other'; method: number }]>([
    ['masq', '0800030000000000 05000d0000000000', { kind: 'masq' }],
    ['route', '0800030003000000 05000d0000000000', { kind: 'route' }],
    ['ipip', '0800030002000000 05000d0000000000', { kind: 'tunnel', type: 'ipip' }],
    ['a tunnel before Linux 5.3', '0800030002000000', { kind: 'tunnel', type: 'ipip' }],
    [
      'gue',
      '0800030002000000 05000d0001000000 06000e0017c00000 06000f0002000000',
      { kind: 'tunnel', type: 'gue', port: 6080, checksum: 'remcsum' },
    ],
    [
      'gre',
      '0800030002000000 05000d0002000000 06000e0000000000 06000f0001000000',
      { kind: 'tunnel', type: 'gre', checksum: 'csum' },
    ],
    ['a tunnel of tomorrow', '0800030002000000 05000d0009000000', { kind: 'other', method: 2 }],
    ['the local node', '0800030001000000', { kind: 'other', method: 1 }],
  ])('a destination: %s', (_what, attributes, forwarding) => {
    const bytes = nest(
      2,
      `14000100c000020d000000000000000000000000 0600020000500000 ${attributes} 0800040001000000
       0800050007000000 0800060005000000 0800070001000000 0800080002000000 0800090003000000 06000b0002000000 ${STATS}`,
    );
    expect(decodeIpvsDestination(bytes, 'inet')).toMatchObject({
      ok: true,
      value: {
        ...destination('192.0.2.13', 80, { upperThreshold: 7, lowerThreshold: 5 }),
        forwarding,
        connections: { active: 1, inactive: 2, persistent: 3 },
        stats: { connections: 0n },
      },
    });
  });

  test('info', () => {
    expect(decodeIpvsInfo(hex('0800010001020100 0800020000100000'))).toEqual({
      ok: true,
      value: { version: '1.2.1', connectionTableSize: 4096 },
    });
    expect(decodeIpvsInfo(hex('0800010001020100'))).toMatchObject({ ok: false });
  });
});

describe('what cannot be an answer is a coded error', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'ipvs-missing-attribute'],
    ['another attribute', '0800020000000000', 'ipvs-missing-attribute'],
    ['a length beyond the end', 'ff000100', 'ipvs-truncated'],
    ['a length below the header', '03000100', 'ipvs-truncated'],
    ['a truncated member', '0c000100 ff000100 02000000', 'ipvs-truncated'],
    ['no family', '04000100', 'ipvs-bad-value'],
    ['a family of tomorrow', '0c000100 0600010063000000', 'ipvs-bad-value'],
    ['no key', '0c000100 0600010002000000', 'ipvs-bad-value'],
    ['no scheduler', '14000100 0600010002000000 0800050005000000', 'ipvs-missing-attribute'],
    ['no flags', '1c000100 0600010002000000 0800050005000000 0700060072720000', 'ipvs-missing-attribute'],
    ['an unknown protocol', '14000100 0600010002000000 0600020099000000', 'ipvs-bad-value'],
  ])('service: %s', (_what, bytes, code) => {
    expect(decodeIpvsService(hex(bytes))).toMatchObject({ ok: false, error: { code } });
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'ipvs-missing-attribute'],
    ['a truncated member', '0c000200 ff000100 02000000', 'ipvs-truncated'],
    ['no address', '04000200', 'ipvs-bad-value'],
    ['a short address', '0c000200 06000100c0000000', 'ipvs-bad-value'],
    [
      'a family of tomorrow',
      '20000200 14000100c000020d000000000000000000000000 06000b0063000000',
      'ipvs-bad-value',
    ],
    ['no port', '18000200 14000100c000020d000000000000000000000000', 'ipvs-missing-attribute'],
  ])('destination: %s', (_what, bytes, code) => {
    expect(decodeIpvsDestination(hex(bytes), 'inet')).toMatchObject({ ok: false, error: { code } });
  });

  test('no bytes at all make a decoder throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeIpvsService(bytes);
        decodeIpvsDestination(bytes, 'inet6');
        decodeIpvsInfo(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('nor do answers with some bytes changed or cut off', () => {
    const damaged = fc.tuple(anyService, fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(damaged, ([service, at, value, length]) => {
        const bytes = encodeIpvsCommand({ type: 'NewService', service }).attributes;
        bytes[at % bytes.length] = value;
        decodeIpvsService(bytes.subarray(0, length % (bytes.length + 1)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what is written is read back', () => {
  test('services', () => {
    fc.assert(
      fc.property(anyService, (service) => {
        const { attributes } = encodeIpvsCommand({ type: 'NewService', service });
        const decoded = decodeIpvsService(attributes);
        expect(decoded.ok && { ...decoded.value, destinations: service.destinations }).toEqual(service);
      }),
    );
  });

  test('destinations', () => {
    fc.assert(
      fc.property(anyDestination, (one) => {
        const { attributes } = encodeIpvsCommand({ type: 'NewDest', service: tcp, destination: one });
        expect(decodeIpvsDestination(attributes, 'inet')).toMatchObject({ ok: true, value: one });
      }),
    );
  });
});
