import { type GarpSettings } from '#vrrp/index.js';
import { ip, master, s, vi1, type Play } from './play.js';

const addresses = [
  { address: ip('192.0.2.100'), interface: 'eth0', advertised: true },
  { address: ip('192.0.2.101'), interface: 'eth1', advertised: false },
];

const announcing = (garp: Partial<GarpSettings>): Play =>
  master({ addresses, garp: { ...vi1.garp, ...garp } });

/** When each round begins, in seconds after becoming master, and how many messages it has. */
function rounds(play: Play, start: number): string[] {
  const counts = new Map<number, number>();
  for (const { when } of play.all('SendGratuitousArp')) counts.set(when, (counts.get(when) ?? 0) + 1);
  return [...counts].map(([when, count]) => `${(when - start) / 1_000_000} s: ${count}`);
}

describe('gratuitous ARP of a new master (RFC 9568, 6.4.2)', () => {
  test('every VIP on its own interface, the whole list as often as garp_master_repeat says', () => {
    const play = master({ addresses, garp: { ...vi1.garp, masterRepeat: 2 } });
    play.hear({ priority: 101 });
    play.wait(s(4));
    expect(play.story().filter((line) => line.startsWith('garp'))).toEqual([
      'garp 192.0.2.100 eth0',
      'garp 192.0.2.101 eth1',
      'garp 192.0.2.100 eth0',
      'garp 192.0.2.101 eth1',
    ]);
  });

  test('garp_master_delay: a second round', () => {
    const play = announcing({ masterDelay: s(5), masterRepeat: 3 });
    const start = play.now;
    play.wait(s(20));
    expect(rounds(play, start)).toEqual(['5 s: 6']);
  });

  test('garp_master_refresh: from the second round on, without drifting', () => {
    const play = announcing({ masterDelay: s(5), masterRefresh: s(10), masterRefreshRepeat: 2 });
    const start = play.now;
    play.wait(s(36));
    expect(rounds(play, start)).toEqual(['5 s: 2', '15 s: 4', '25 s: 4', '35 s: 4']);
  });

  test('garp_extra_if: its addresses, from the second round on', () => {
    const extra = { extraInterval: s(10), extraAddresses: addresses.slice(1) };
    const play = announcing({ masterDelay: s(5), ...extra }).wait(s(26));
    const sent = play.all('SendGratuitousArp').map(({ address }) => address);
    // The second round has both; the others are at 15 s and 25 s.
    expect(sent).toEqual(['192.0.2.100', '192.0.2.101', '192.0.2.101', '192.0.2.101']);
    expect(play.until('garp-extra VI_1')).toBe(9_000_000);
    play.hear({ priority: 101 });
    expect(play.due('garp-extra VI_1')).toBeUndefined();
  });

  test('who asks for it has one round out of turn, from a master', () => {
    const play = announcing({ masterRepeat: 5 });
    play.step({ type: 'AnnouncementRequested', instance: 'VI_1' });
    expect(play.all('SendGratuitousArp').map(({ address }) => address)).toEqual([
      '192.0.2.100',
      '192.0.2.101',
    ]);
    play.hear({ priority: 101 });
    play.forget();
    for (const instance of ['VI_1', 'VI_9']) play.step({ type: 'AnnouncementRequested', instance });
    expect(play.effects).toEqual([]);
  });

  test('who is no longer master announces nothing', () => {
    const play = announcing({ masterDelay: s(5), masterRefresh: s(10) });
    play.hear({ priority: 101 });
    for (let second = 0; second < 30; second += 1) {
      play.wait(s(1));
      play.hear({ priority: 101 });
    }
    expect(play.all('SendGratuitousArp')).toEqual([]);
  });

  test('they are counted', () => {
    const play = announcing({ masterDelay: s(5), masterRepeat: 3 }).wait(s(6));
    expect(play.instance().counters.gratuitousArpsSent).toBe(12);
  });
});

describe('garp_lower_prio', () => {
  test('a round at once and one later', () => {
    const play = announcing({ lowerPriorityRepeat: 2, lowerPriorityDelay: s(5) });
    const start = play.now;
    play.hear({ priority: 50 });
    play.wait(s(20));
    expect(rounds(play, start)).toEqual(['0 s: 4', '5 s: 4']);
  });

  test('of several within the delay each has a round at once, and all of them one later', () => {
    const play = announcing({ lowerPriorityRepeat: 2, lowerPriorityDelay: s(5) });
    const start = play.now;
    play.hear({ priority: 50 });
    play.wait(s(2)).hear({ priority: 50 });
    play.wait(s(20));
    expect(rounds(play, start)).toEqual(['0 s: 4', '2 s: 4', '7 s: 4']);
  });

  test('the advert comes before the round', () => {
    const play = announcing({ lowerPriorityRepeat: 1 });
    play.hear({ priority: 50 });
    expect(play.story()).toEqual([
      'advert 100 VI_1',
      'garp 192.0.2.100 eth0',
      'garp 192.0.2.101 eth1',
      'notify INSTANCE VI_1 MASTER_RX_LOWER_PRI 100',
    ]);
  });

  test('repeat 0: none', () => {
    const play = announcing({ lowerPriorityRepeat: 0, lowerPriorityDelay: s(5) });
    play.hear({ priority: 50 });
    play.wait(s(20));
    expect(play.all('SendGratuitousArp')).toEqual([]);
  });
});

test('vrrp_min_garp: a refresh of no repeats announces nothing', () => {
  const play = announcing({ masterRefresh: s(1), masterRefreshRepeat: 0 }).forget();
  play.wait(s(5));
  expect(play.all('SendGratuitousArp')).toEqual([]);
});
