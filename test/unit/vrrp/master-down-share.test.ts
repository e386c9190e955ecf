import { backup, s } from './play.js';

/** The share of the master-down interval (3.609375 s here) that an advert used up: 1 would have been a takeover. */
test('each advert tells how much of the wait had passed, and the worst is kept', () => {
  const play = backup();
  play.hear({ priority: 200 });
  play.wait(s(1));
  play.hear({ priority: 200 });
  expect(play.instance().masterDownShare?.latest).toBeCloseTo(1 / 3.609375, 6);
  play.wait(s(3));
  play.hear({ priority: 200 });
  play.wait(s(1));
  play.hear({ priority: 200 });
  expect(play.instance().masterDownShare?.latest).toBeCloseTo(1 / 3.609375, 6);
  expect(play.instance().masterDownShare?.worst).toBeCloseTo(3 / 3.609375, 6);
});

test('a takeover, a resignation and what a master hears are no shares of a wait', () => {
  const play = backup();
  play.hear({ priority: 200 });
  play.wait(s(1));
  play.hear({ priority: 0 });
  play.wait(s(4));
  expect(play.state()).toBe('MASTER');
  play.wait(s(2));
  play.hear({ priority: 200 });
  expect(play.state()).toBe('BACKUP');
  expect(play.instance().masterDownShare?.worst ?? 0).toBeLessThan(0.01);
});

test('transitions are counted by their cause', () => {
  const play = backup().wait(s(4));
  play.hear({ priority: 200 });
  play.wait(s(4));
  expect(play.instance().transitions).toEqual([
    { from: 'INIT', to: 'BACKUP', cause: 'started', count: 1 },
    { from: 'BACKUP', to: 'MASTER', cause: 'master-down-interval-passed', count: 2 },
    { from: 'MASTER', to: 'BACKUP', cause: 'higher-priority-advert', count: 1 },
  ]);
});
