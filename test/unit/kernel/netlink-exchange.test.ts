import fc from 'fast-check';
import { NetlinkExchange, wasInterrupted, type NetlinkAnswer } from '#kernel/netlink-exchange.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { decodeNetlinkMessages, type NetlinkMessage } from '#wire/netlink/message.js';

const requests = ['first', 'second', 'third'].map((what) => ({
  what,
  type: 20,
  flags: 0x400,
  payload: Uint8Array.of(1, 2, 3),
}));

const answer = (
  sequence: number,
  type: number,
  payload: Uint8Array = new Uint8Array(0),
  flags = 0,
): NetlinkMessage => ({ type, flags, sequence, port: 7, payload });

/** NLMSG_ERROR with this errno. */
function acknowledgement(sequence: number, errno: number, flags = 0x100): NetlinkMessage {
  const payload = new Uint8Array(20);
  new DataView(payload.buffer).setInt32(0, -errno, HOST_LITTLE_ENDIAN);
  return answer(sequence, 2, payload, flags);
}

const shown = (answers: readonly NetlinkAnswer[]): string[] =>
  answers.map((one) => (one.ok ? `${one.value.length} messages` : one.error.message));

describe('answers of the kernel', () => {
  test('the requests leave in one datagram, numbered on and padded', () => {
    const { datagram } = new NetlinkExchange(requests, 0xffffffff, 4);
    const messages = decodeNetlinkMessages(datagram);
    expect(messages.ok && messages.value.map(({ sequence, flags }) => [sequence, flags])).toEqual([
      [0xffffffff, 0x405],
      [0, 0x405],
      [1, 0x405],
    ]);
  });

  test('are matched by sequence number, in whatever order they come', () => {
    const exchange = new NetlinkExchange(requests, 1, 4);
    exchange.accept(acknowledgement(3, 0));
    exchange.accept(answer(1, 20, Uint8Array.of(1)));
    exchange.accept(acknowledgement(2, 17));
    expect(exchange.complete).toBe(false);
    exchange.accept(acknowledgement(1, 0));
    expect(exchange.complete).toBe(true);
    expect(shown(exchange.answers)).toEqual(['1 messages', 'second: EEXIST', '0 messages']);
  });

  test('to earlier requests, and to none, are passed over', () => {
    const exchange = new NetlinkExchange(requests, 10, 4);
    for (const stray of [0, 9, 13, 0xffffffff]) exchange.accept(acknowledgement(stray, 22));
    exchange.fail(110, 'no answer');
    expect(shown(exchange.answers)).toEqual([
      'first: ETIMEDOUT (no answer)',
      'second: ETIMEDOUT (no answer)',
      'third: ETIMEDOUT (no answer)',
    ]);
  });

  test('a second acknowledgement changes nothing', () => {
    const exchange = new NetlinkExchange(requests.slice(0, 1), 1, 4);
    exchange.accept(acknowledgement(1, 0));
    exchange.accept(acknowledgement(1, 22));
    exchange.fail(110);
    expect(shown(exchange.answers)).toEqual(['0 messages']);
  });

  test('too short for an acknowledgement: an error of that request alone', () => {
    const exchange = new NetlinkExchange(requests.slice(0, 2), 1, 4);
    exchange.accept(answer(1, 2, Uint8Array.of(0)));
    exchange.accept(acknowledgement(2, 0));
    expect(shown(exchange.answers)[0]).toMatch(/^first: EBADMSG/);
    expect(shown(exchange.answers)[1]).toBe('0 messages');
  });

  test('a dump that was interrupted is known, wherever it is said', () => {
    for (const at of ['part', 'end']) {
      const exchange = new NetlinkExchange(requests.slice(0, 1), 1, 0x300);
      exchange.accept(answer(1, 20, Uint8Array.of(1), at === 'part' ? 0x12 : 0x2));
      exchange.accept(answer(1, 3, new Uint8Array(4), at === 'end' ? 0x12 : 0x2));
      const [dump] = exchange.answers;
      expect(dump?.ok && wasInterrupted(dump.value)).toBe(true);
    }
  });

  test('a dump that ends in an error is that error', () => {
    const exchange = new NetlinkExchange(requests.slice(0, 1), 1, 0x300);
    const failed = new Uint8Array(4);
    new DataView(failed.buffer).setInt32(0, -95, HOST_LITTLE_ENDIAN);
    exchange.accept(answer(1, 3, failed, 2));
    expect(shown(exchange.answers)).toEqual(['first: EOPNOTSUPP']);
  });

  test('whatever comes, every request ends with one answer', () => {
    const anything = fc.record({
      type: fc.constantFrom(0, 1, 2, 3, 4, 20, 0xffff),
      flags: fc.integer({ min: 0, max: 0xffff }),
      sequence: fc.integer({ min: 0, max: 5 }),
      port: fc.constant(0),
      payload: fc.uint8Array({ maxLength: 60 }),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (messages) => {
        const exchange = new NetlinkExchange(requests, 1, 4);
        for (const message of messages) exchange.accept(message);
        exchange.fail(110);
        expect(exchange.complete).toBe(true);
        expect(exchange.answers).toHaveLength(3);
      }),
      { numRuns: 500 },
    );
  });
});
