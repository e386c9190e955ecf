import { ip, ms, Play, r1 } from './play.js';

const reload = (play: Play, ...sessions: readonly (typeof r1)[]): Play =>
  play.step({ type: 'Reconfigured', settings: { sessions } });

test('a session that a reload does not change does not notice it', () => {
  const play = new Play().start().up();
  const [before, deadlines] = [play.session(), new Map(play.deadlines)];
  play.takeSent();
  play.effects.splice(0);
  reload(play, { ...r1 }, { ...r1, name: 'r2', neighbor: ip('192.0.2.9') });
  expect(play.session()).toEqual(before);
  expect(play.effects.some((effect) => 'session' in effect && effect.session === 'r1')).toBe(false);
  expect(play.deadlines.get('detect r1')).toBe(deadlines.get('detect r1'));
  expect(play.session('r2').state).toBe('Down');
});

test.each([
  ['multiplier', { detectMult: 3 }],
  ['idle_tx', { idleMinTx: ms(2000) }],
  ['max_hops', { lowestTtl: 0 }],
  ['ttl', { ttl: 64 }],
  ['passive', { passive: true }],
])('%s changes without a Poll Sequence, and the session stays Up', (_, change) => {
  const play = new Play().start().up();
  play.takeSent();
  reload(play, { ...r1, ...change });
  expect(play.session()).toMatchObject({ state: 'Up', polling: false });
  play.wait(ms(10));
  expect(play.takeSent()[0]).toMatchObject({ state: 'Up', detectMult: 'detectMult' in change ? 3 : 5 });
  expect(play.told).toEqual([false, true]);
});

test('another neighbour is another session: nothing is known of it', () => {
  const play = new Play().start().up();
  const before = play.session().localDiscriminator;
  reload(play, { ...r1, neighbor: ip('192.0.2.9') });
  expect(play.session()).toMatchObject({ state: 'Down', remoteDiscriminator: 0 });
  expect(play.session().localDiscriminator).not.toBe(before);
  expect(play.told).toEqual([false, true, false]);
  play.hear({ state: 'Up', yourDiscriminator: before });
  expect(play.session().state).toBe('Down');
});

test('a session that is gone from the file falls silent', () => {
  const play = new Play().start().up();
  play.takeSent();
  reload(play);
  play.wait(ms(5000));
  expect(play.sent).toEqual([]);
  expect(play.deadlines.size).toBe(0);
  expect(play.effects.at(-1)).toEqual({ type: 'CloseSocket', session: 'r1' });
});

test('a source that is not ours any more takes the session down', () => {
  const play = new Play().start().up();
  play.refusesSockets = true;
  reload(play, { ...r1, ttl: 64 });
  expect(play.session().state).toBe('AdminDown');
  expect(play.told).toEqual([false, true, false]);
});
