import { parseIpAddress, type IpAddress } from '#base/address.js';
import { decodeRoute, encodeDeleteRoute, encodeNewRoute, type FibRoute } from '#wire/netlink/fib-route.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;
const ip = (text: string): IpAddress => parseIpAddress(text)!;

const plain: FibRoute = {
  family: 'inet',
  type: 'unicast',
  destination: { address: ip('10.1.0.0'), length: 16 },
  via: ip('10.0.0.254'),
  outputInterface: 3,
  table: 254,
  protocol: 18,
  onlink: false,
  metrics: {},
  locked: [],
  ecn: false,
  nexthops: [],
};

/** Attributes behind struct rtmsg, one a line. */
function attributesOf(payload: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 12; at < payload.length;) {
    const length = payload[at]! + payload[at + 1]! * 256;
    lines.push(toHex(payload.subarray(at, at + length)));
    at += (length + 3) & ~3;
  }
  return lines;
}

const attributes = (change: Partial<FibRoute>): readonly string[] =>
  attributesOf(encodeNewRoute({ ...plain, ...change })).filter(
    (line) => !attributesOf(encodeNewRoute(plain)).includes(line),
  );

onLittleEndian('a route for the kernel (rtnetlink(7))', () => {
  test('struct rtmsg, destination, gateway and interface', () =>
    expect(toHex(encodeNewRoute(plain))).toBe(
      '02100000' + 'fe120001' + '00000000' + '080001000a010000' + '080005000a0000fe' + '0800040003000000',
    ));

  test('a deletion leaves scope and type open where they were not told', () => {
    expect([...encodeDeleteRoute(plain).subarray(4, 8)]).toEqual([254, 18, 255, 0]);
    expect([...encodeDeleteRoute({ ...plain, scope: 253, type: 'throw' }).subarray(4, 8)]).toEqual([
      254, 18, 253, 9,
    ]);
  });

  test('tables beyond 255 go into an attribute', () => {
    expect(encodeNewRoute({ ...plain, table: 1000 })[4]).toBe(0);
    expect(attributes({ table: 1000 })).toEqual(['08000f00e8030000']);
  });

  test('metrics in the units of the kernel, and which of them are locked', () =>
    expect(attributes({ metrics: { rtt: 2400, mtu: 1400 }, locked: ['mtu'], ecn: true })).toEqual([
      '240008800800020078050000080004006009000008000c00010000000800010004000000',
    ]));

  test('a lock alone is no metric', () => expect(attributes({ locked: ['mtu'] })).toEqual([]));

  test('congestion control by name, without a NUL', () =>
    expect(attributes({ congestionControl: 'bbr', locked: ['congctl'] })).toEqual([
      '1400088007001000626272000800010000000100',
    ]));

  test('next hops: weight less one, onlink, realms behind the interface', () =>
    expect(
      attributes({
        nexthops: [
          { via: ip('10.0.0.2'), outputInterface: 4, weight: 3, onlink: true, realms: 0x1_0002 },
          { outputInterface: 5, onlink: false },
        ],
      }),
    ).toEqual(['240009001800040204000000080005000a00000208000b00020001000800000005000000']));

  test('ip encapsulation: 64 bits of id in network order', () =>
    expect(
      attributes({
        encap: { kind: 'ip', id: '5', destination: ip('10.0.0.9'), hopLimit: 64, trafficClass: 8 },
      }),
    ).toEqual([
      '280016800c0001000000000000000005080002000a00000905000500080000000500040040000000',
      '060015000200',
    ]));

  test('MPLS: a label stack with its bottom marked (RFC 3032, 2.1)', () =>
    expect(attributes({ encap: { kind: 'mpls', labels: [100, 200] } })).toEqual([
      '100016800c00010000064000000c8100',
      '060015000100',
    ]));

  test('an ILA locator', () =>
    expect(attributes({ encap: { kind: 'ila', locator: '1:2:abcd:4' } })).toEqual([
      '100016800c00010000010002abcd0004',
      '060015000300',
    ]));

  test('what IPv6 alone has', () =>
    expect(
      attributesOf(
        encodeNewRoute({
          ...plain,
          family: 'inet6',
          destination: { address: ip('fd01::'), length: 48 },
          from: { address: ip('fd02::'), length: 64 },
          via: ip('fd00::1'),
          preference: 1,
          expires: 500,
        }),
      ).slice(1),
    ).toEqual([
      '14000200fd020000000000000000000000000000',
      '14000500fd000000000000000000000000000001',
      '0800040003000000',
      '08001700f4010000',
      '0500140001',
    ]));
});

describe('what the kernel tells of a route', () => {
  test('comes back as it was told', () =>
    expect(decodeRoute(encodeNewRoute({ ...plain, metric: 10, tos: 8, table: 1000 }))).toEqual({
      ok: true,
      value: {
        family: 'inet',
        type: 'unicast',
        destination: plain.destination,
        via: plain.via,
        outputInterface: 3,
        table: 1000,
        protocol: 18,
        metric: 10,
        tos: 8,
      },
    }));

  test.each([
    ['another family', [7, 0, 0, 0, 254, 18, 0, 1, 0, 0, 0, 0]],
    ['no type', [2, 0, 0, 0, 254, 18, 0, 0, 0, 0, 0, 0]],
  ])('%s is none of ours', (_, header) =>
    expect(decodeRoute(Uint8Array.from(header))).toEqual({ ok: true, value: undefined }),
  );

  test.each([
    ['short', [2, 0, 0, 0]],
    ['an impossible prefix', [2, 33, 0, 0, 254, 18, 0, 1, 0, 0, 0, 0]],
    ['a broken attribute', [2, 0, 0, 0, 254, 18, 0, 1, 0, 0, 0, 0, 99, 0, 1, 0]],
  ])('%s is refused', (_, payload) => expect(decodeRoute(Uint8Array.from(payload)).ok).toBe(false));
});
