import fc from 'fast-check';
import { formatIpAddress, parseIpAddress, type IpAddress } from '#base/address.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { decodeLink, encodeGetLinks } from '#wire/netlink/link.js';
import {
  decodeInterfaceAddress,
  encodeDeleteAddress,
  encodeGetAddresses,
  encodeNewAddress,
  type InterfaceAddress,
} from '#wire/netlink/route.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;
const ip = (text: string): IpAddress => parseIpAddress(text)!;

const addressOf = (bytes: Uint8Array): InterfaceAddress | undefined => {
  const result = decodeInterfaceAddress(bytes);
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
};

const ipv4: InterfaceAddress = {
  interfaceIndex: 3,
  family: 'inet',
  address: ip('192.0.2.9'),
  prefixLength: 24,
  scope: 0,
  flags: 0x80,
  broadcast: ip('192.0.2.255'),
  label: 'd0:vip',
};

const ipv6: InterfaceAddress = {
  interfaceIndex: 3,
  family: 'inet6',
  address: ip('fd00::9'),
  prefixLength: 128,
  scope: 0,
  flags: 0xa2,
  preferredLifetimeS: 0,
};

onLittleEndian('addresses that a kernel told of (RTM_NEWADDR)', () => {
  test('IPv4 with broadcast and label', () =>
    expect(
      addressOf(
        hex(
          '0218800003000000 08000100c0000209 08000200c0000209 08000400c00002ff 0b00030064303a7669700000' +
            '0800080080000000 14000600ffffffffffffffff36f3040036f30400',
        ),
      ),
    ).toEqual(ipv4));

  test('IPv4 point to point: IFA_ADDRESS is the other end', () =>
    expect(
      addressOf(
        hex(
          '0220800003000000 08000100c0000202 08000200c0000201 0700030064300000 0800080080000000' +
            '14000600ffffffffffffffff36f3040036f30400',
        ),
      ),
    ).toEqual({
      interfaceIndex: 3,
      family: 'inet',
      address: '192.0.2.1',
      peer: '192.0.2.2',
      prefixLength: 32,
      scope: 0,
      flags: 0x80,
      label: 'd0',
    }));

  test('IPv6 without IFA_LOCAL, deprecated, without duplicate address detection', () =>
    expect(
      addressOf(
        hex(
          '0a80a20003000000 14000100fd000000000000000000000000000009' +
            '1400060000000000ffffffff36f3040036f30400 08000800a2000000',
        ),
      ),
    ).toEqual(ipv6));

  test('flags fall back to the eight bits of the header', () =>
    expect(addressOf(hex('0220100003000000 08000200c0000201'))?.flags).toBe(0x10));

  test('another family is no address of ours', () =>
    expect(addressOf(hex('1c40000003000000'))).toBeUndefined());

  test.each([
    ['a header cut short', '02180000030000', 'netlink-truncated'],
    ['no address', '0218800003000000', 'netlink-bad-attributes'],
    ['an IPv4 address of 16 bytes', `0218800003000000 14000200${'00'.repeat(16)}`, 'netlink-bad-attributes'],
    ['a prefix of 33 bits', '0221800003000000 08000200c0000209', 'netlink-bad-attributes'],
    [
      'a prefix of 129 bits',
      '0a81a20003000000 14000100fd000000000000000000000000000009',
      'netlink-bad-attributes',
    ],
    ['attributes cut short', '0218800003000000 08000200c00002', 'netlink-bad-attributes'],
  ])('%s is refused', (_, bytes, code) =>
    expect(decodeInterfaceAddress(hex(bytes))).toMatchObject({ ok: false, error: { code } }),
  );
});

