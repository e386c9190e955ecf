import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import {
  decodeLink,
  encodeChangeLink,
  encodeDeleteLink,
  encodeGetLink,
  encodeNewLink,
  type Link,
} from '#wire/netlink/link.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;

const linkOf = (bytes: string): Link => {
  const result = decodeLink(hex(bytes));
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
};

/** struct ifinfomsg of index 7, and IFLA_IFNAME v0. */
const head = '00000100 07000000 43100100 00000000 07000300 76300000';

onLittleEndian('virtual links that a kernel told of', () => {
  test('a macvlan with its mode, its base and its group', () => {
    const link = linkOf(
      `${head} 0a000100 00005e00 01330000 08000500 02000000 08001b00 05000000` +
        '1c001200 0c000100 6d616376 6c616e00 0c000200 08000100 01000000',
    );
    expect(link).toMatchObject({ kind: 'macvlan', macvlanMode: 1, lowerIndex: 2, group: 5 });
    expect(toHex(link.hardwareAddress)).toBe('00005e000133');
  });

  test('an ipvlan with mode and flags, its base in another namespace', () => {
    const link = linkOf(
      `${head} 08000500 02000000 08002500 00000000` +
        '24001200 0b000100 6970766c 616e0000 14000200 06000100 00000000 06000200 02000000',
    );
    expect(link).toMatchObject({ kind: 'ipvlan', ipvlan: { mode: 0, flags: 2 }, lowerIsElsewhere: true });
  });

  test('settings of both families, and a slave of a VRF', () => {
    const values = Array.from(
      { length: 23 },
      (_, index) => `${(index + 1).toString(16).padStart(2, '0')}000000`,
    );
    const link = linkOf(
      `${head} 08000a00 09000000` +
        `74001a00 64000200 60000100 ${values.join('')} 0c000a00 05000800 01000000`,
    );
    expect(link).toMatchObject({
      masterIndex: 9,
      addrGenMode: 1,
      ipv4Settings: { rpFilter: 8, arpFilter: 13, arpIgnore: 19, promoteSecondaries: 20, acceptLocal: 23 },
    });
  });

  test('an old kernel with fewer settings: what it does not know is off', () =>
    expect(linkOf(`${head} 14001a00 10000200 0c000100 01000000 02000000`).ipv4Settings).toEqual({
      rpFilter: 0,
      arpFilter: 0,
      arpIgnore: 0,
      promoteSecondaries: 0,
      acceptLocal: 0,
    }));

  test('a group of 0 and an absent one are the same', () =>
    expect(linkOf(`${head} 08001b00 00000000`)).not.toHaveProperty('group'));
});

onLittleEndian('requests', () => {
  const mac = Uint8Array.of(0, 0, 0x5e, 0, 1, 0x33);

  test('a macvlan in private mode', () =>
    expect(
      toHex(
        encodeNewLink({
          name: 'v0',
          lowerIndex: 2,
          type: { kind: 'macvlan', mode: 1 },
          hardwareAddress: mac,
          group: 5,
          masterIndex: 9,
        }),
      ),
    ).toBe(
      toHex(
        hex(
          '00000000 00000000 00000000 00000000 1c001280 0c000100 6d616376 6c616e00 0c000280 08000100 01000000' +
            '08000500 02000000 07000300 76300000 08001b00 05000000 0a000100 00005e00 01330000 08000a00 09000000',
        ),
      ),
    ));

  test('an ipvlan that comes up at once', () =>
    expect(
      toHex(
        encodeNewLink({ name: 'v0', lowerIndex: 2, type: { kind: 'ipvlan', mode: 0, flags: 1 }, up: true }),
      ),
    ).toBe(
      toHex(
        hex(
          '00000000 00000000 01000000 01000000 24001280 0b000100 6970766c 616e0000' +
            '14000280 06000100 00000000 06000200 01000000 08000500 02000000 07000300 76300000',
        ),
      ),
    ));

  test('settings of IPv4 and the way of making link-local addresses', () =>
    expect(toHex(encodeChangeLink(7, { ipv4Settings: { arpIgnore: 1, rpFilter: 0 }, addrGenMode: 1 }))).toBe(
      toHex(
        hex(
          '00000000 07000000 00000000 00000000' +
            '28001a80 18000280 14000180 08000800 00000000 08001300 01000000 0c000a80 05000800 01000000',
        ),
      ),
    ));

  test('up; another master; a removal; a question by name', () => {
    expect(toHex(encodeChangeLink(7, { up: true }))).toBe('00000000070000000100000001000000');
    expect(toHex(encodeChangeLink(7, { masterIndex: 0 }))).toBe(
      toHex(hex('00000000 07000000 00000000 00000000 08000a00 00000000')),
    );
    expect(toHex(encodeDeleteLink(7))).toBe('00000000070000000000000000000000');
    expect(toHex(encodeGetLink('v0'))).toBe(
      toHex(hex('00000000 00000000 00000000 00000000 08001d00 08000000 07000300 76300000')),
    );
  });
});
