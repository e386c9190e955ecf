import { jittered } from '#bfd/timing.js';
import { makePrng } from '#base/prng.js';
import { ms, Play, r1, type Sent } from './play.js';

/** The next number that a prng gives is always this one. */
const fixed = (value: number) => {
  const prng = makePrng(1);
  return { next: () => value, between: (low: number, high: number) => prng.between(low, high) };
};

const gaps = (sent: readonly Sent[]): number[] => sent.slice(1).map(({ at }, index) => at - sent[index]!.at);

describe('RFC 5880, 6.8.7: transmission', () => {
  test('jitter: 75 to 100 % of the interval, 75 to 90 % with Detect Mult 1', () => {
    expect([0, 0.5, 1].map((value) => jittered(ms(100), 5, fixed(value)))).toEqual([100_000, 87_500, 75_000]);
    expect([0, 1].map((value) => jittered(ms(100), 1, fixed(value)))).toEqual([90_000, 75_000]);
  });

  test('a session that is not Up sends once a second or less often (6.8.3)', () => {
    const play = new Play([r1], fixed(0)).start().wait(ms(5000));
    expect(gaps(play.sent)).toEqual([1e6, 1e6, 1e6, 1e6, 1e6]);
    expect(play.sent.every(({ desiredMinTx }) => desiredMinTx === 1e6)).toBe(true);
  });

  test('the slower of bfd.DesiredMinTxInterval and bfd.RemoteMinRxInterval counts', () => {
    const play = new Play([r1], fixed(0)).start().up();
    expect(play.session().transmitInterval).toBe(10_000);
    play.hear({ state: 'Up', requiredMinRx: ms(80), desiredMinTx: ms(10) });
    expect(play.session().transmitInterval).toBe(80_000);
  });

  test('6.8.3: a shorter interval is honoured at once, counted from the last packet', () => {
    const play = new Play([r1], fixed(0)).start().wait(ms(400));
    play.hear().hear({ state: 'Init', desiredMinTx: ms(10) });
    expect(play.due('transmit')).toBe(10_000);
    play.hear({ state: 'Up', requiredMinRx: ms(300) }).wait(ms(20));
    expect(play.due('transmit')).toBeGreaterThan(200_000);
    play.hear({ state: 'Up', requiredMinRx: ms(10), desiredMinTx: ms(500) });
    expect(play.due('transmit')).toBeLessThanOrEqual(10_000);
  });

  test('MUST NOT send periodically if bfd.RemoteMinRxInterval is zero', () => {
    const play = new Play().start();
    play.hear({ state: 'Init', requiredMinRx: ms(0) });
    expect(play.due('transmit')).toBeUndefined();
    play.hear({ state: 'Up', requiredMinRx: ms(10) });
    expect(play.due('transmit')).toBeLessThanOrEqual(10_000);
  });

  test('MUST NOT send periodically in Demand mode, once both are Up and nothing is polled', () => {
    const play = new Play().start().hear({ state: 'Init' });
    play.hear({ state: 'Up', demand: true });
    expect(play.session().polling).toBe(true);
    expect(play.due('transmit')).toBeDefined();
    play.hear({ state: 'Up', demand: true, final: true });
    expect(play.due('transmit')).toBeUndefined();
    play.hear({ state: 'Up' });
    expect(play.due('transmit')).toBeDefined();
  });

  test('a packet with P is answered at once by one with F and without P, Demand mode or not', () => {
    const play = new Play().start().up();
    play.takeSent();
    play.hear({ state: 'Up', poll: true, demand: true });
    expect(play.takeSent()).toMatchObject([{ poll: false, final: true, state: 'Up' }]);
  });

  test('news and answer travel in one packet', () => {
    const play = new Play().start();
    play.takeSent();
    play.hear({ state: 'Init', poll: true });
    expect(play.takeSent()).toMatchObject([{ state: 'Up', final: true, poll: false, desiredMinTx: 10_000 }]);
    play.wait(ms(10));
    expect(play.takeSent()[0]).toMatchObject({ state: 'Up', final: false, poll: true });
  });
});