onLittleEndian('requests', () => {
  test('RTM_NEWADDR says what `ip address add` says', () => {
    // Captured from iproute2: add 192.0.2.9/24 brd 192.0.2.255 dev d0 label d0:vip scope link
    const fromIproute2 =
      '021800fd03000000 08000200c0000209 08000400c00002ff 0b00030064303a7669700000 08000100c0000209';
    const wanted = { ...ipv4, scope: 253, flags: 0 };
    expect(addressOf(hex(fromIproute2))).toEqual(wanted);
    expect(toHex(encodeNewAddress(wanted))).toBe(
      toHex(
        hex('021800fd03000000 08000200c0000209 08000100c0000209 08000400c00002ff 0b00030064303a7669700000'),
      ),
    );
  });

  test('RTM_NEWADDR of an IPv6 VIP: no DAD, preferred lifetime 0, valid for ever', () => {
    // Captured from iproute2: add fd00::9/128 dev d0 nodad preferred_lft 0
    const fromIproute2 =
      '0a80020003000000 14000200fd000000000000000000000000000009 14000100fd000000000000000000000000000009' +
      '1400060000000000ffffffff0000000000000000';
    expect(addressOf(hex(fromIproute2))).toEqual({ ...ipv6, flags: 0x02 });
    expect(toHex(encodeNewAddress(ipv6))).toBe(
      toHex(
        hex(
          '0a80000003000000 14000200fd000000000000000000000000000009 14000100fd000000000000000000000000000009' +
            '1400060000000000ffffffff0000000000000000 0800080002000000',
        ),
      ),
    );
  });

  test('flags that are the kernel’s to set are not sent', () =>
    expect(addressOf(encodeNewAddress({ ...ipv6, flags: 0xffff }))?.flags).toBe(0x712));

  test('RTM_DELADDR is byte for byte what `ip address del` sends', () =>
    expect(toHex(encodeDeleteAddress({ ...ipv4, flags: 0 }))).toBe(
      toHex(hex('0218000003000000 08000200c0000209 08000100c0000209')),
    ));

  test('dumps: all families, no statistics', () => {
    expect(toHex(encodeGetAddresses())).toBe('0000000000000000');
    expect(toHex(encodeGetLinks())).toBe(toHex(hex('00000000000000000000000000000000 08001d0008000000')));
  });
});

onLittleEndian('links that a kernel told of (RTM_NEWLINK)', () => {
  /** A veth as the kernel dumps it, attributes that we do not read left out. */
  const veth =
    '00000100030000000210000000000000 070003006430 0000 08000400dc050000 0500100002000000 0500210000000000' +
    '0800050002000000 0a000100020000000001 0000 10001200 09000100766574680000 0000';

  test('a veth that is down', () =>
    expect(decodeLink(hex(veth))).toEqual({
      ok: true,
      value: {
        index: 3,
        name: 'd0',
        flags: 0x1002,
        adminUp: false,
        running: false,
        hardwareType: 1,
        hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
        mtu: 1500,
        operState: 2,
        carrier: false,
        kind: 'veth',
        lowerIndex: 2,
      },
    }));

  test('IFF_UP and IFF_RUNNING', () => {
    const link = decodeLink(hex(veth.replace('02100000', '43100100')));
    expect(link).toMatchObject({ value: { adminUp: true, running: true } });
  });

  test('a name with a byte of UTF-8 in it', () =>
    expect(decodeLink(hex('00000100030000000210000000000000 08000300c3a97800'))).toMatchObject({
      value: { name: 'éx' },
    }));

  test.each([
    ['a header cut short', '0000010003000000021000000000', 'netlink-truncated'],
    ['no name', '00000100030000000210000000000000', 'netlink-bad-attributes'],
    ['broken attributes', '00000100030000000210000000000000 0300', 'netlink-bad-attributes'],
  ])('%s is refused', (_, bytes, code) =>
    expect(decodeLink(hex(bytes))).toMatchObject({ ok: false, error: { code } }),
  );
});

describe('any bytes', () => {
  test('never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        decodeLink(bytes);
        decodeInterfaceAddress(bytes);
        decodeInterfaceAddress(Uint8Array.of(2, ...bytes));
        decodeInterfaceAddress(Uint8Array.of(10, ...bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test('what is encoded decodes to itself', () => {
    const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatIpAddress);
    const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatIpAddress);
    const common = {
      interfaceIndex: fc.integer({ min: 1, max: 0x7fffffff }),
      scope: fc.integer({ min: 0, max: 255 }),
      flags: fc.constantFrom(0, 0x02, 0x10, 0x200, 0x712),
    };
    const address = fc.oneof(
      fc.record(
        {
          ...common,
          family: fc.constant('inet' as const),
          address: v4,
          prefixLength: fc.integer({ min: 0, max: 32 }),
          broadcast: v4,
          label: fc.string({ minLength: 1, maxLength: 15 }).filter((text) => !text.includes('\0')),
        },
        { requiredKeys: ['interfaceIndex', 'scope', 'flags', 'family', 'address', 'prefixLength'] },
      ),
      fc.record(
        {
          ...common,
          family: fc.constant('inet6' as const),
          address: v6,
          prefixLength: fc.integer({ min: 0, max: 128 }),
          preferredLifetimeS: fc.integer({ min: 0, max: 0xfffffffe }),
          protocol: fc.integer({ min: 0, max: 255 }),
        },
        { requiredKeys: ['interfaceIndex', 'scope', 'flags', 'family', 'address', 'prefixLength'] },
      ),
    );
    fc.assert(fc.property(address, (value) => expect(addressOf(encodeNewAddress(value))).toEqual(value)));
  });
});
