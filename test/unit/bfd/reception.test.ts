import { encodeBfd } from '#wire/bfd.js';
import { ip, ms, Play, r1 } from './play.js';

/** Every well-formed packet that may not be believed leaves the session as it was, and is counted under its code. */
function expectDropped(play: Play, code: string, act: () => void): void {
  const before = play.session();
  act();
  expect(play.drops()).toEqual({ [code]: 1 });
  const { counters, ...after } = play.session();
  expect(counters.packetsReceived).toBe(before.counters.packetsReceived);
  expect(after).toEqual({ ...before, counters: undefined, ...after });
  expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'counters')));
}

describe('RFC 5880, 6.8.6: reception of control packets', () => {
  test('a packet that is none changes nothing', () => {
    const play = new Play().start();
    expectDropped(play, 'bfd-truncated', () => play.hearBytes(new Uint8Array(23)));
  });

  test('Your Discriminator selects the session, wherever the packet comes from', () => {
    const play = new Play().start();
    const { localDiscriminator } = play.session();
    play.hear({ state: 'Down', yourDiscriminator: localDiscriminator }, { source: ip('198.51.100.9') });
    expect(play.session().state).toBe('Init');
  });

  test('Your Discriminator that no session has MUST be discarded', () => {
    const play = new Play().start();
    const alien = play.session().localDiscriminator ^ 1;
    expectDropped(play, 'bfd-no-session', () => play.hear({ state: 'Up', yourDiscriminator: alien }));
  });

  test('without it the session is that of the source, and of our address if it names one', () => {
    const play = new Play([
      { ...r1, name: 'one', source: ip('192.0.2.1') },
      { ...r1, name: 'two', source: ip('192.0.2.11') },
    ]).start();
    play.hear({}, { destination: ip('192.0.2.11') });
    expect([play.session('one').state, play.session('two').state]).toEqual(['Down', 'Init']);
  });

  test('without it a packet from a stranger MUST be discarded', () => {
    const play = new Play().start();
    expectDropped(play, 'bfd-no-session', () => play.hear({}, { source: ip('192.0.2.3') }));
  });

  test('a packet to the other port belongs to no session', () => {
    const play = new Play().start();
    expectDropped(play, 'bfd-no-session', () => play.hear({}, { multihop: true }));
  });

  test('RFC 5883, 5: a discriminator does not lead from one port to a session of the other', () => {
    const play = new Play().start();
    expectDropped(play, 'bfd-wrong-port', () => play.hear({ state: 'Init' }, { multihop: true }));
  });

  test('the A bit MUST be discarded where no authentication is in use', () => {
    const play = new Play().start();
    const bytes = new Uint8Array(26);
    bytes.set(encodeBfd({ ...play.takeSent()[0]!, yourDiscriminator: 0 }));
    bytes.set([26], 3);
    bytes[1] = (bytes[1] ?? 0) | 0x04;
    expectDropped(play, 'bfd-unexpected-authentication', () => play.hearBytes(bytes));
  });

  test('RFC 5881, 5: a TTL below 255 MUST be discarded, and so is one that is not known', () => {
    const play = new Play().start();
    expectDropped(play, 'bfd-ttl-too-low', () => play.hear({}, { ttl: 254 }));
    const blind = new Play().start();
    expectDropped(blind, 'bfd-unknown-ttl', () => blind.hear({}, { ttl: undefined }));
  });

  test('RFC 5883, 5: the bound of a multihop session is its own, and may be none', () => {
    const bounded = new Play([{ ...r1, multihop: true, lowestTtl: 250 }]).start();
    bounded.hear({}, { multihop: true, ttl: 250 });
    expect(bounded.session().state).toBe('Init');
    const free = new Play([{ ...r1, multihop: true, lowestTtl: 0 }]).start();
    free.hear({}, { multihop: true, ttl: undefined });
    expect(free.session().state).toBe('Init');
  });

  test('everything is discarded in AdminDown', () => {
    const play = new Play();
    play.refusesSockets = true;
    play.start();
    expectDropped(play, 'bfd-session-admin-down', () => play.hear());
  });

  test('the variables of the neighbour are taken over', () => {
    const play = new Play().start();
    play.hear({ diag: 3, demand: true, detectMult: 7, desiredMinTx: ms(300), requiredMinRx: ms(40) });
    expect(play.session()).toMatchObject({
      remoteDiscriminator: 77,
      remoteState: 'Down',
      remoteDiag: 3,
      remoteDemand: true,
      remoteDetectMult: 7,
      remoteMinTx: 300_000,
      remoteMinRx: 40_000,
    });
  });
});
