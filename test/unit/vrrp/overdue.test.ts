import { s, master, type Play } from './play.js';

/**
 * timer_expired_backup: a master that stood still for longer than the others wait leaves it at that. They wait three
 * adverts and the skew of the best of them, here of priority 200: 3.21875 s.
 */
const held = (changes = {}): Play => master({ preempt: false, timerExpiredBackup: 200, ...changes });

test('its own timer finds it: no advert, no resignation, BACKUP', () => {
  const play = held().stall(s(3.3));
  expect(play.story()).toEqual([
    'VI_1 MASTER -> BACKUP (timer-expired)',
    'remove VI_1',
    'notify INSTANCE VI_1 BACKUP 100',
  ]);
  expect(play.all('Record').map(({ text }) => text)).toContain(
    '(VI_1) VRRP thread timer expired, last advert sent 3.3 seconds ago',
  );
});

test('an advert that waited in the socket finds it: the other one stays master, whatever its priority', () => {
  const play = held().drift(s(3.3));
  play.hear({ priority: 50 });
  expect(play.story()[0]).toBe('VI_1 MASTER -> BACKUP (timer-expired)');
  expect(play.all('SendAdvert')).toEqual([]);
  expect(play.instance().master).toMatchObject({ priority: 50 });
});

test('a shorter standstill is nothing', () => {
  const play = held().stall(s(3.2));
  expect(play.story()).toEqual(['advert 100 VI_1']);
});

test('who has not asked for it goes on as master', () => {
  const play = master({ preempt: false }).stall(s(10));
  expect(play.state()).toBe('MASTER');
});

test('in version 3 the skew is of the advert interval', () => {
  const changes = { version: 3, advertInterval: s(0.1), timerExpiredBackup: 254 } as const;
  expect(held(changes).stall(s(0.3)).state()).toBe('MASTER');
  expect(held(changes).stall(s(0.301)).state()).toBe('BACKUP');
});
