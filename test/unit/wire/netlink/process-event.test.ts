import fc from 'fast-check';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { decodeNetlinkMessages } from '#wire/netlink/message.js';
import { decodeProcessEvent, encodeProcessListen } from '#wire/netlink/process-event.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;

/** What a captured datagram says. */
function decode(datagram: string): unknown {
  const decoded = decodeNetlinkMessages(hex(datagram));
  if (!decoded.ok) throw new Error(decoded.error.text);
  const [message] = decoded.value;
  return message && decodeProcessEvent(message);
}

// Captured from Linux 6.18: one datagram each.
const captured = {
  listening:
    '4c00000003000000cc220000000000000100000001000000cc22000001000000280000000000000000000000' +
    '7cadd670f4010000000000000000000000000000000000000000000000000000',
  fork:
    '4c00000003000000cd220000000000000100000001000000cd22000000000000280000000100000000000000' +
    'a762d770f401000012180000121800005f1800005f1800000000000000000000',
  threadFork:
    '4c00000003000000ce220000000000000100000001000000ce22000000000000280000000100000000000000' +
    '14592371f4010000b5100000b510000062180000431800000000000000000000',
  exec:
    '4c00000003000000b5170000000000000100000001000000b517000000000000280000000200000001000000' +
    '585ede70f40100005e1800005e18000000000000000000000000000000000000',
  name:
    '4c00000003000000bc170000000000000100000001000000bc17000000000000280000000002000001000000' +
    'de143371f4010000611800006118000068616c6c6f0a00000000000000000000',
  exit:
    '4c00000003000000bd170000000000000100000001000000bd17000000000000280000000000008001000000' +
    '30b23371f4010000611800006118000000000000110000005f1800005f180000',
};

onLittleEndian('the process connector (linux/cn_proc.h)', () => {
  test('PROC_CN_MCAST_LISTEN and PROC_CN_MCAST_IGNORE', () => {
    expect(toHex(encodeProcessListen(true))).toBe(
      toHex(hex('01000000 01000000 00000000 00000000 0400 0000 01000000')),
    );
    expect(toHex(encodeProcessListen(false)).slice(-8)).toBe('02000000');
  });

  test('the answer to that', () => expect(decode(captured.listening)).toEqual({ type: 'listening' }));

  test('a fork, but not of a thread', () => {
    expect(decode(captured.fork)).toEqual({ type: 'fork', pid: 0x185f, parent: 0x1812 });
    expect(decode(captured.threadFork)).toBeUndefined();
  });

  test('an exec', () => expect(decode(captured.exec)).toEqual({ type: 'exec', pid: 0x185e }));

  test('a new name', () =>
    expect(decode(captured.name)).toEqual({ type: 'renamed', pid: 0x1861, name: 'hallo\n' }));

  test('an exit, but not of a thread', () => {
    expect(decode(captured.exit)).toEqual({ type: 'exit', pid: 0x1861 });
    expect(decode(captured.exit.replace('6118000061180000', '6218000061180000'))).toBeUndefined();
  });

  test('what is no event of a process', () => {
    const anotherUser = captured.exec.replace('280000000200000001', '280000000400000001');
    expect(decode(anotherUser)).toBeUndefined();
    const unasked = captured.listening.replace('cc22000001000000', 'cc22000000000000');
    expect(decode(unasked)).toBeUndefined();
    const anotherConnector = captured.exec.replace('0100000001000000b517', '0200000001000000b517');
    expect(decode(anotherConnector)).toBeUndefined();
    expect(decode(captured.exec)).toBeDefined();
  });

  test('any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (payload) => {
        decodeProcessEvent({ type: 3, flags: 0, sequence: 0, port: 0, payload });
      }),
      { numRuns: 5000 },
    );
  });
});
