import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { encodeGetTable, encodeNftCommand } from '#wire/netlink/nftables-encode.js';
import { type NftExpression, type NftTable } from '#wire/netlink/nftables.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;
const ip: NftTable = { family: 'inet', name: 'ka' };
const ip6: NftTable = { family: 'inet6', name: 'ka' };
/** NFTA_*_TABLE 'ka'. */
const inTable = '0700 0100 6b6100 00';

/** The expressions of a rule in chain 'c', behind its table and chain. */
function rule(...expressions: readonly NftExpression[]): string {
  const { payload } = encodeNftCommand({ kind: 'add-rule', table: ip, chain: 'c', expressions });
  const before = hex(`02000000 ${inTable} 0600 0200 6300 0000`);
  expect(toHex(payload.subarray(0, before.length))).toBe(toHex(before));
  // NFTA_RULE_EXPRESSIONS, its first NFTA_LIST_ELEM
  return toHex(payload.subarray(before.length + 8));
}

onLittleEndian('nf_tables messages (linux/netfilter/nf_tables.h)', () => {
  test('a table: add, delete, ask for', () => {
    const added = encodeNftCommand({ kind: 'add-table', table: ip });
    expect([added.type, added.flags]).toEqual([0xa00, 0x400]);
    expect(toHex(added.payload)).toBe(toHex(hex(`02000000 ${inTable} 0800 0200 00000000`)));
    const deleted = encodeNftCommand({ kind: 'delete-table', table: ip6 });
    expect([deleted.type, deleted.flags]).toEqual([0xa02, 0]);
    expect(toHex(deleted.payload)).toBe(toHex(hex(`0a000000 ${inTable}`)));
    expect(toHex(encodeGetTable(ip))).toBe(toHex(hex(`02000000 ${inTable}`)));
  });

  test('a chain at a hook, with a negative priority and accept as policy; one that only rules lead to', () => {
    const base = encodeNftCommand({
      kind: 'add-chain',
      table: ip,
      chain: 'in',
      hook: { at: 'input', priority: -1 },
    });
    expect(base.type).toBe(0xa03);
    expect(toHex(base.payload)).toBe(
      toHex(
        hex(
          `02000000 ${inTable} 0700 0300 696e00 00 1400 0480 0800 0100 00000001 0800 0200 ffffffff` +
            ' 0800 0500 00000001 0b00 0700 66696c74657200 00',
        ),
      ),
    );
    const inner = encodeNftCommand({ kind: 'add-chain', table: ip, chain: 'in' });
    expect(toHex(inner.payload)).toBe(toHex(hex(`02000000 ${inTable} 0700 0300 696e00 00`)));
  });

  test('a map of a concatenation: types side by side in 6 bits each, lengths added', () => {
    const { type, payload } = encodeNftCommand({
      kind: 'add-set',
      table: ip6,
      set: { name: 's', id: 7, key: ['ipv6_addr', 'ifname'], data: 'iface_index' },
    });
    expect(type).toBe(0xa09);
    expect(toHex(payload)).toBe(
      toHex(
        hex(
          `0a000000 ${inTable} 0600 0200 7300 0000 0800 0300 00000008 0800 0400 00000229 0800 0500 00000020` +
            ' 0800 0600 00000014 0800 0700 00000004 0800 0a00 00000007' +
            ' 1000 0d00 00 04 01000000 01 04 01000000',
        ),
      ),
    );
  });

  test('elements: added only if they are new, deleted by key', () => {
    const key = Uint8Array.of(192, 0, 2, 1);
    const list = '1400 0380 1000 0180 0c00 0180 0800 0100 c0000201';
    const added = encodeNftCommand({ kind: 'add-elements', table: ip, set: 'v', elements: [{ key }] });
    expect([added.type, added.flags]).toEqual([0xa0c, 0x600]);
    expect(toHex(added.payload)).toBe(toHex(hex(`02000000 ${inTable} 0600 0200 7600 0000 ${list}`)));
    const deleted = encodeNftCommand({ kind: 'delete-elements', table: ip, set: 'v', elements: [{ key }] });
    expect([deleted.type, deleted.flags]).toEqual([0xa0e, 0]);
    expect(toHex(deleted.payload)).toBe(toHex(added.payload));
  });

  test('rules: what is loaded, looked up and decided', () => {
    expect(rule({ kind: 'payload', header: 'network', offset: 16, length: 4, to: 1 })).toBe(
      toHex(
        hex(
          '3400 0180 0c00 0100 7061796c6f616400 2400 0280' +
            ' 0800 0100 00000001 0800 0200 00000001 0800 0300 00000010 0800 0400 00000004',
        ).subarray(4),
      ),
    );
    expect(rule({ kind: 'lookup', set: 'v', register: 2, to: 2 })).toBe(
      toHex(
        hex(
          '0b00 0100 6c6f6f6b757000 00 1c00 0280 0600 0100 7600 0000 0800 0200 00000002 0800 0300 00000002',
        ),
      ),
    );
    expect(rule({ kind: 'verdict', verdict: 'drop' })).toBe(
      toHex(
        hex(
          '0e00 0100 696d6d65646961746500 0000 1c00 0280 0800 0100 00000000 1000 0280 0c00 0280 0800 0100 00000000',
        ),
      ),
    );
    expect(rule({ kind: 'goto', chain: 'x' })).toBe(
      toHex(
        hex(
          '0e00 0100 696d6d65646961746500 0000 2400 0280 0800 0100 00000000' +
            ' 1800 0280 1400 0280 0800 0100 fffffffc 0600 0200 7800 0000',
        ),
      ),
    );
  });
});
