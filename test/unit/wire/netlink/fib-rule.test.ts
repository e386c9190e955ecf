import fc from 'fast-check';
import { formatIpAddress, parseIpAddress, type IpAddress } from '#base/address.js';
import { decodeRule, encodeRule, type FibRule } from '#wire/netlink/fib-rule.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;
const ip = (text: string): IpAddress => parseIpAddress(text)!;

const bare: FibRule = { family: 'inet', action: 'table', invert: false, l3mdev: false, priority: 500 };
const plain: FibRule = { ...bare, table: 100 };

onLittleEndian('a rule for the kernel (struct fib_rule_hdr)', () => {
  test('source, table, priority and who put it there', () =>
    expect(
      toHex(encodeRule({ ...plain, from: { address: ip('10.1.0.0'), length: 16 }, protocol: 18 })).replaceAll(
        ' ',
        '',
      ),
    ).toBe(
      '02001000' + '64000001' + '00000000' + '080002000a010000' + '08000600f4010000' + '0500150012000000',
    ));

  test('not, tos, a table beyond 255, and a goto', () => {
    expect([...encodeRule({ ...plain, invert: true, tos: 8 }).subarray(0, 12)]).toEqual([
      2, 0, 0, 8, 100, 0, 0, 1, 2, 0, 0, 0,
    ]);
    expect(encodeRule({ ...plain, table: 1000 })[4]).toBe(0);
    expect(encodeRule({ ...bare, action: 'goto', target: 600 })[7]).toBe(2);
  });
});

const port = fc.integer({ min: 0, max: 0xffff });
const number32 = fc.integer({ min: 1, max: 0xffff_fffe });
const name = fc.constantFrom('eth0', 'a', 'interface-of-15');
const range = (of: fc.Arbitrary<number>) => fc.record({ from: of, to: of });
const prefix = (bytes: number) =>
  fc.record({
    address: fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(formatIpAddress),
    length: fc.integer({ min: 1, max: bytes * 8 }),
  });

const rule: fc.Arbitrary<FibRule> = fc.constantFrom('inet' as const, 'inet6' as const).chain((family) =>
  fc.record(
    {
      family: fc.constant(family),
      action: fc.constant('table' as const),
      invert: fc.boolean(),
      l3mdev: fc.constant(false),
      priority: number32,
      table: number32,
      from: prefix(family === 'inet' ? 4 : 16),
      to: prefix(family === 'inet' ? 4 : 16),
      tos: fc.integer({ min: 1, max: 255 }),
      fwmark: number32,
      fwmask: number32,
      realms: number32,
      suppressPrefixLength: fc.integer({ min: 0, max: 32 }),
      suppressGroup: number32,
      inputInterface: name,
      outputInterface: name,
      tunnelId: fc.bigInt({ min: 1n, max: 0xffff_ffff_ffff_ffffn }).map(String),
      uidRange: range(number32),
      protocol: fc.integer({ min: 0, max: 255 }),
      ipProtocol: fc.integer({ min: 0, max: 255 }),
      sourcePorts: range(port),
      destinationPorts: range(port),
    },
    { requiredKeys: ['family', 'action', 'invert', 'l3mdev', 'priority', 'table'] },
  ),
);

describe('what the kernel tells of a rule', () => {
  test('comes back as it was told', () =>
    fc.assert(
      fc.property(rule, (told) => {
        expect(decodeRule(encodeRule(told))).toEqual({ ok: true, value: told });
      }),
    ));

  test('l3mdev names no table', () => {
    expect(decodeRule(encodeRule({ ...bare, l3mdev: true }))).toMatchObject({
      ok: true,
      value: { l3mdev: true, action: 'table' },
    });
  });

  test('another family, and an action that we never install, are none of ours', () => {
    const payload = encodeRule(plain);
    payload[7] = 99;
    expect(decodeRule(payload)).toEqual({ ok: true, value: undefined });
    payload[0] = 7;
    expect(decodeRule(payload)).toEqual({ ok: true, value: undefined });
  });

  test('hostile bytes never throw', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        decodeRule(bytes);
      }),
    ));
});