describe('RFC 5880, 6.8.4: detection time', () => {
  test("the neighbour's multiplier times the slower of its sending and our receiving", () => {
    const play = new Play([{ ...r1, requiredMinRx: ms(30) }]).start().hear({ state: 'Init' });
    expect(play.session().detectionTime).toBe(5 * 1_000_000);
    play.hear({ state: 'Up', detectMult: 3, desiredMinTx: ms(10) });
    expect(play.session().detectionTime).toBe(3 * 30_000);
    expect(play.due('detect')).toBe(90_000);
    expect(play.lines.at(-1)).toBe('     Detection time is 90000 us (was 5000000 us)');
  });

  test('silence for that long: diagnostic 1, and the neighbour is forgotten (6.8.1)', () => {
    const play = new Play().start().up();
    play.wait(ms(49.999));
    expect(play.session().state).toBe('Up');
    play.takeSent();
    play.wait(ms(0.001));
    expect(play.session()).toMatchObject({ state: 'Down', localDiag: 1, remoteDiscriminator: 0 });
    expect(play.takeSent().at(-1)).toMatchObject({ state: 'Down', diag: 1, yourDiscriminator: 0 });
    expect(play.lines).toContain('(r1) Expired after 50 ms (0 usec overdue)');
    expect(play.told).toEqual([false, true, false]);
  });

  test('each packet begins it anew, from when the kernel received it', () => {
    const play = new Play().start().up();
    for (let count = 0; count < 20; count += 1) play.wait(ms(40)).hear({ state: 'Up', desiredMinTx: ms(10) });
    expect(play.session().state).toBe('Up');
    play.wait(ms(10));
    const receivedAt = play.now;
    play.wait(ms(30)).hear({ state: 'Up', desiredMinTx: ms(10) }, { receivedAt });
    expect(play.due('detect')).toBe(20_000);
  });

  test('in Init, too, silence leads back to Down, and packets keep it there', () => {
    const play = new Play().start().hear();
    for (let count = 0; count < 20; count += 1) play.wait(ms(1000)).hear();
    expect(play.session().state).toBe('Init');
    play.wait(ms(5000));
    expect(play.session()).toMatchObject({ state: 'Down', localDiag: 1, remoteDiscriminator: 0 });
  });

  test('a deadline that was moved meanwhile means nothing', () => {
    const play = new Play().start().up();
    const stale = play.deadlines.get('detect r1')!;
    play.wait(ms(20)).hear({ state: 'Up', desiredMinTx: ms(10) });
    play.step({ type: 'DeadlinePassed', name: 'detect r1', at: stale });
    play.step({ type: 'DeadlinePassed', name: 'nonsense', at: stale });
    expect(play.session().state).toBe('Up');
  });
});

describe('RFC 5880, 6.5 and 6.8.3: Poll Sequences', () => {
  test('a session that comes Up polls with its interval until it is answered', () => {
    const play = new Play([r1], fixed(0)).start();
    play.takeSent();
    play.hear({ state: 'Init' }).wait(ms(20));
    const sent = play.takeSent();
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.every(({ poll, desiredMinTx }) => poll && desiredMinTx === 10_000)).toBe(true);
    play.hear({ state: 'Up', final: true }).wait(ms(20));
    expect(play.takeSent().every(({ poll }) => !poll)).toBe(true);
  });

  test('nothing is polled where nothing changes', () => {
    const play = new Play([{ ...r1, desiredMinTx: ms(1000) }]).start().hear({ state: 'Init' });
    expect(play.session()).toMatchObject({ state: 'Up', polling: false });
  });

  test('a longer DesiredMinTx is not used before the Poll Sequence has ended', () => {
    const play = new Play().start().up();
    play.step({ type: 'Reconfigured', settings: { sessions: [{ ...r1, desiredMinTx: ms(200) }] } });
    expect(play.session()).toMatchObject({ polling: true, transmitInterval: 10_000 });
    play.takeSent();
    play.wait(ms(10));
    expect(play.takeSent()[0]).toMatchObject({ poll: true, desiredMinTx: 200_000 });
    play.hear({ state: 'Up', final: true, desiredMinTx: ms(10) });
    expect(play.session()).toMatchObject({ polling: false, transmitInterval: 200_000 });
  });

  test('a shorter RequiredMinRx does not shorten detection before the Poll Sequence has ended', () => {
    const slow = { ...r1, requiredMinRx: ms(100) };
    const play = new Play([slow]).start().up();
    expect(play.session().detectionTime).toBe(500_000);
    play.step({ type: 'Reconfigured', settings: { sessions: [r1] } });
    play.hear({ state: 'Up', desiredMinTx: ms(10) });
    expect(play.session().detectionTime).toBe(500_000);
    play.hear({ state: 'Up', final: true, desiredMinTx: ms(10) });
    expect(play.session().detectionTime).toBe(50_000);
  });

  test('what changes during a Poll Sequence is polled anew', () => {
    const play = new Play().start().up();
    const change = (desiredMinTx: number) =>
      play.step({
        type: 'Reconfigured',
        settings: { sessions: [{ ...r1, desiredMinTx: ms(desiredMinTx) }] },
      });
    change(50);
    change(200);
    play.hear({ state: 'Up', final: true, desiredMinTx: ms(10) });
    expect(play.session()).toMatchObject({ polling: true, transmitInterval: 10_000 });
    play.hear({ state: 'Up', final: true, desiredMinTx: ms(10) });
    expect(play.session()).toMatchObject({ polling: false, transmitInterval: 200_000 });
  });

  test('a session that goes down sends slowly at once', () => {
    const play = new Play([r1], fixed(0)).start().up();
    play.wait(ms(50));
    expect(play.session()).toMatchObject({ state: 'Down', transmitInterval: 1_000_000, polling: false });
    expect(play.due('transmit')).toBe(1_000_000);
  });
});
