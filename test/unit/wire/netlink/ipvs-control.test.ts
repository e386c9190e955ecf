import { parseIpAddress, type IpAddress } from '#base/address.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import {
  decodeIpvsTimeouts,
  decodeSyncDaemon,
  encodeIpvsTimeouts,
  encodeSyncRole,
  encodeSyncStart,
  type SyncDaemon,
} from '#wire/netlink/ipvs.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;
const ip = (text: string): IpAddress => parseIpAddress(text)!;

/** As linux/ip_vs.h numbers them: TIMEOUT_TCP 4, TIMEOUT_TCP_FIN 5, TIMEOUT_UDP 6. */
const TIMEOUTS = '08000400201c0000 080005001e000000 080006002c010000';

onLittleEndian('timeouts', () => {
  const timeouts = { tcp: 7200, tcpFin: 30, udp: 300 };

  test('are three numbers, there and back', () => {
    expect(toHex(encodeIpvsTimeouts(timeouts))).toBe(toHex(hex(TIMEOUTS)));
    expect(decodeIpvsTimeouts(hex(TIMEOUTS))).toEqual({ ok: true, value: timeouts });
  });

  test('of a kernel that does not balance UDP are 0', () => {
    expect(decodeIpvsTimeouts(hex('08000400201c0000'))).toEqual({
      ok: true,
      value: { tcp: 7200, tcpFin: 0, udp: 0 },
    });
  });

  test('that overrun their message are refused', () => {
    expect(decodeIpvsTimeouts(hex('09000400201c0000'))).toMatchObject({
      ok: false,
      error: { code: 'ipvs-truncated' },
    });
  });
});

const EVERYTHING: SyncDaemon = {
  role: 'master',
  channel: { interface: 'eth0', id: 51, maxLength: 1400, port: 8849, ttl: 3, group: ip('224.0.0.99') },
};
const BYTES = `40000380 0800010001000000 09000200 6574683000 000000 0800030033000000 06000400 78050000 06000700 91220000
  05000800 03000000 08000500 e0000063`;

onLittleEndian('a sync daemon', () => {
  test('with all that can be said of it, there and back', () => {
    expect(toHex(encodeSyncStart(EVERYTHING))).toBe(toHex(hex(BYTES)));
    expect(decodeSyncDaemon(hex(BYTES))).toEqual({ ok: true, value: EVERYTHING });
  });

  test('has its group of IPv6 in another attribute; what is not said is left to the kernel', () => {
    const daemon: SyncDaemon = {
      role: 'backup',
      channel: { interface: 'eth0', id: 0, group: ip('ff02::51') },
    };
    const bytes = encodeSyncStart(daemon);
    expect(toHex(bytes)).toBe(
      toHex(
        hex(
          '34000380 0800010002000000 09000200 6574683000 000000 0800030000000000 14000600 ff020000000000000000000000000051',
        ),
      ),
    );
    expect(decodeSyncDaemon(bytes)).toEqual({ ok: true, value: daemon });
  });

  test('is stopped by its role', () => {
    expect(toHex(encodeSyncRole('backup'))).toBe(toHex(hex('0c000380 0800010002000000')));
  });

  test.each([
    ['no daemon', '08000400201c0000', 'ipvs-missing-attribute'],
    ['no interface', '14000380 0800010001000000 0800030033000000', 'ipvs-missing-attribute'],
    ['another state', '0c000380 0800010003000000', 'ipvs-bad-value'],
    ['a length beyond the end', '14000380 0800010001000000', 'ipvs-truncated'],
  ])('with %s is refused', (_what, bytes, code) => {
    expect(decodeSyncDaemon(hex(bytes))).toMatchObject({ ok: false, error: { code } });
  });
});
