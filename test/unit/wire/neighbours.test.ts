import { parseIpAddress } from '#base/address.js';
import { decodeArpFrame } from '#wire/arp.js';
import { internetChecksum, pseudoHeader } from '#wire/checksum.js';
import { decodeEthernetFrame, formatHardwareAddress, parseHardwareAddress } from '#wire/ethernet.js';
import { decodeNeighbourAdvertisement, IPPROTO_ICMPV6 } from '#wire/ndisc.js';
import { fixture } from './fixture.js';

function withByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[index] = value;
  return changed;
}

describe('Ethernet', () => {
  test('a frame shorter than its header is no frame', () => {
    expect(decodeEthernetFrame(new Uint8Array(13))).toBeUndefined();
    expect(decodeEthernetFrame(new Uint8Array(14))?.payload).toHaveLength(0);
  });

  test('hardware addresses as iproute2 prints them', () => {
    expect(formatHardwareAddress(parseHardwareAddress('00:00:5E:00:01:33')!)).toBe('00:00:5e:00:01:33');
    for (const wrong of [
      '',
      '00:00:5e:00:01',
      '00:00:5e:00:01:3',
      '00-00-5e-00-01-33',
      '00:00:5e:00:01:33:00',
    ]) {
      expect(parseHardwareAddress(wrong)).toBeUndefined();
    }
  });
});

describe('ARP (RFC 826)', () => {
  const { frame } = fixture('garp');
  const code = (bytes: Uint8Array): string => {
    const result = decodeArpFrame(bytes);
    return result.ok ? 'ok' : result.error.code;
  };

  test('a frame cut anywhere is truncated', () => {
    for (let length = 0; length < frame.length; length += 1) {
      expect(code(frame.subarray(0, length))).toBe('arp-truncated');
    }
  });

  test('padding to the shortest frame is ignored', () => {
    expect(code(Uint8Array.from([...frame, ...new Uint8Array(18)]))).toBe('ok');
  });

  test('other EtherTypes, hardware and protocols are refused', () => {
    expect(code(withByte(frame, 12, 0x86))).toBe('arp-not-arp');
    for (const index of [15, 17, 18, 19]) expect(code(withByte(frame, index, 9))).toBe('arp-unknown-type');
  });
});

describe('neighbour advertisement (RFC 4861, 7.1.2)', () => {
  const { frame } = fixture('na');
  const code = (bytes: Uint8Array): string => {
    const result = decodeNeighbourAdvertisement(bytes);
    return result.ok ? 'ok' : result.error.code;
  };
  /** The frame with a change in its ICMPv6 part and the checksum put right again. */
  function resummed(index: number, value: number): Uint8Array {
    const changed = withByte(frame, index, value);
    changed.fill(0, 56, 58);
    const address = parseIpAddress('2001:db8::100')!;
    const covered = pseudoHeader(address, parseIpAddress('ff02::1')!, IPPROTO_ICMPV6, 32);
    const sum = internetChecksum(covered, changed.subarray(54));
    changed.set([sum >> 8, sum & 0xff], 56);
    return changed;
  }

  test('a frame cut anywhere is truncated', () => {
    for (let length = 0; length < frame.length; length += 1) {
      expect(code(frame.subarray(0, length))).toBe('ndisc-truncated');
    }
    expect(code(frame)).toBe('ok');
  });

  test('hop limit, type and checksum are looked at', () => {
    expect(code(withByte(frame, 12, 8))).toBe('ndisc-not-ipv6');
    expect(code(withByte(frame, 21, 64))).toBe('ndisc-bad-hop-limit');
    expect(code(withByte(frame, 20, 17))).toBe('ndisc-not-advertisement');
    expect(code(withByte(frame, 54, 135))).toBe('ndisc-not-advertisement');
    expect(code(withByte(frame, 85, 0))).toBe('ndisc-bad-checksum');
  });

  test('an option of length 0 or beyond the end drops the packet (RFC 4861, 4.6)', () => {
    expect(code(resummed(79, 1))).toBe('ok');
    expect(code(resummed(79, 0))).toBe('ndisc-bad-option');
    expect(code(resummed(79, 2))).toBe('ndisc-bad-option');
  });

  test.each([
    [0x00, { router: false, solicited: false, override: false }],
    [0x80, { router: true, solicited: false, override: false }],
    [0x40, { router: false, solicited: true, override: false }],
    [0x20, { router: false, solicited: false, override: true }],
    [0x1f, { router: false, solicited: false, override: false }],
  ])('flags 0x%x', (flags, expected) => {
    expect(decodeNeighbourAdvertisement(resummed(58, flags))).toMatchObject({ ok: true, value: expected });
  });

  test('unknown options are skipped', () => {
    const result = decodeNeighbourAdvertisement(resummed(78, 77));
    expect(result.ok && result.value.targetHardware).toBeUndefined();
  });
});
