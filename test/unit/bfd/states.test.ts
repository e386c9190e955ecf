import { stateAfter, stepsOf } from '#bfd/transitions.js';
import { type BfdState } from '#wire/bfd.js';
import { ms, Play, r1 } from './play.js';

const states: readonly BfdState[] = ['AdminDown', 'Down', 'Init', 'Up'];

describe('RFC 5880, 6.2 and 6.8.6: the state machine', () => {
  test('the whole table, as the RFC draws it', () => {
    const table = states.map((state) => states.map((received) => stateAfter(state, received)).join(' '));
    expect(table).toEqual([
      'AdminDown AdminDown AdminDown AdminDown',
      'Down Init Up Down',
      'Down Init Up Up',
      'Down Down Up Up',
    ]);
  });

  test('no transition is taken that there is none of', () => {
    expect(() => stepsOf('Up', 'Init')).toThrow('no transition from Up to Init');
    expect(() => stepsOf('Down', 'Down')).toThrow();
  });

  test('three-way handshake: Down, Init, Up, each told at once (6.8.7)', () => {
    const play = new Play().start();
    expect(play.takeSent()).toMatchObject([{ state: 'Down', yourDiscriminator: 0 }]);
    play.hear({ state: 'Down' });
    expect(play.takeSent()).toMatchObject([{ state: 'Init', yourDiscriminator: 77 }]);
    play.hear({ state: 'Init' });
    expect(play.takeSent()).toMatchObject([{ state: 'Up', yourDiscriminator: 77 }]);
    expect(play.lines).toContain('(r1) Entering Up state');
    expect(play.told).toEqual([false, true]);
  });

  test('the neighbour signals Down: diagnostic 3, and a discriminator that nobody has heard of', () => {
    const play = new Play().start().up();
    const before = play.session().localDiscriminator;
    play.takeSent();
    play.hear({ state: 'Down', diag: 1, yourDiscriminator: before });
    expect(play.session()).toMatchObject({ state: 'Down', localDiag: 3 });
    expect(play.session().localDiscriminator).not.toBe(before);
    expect(play.takeSent()).toMatchObject([{ state: 'Down', diag: 3, yourDiscriminator: 77 }]);
    expect(play.told).toEqual([false, true, false]);
    expect(play.lines).toContain(
      '(r1) Entering Down state (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - ' +
        'Control Detection Time Expired)',
    );
  });

  test('followers hear of a change before the neighbour does', () => {
    const play = new Play().start().up();
    play.effects.splice(0);
    play.hear({ state: 'Down' });
    const types = play.effects.map(({ type }) => type);
    expect(types.indexOf('SessionChanged')).toBeGreaterThanOrEqual(0);
    expect(types.indexOf('SessionChanged')).toBeLessThan(types.indexOf('SendPacket'));
  });

  test('RFC 5882, 4.2: a neighbour that goes AdminDown is no failure to those who follow', () => {
    const play = new Play().start().up();
    play.hear({ state: 'AdminDown', diag: 7 });
    expect(play.session()).toMatchObject({ state: 'Down', toldUp: true });
    play.wait(ms(20_000));
    expect(play.told).toEqual([false, true]);
    play.hear({ state: 'Down' }).hear({ state: 'Init' });
    expect(play.session().state).toBe('Up');
    play.hear({ state: 'Down' });
    expect(play.told.at(-1)).toBe(false);
  });

  test('the diagnostic of the past is gone with the next life', () => {
    const play = new Play().start().up();
    play.hear({ state: 'Down' }).hear({ state: 'Init' });
    expect(play.session()).toMatchObject({ state: 'Up', localDiag: 0 });
  });

  test('Down in state Init, and Init in state Up, change nothing', () => {
    const play = new Play().start().hear().hear();
    expect(play.session().state).toBe('Init');
    play.up().hear({ state: 'Init' });
    expect(play.session().state).toBe('Up');
    expect(play.told).toEqual([false, true]);
  });
});

describe('6.1: the passive role', () => {
  const passive = [{ ...r1, passive: true }];

  test('MUST NOT begin to send before a packet was received', () => {
    const play = new Play(passive).start().wait(ms(10_000));
    expect(play.sent).toEqual([]);
    play.hear();
    expect(play.takeSent()).toMatchObject([{ state: 'Init' }]);
  });

  test('6.8.7: is silent again when the neighbour is forgotten', () => {
    const play = new Play(passive).start().up();
    play.wait(ms(50));
    expect(play.session()).toMatchObject({ state: 'Down', remoteDiscriminator: 0 });
    play.takeSent();
    play.wait(ms(10_000));
    expect(play.sent).toEqual([]);
  });
});

describe('a socket that cannot be had', () => {
  test('disables the session until it can', () => {
    const play = new Play();
    play.refusesSockets = true;
    play.start();
    expect(play.session().state).toBe('AdminDown');
    play.wait(ms(10_000));
    expect(play.lines.filter((line) => line.includes('Unable to open output socket'))).toHaveLength(1);
    expect(play.sent).toEqual([]);
    play.refusesSockets = false;
    play.wait(ms(1000));
    expect(play.session().state).toBe('Down');
    expect(play.takeSent()).toMatchObject([{ state: 'Down' }]);
  });

  test('errors of sending are told once in a row', () => {
    const play = new Play().start();
    const fail = () => play.step({ type: 'SendFailed', session: 'r1', error: 'ENETUNREACH' });
    const said = () => play.lines.filter((line) => line.includes('Error sending packet')).length;
    fail();
    play.wait(ms(1000));
    fail();
    expect(said()).toBe(1);
    play.wait(ms(2000));
    fail();
    expect(said()).toBe(2);
    expect(play.session().counters.sendErrors).toBe(3);
  });
});

test('a stop is silent, and leaves no deadline', () => {
  const play = new Play().start().up();
  play.takeSent();
  play.step({ type: 'StopRequested' });
  expect(play.sent).toEqual([]);
  expect(play.deadlines.size).toBe(0);
  expect(play.effects.slice(-2).map(({ type }) => type)).toEqual(['CloseSocket', 'Stopped']);
});
