import { type InstanceSettings } from '#vrrp/index.js';
import { backup, ip, master, Play, s, settingsOf, vi1, type Play as Played } from './play.js';

const conflicts = (play: Played): string[] =>
  play
    .all('Record')
    .filter(({ code }) => code === 'vrid-conflict')
    .map(({ text }) => text);

const STRANGER = ip('192.0.2.9');

/** An advert that fits in all but `changes`, so often, one a second. */
function hear(play: Played, times: number, changes: Parameters<Played['hear']>[0]): void {
  for (let turn = 0; turn < times; turn += 1) {
    play.wait(s(1));
    play.hear({ source: STRANGER, ...changes });
  }
}

describe('a router that uses our VRID and cannot be our peer', () => {
  test.each([
    ['another version', { version: 3 as const }, 'it does not speak VRRP version 2'],
    ['other addresses', { addresses: [ip('192.0.2.77')] }, 'its addresses are not ours'],
    ['a longer list', { addresses: [ip('192.0.2.100'), ip('192.0.2.77')] }, 'its addresses are not ours'],
    ['another interval', { advertIntervalS: 2 }, 'its advertisement interval is not ours'],
    ['a password', { authType: 1 }, 'its authentication is not ours'],
  ])('%s: the third advert is told of, once', (_, changes, reason) => {
    const play = master();
    hear(play, 2, { priority: 50, ...changes });
    expect(conflicts(play)).toEqual([]);
    hear(play, 5, { priority: 50, ...changes });
    expect(conflicts(play)[0]).toBe(
      `(VI_1) VRID 51 conflict on eth0 with 192.0.2.9: ${reason}; VRID 52 is free there`,
    );
    const [record] = play.all('Record').filter(({ code }) => code === 'vrid-conflict');
    expect(record?.offender).toEqual({ interface: 'eth0', source: STRANGER, vrid: 51 });
    expect(conflicts(play).filter((text) => text.includes(reason))).toHaveLength(1);
  });

  test('a free VRID is one that is neither configured nor heard on the segment', () => {
    const second: InstanceSettings = { ...vi1, name: 'VI_2', vrid: 52 };
    const play = new Play(settingsOf([vi1, second])).start();
    play.hear({ source: STRANGER, vrid: 53 });
    hear(play, 3, { version: 3 });
    expect(conflicts(play)[0]).toContain('VRID 54 is free there');
  });

  test('a reload may have mended it, and is told of it again if not', () => {
    const play = backup();
    hear(play, 3, { version: 3 });
    play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1, priority: 90 }]) });
    hear(play, 2, { version: 3 });
    expect(conflicts(play)).toHaveLength(1);
    hear(play, 1, { version: 3 });
    expect(conflicts(play)).toHaveLength(2);
  });
});

describe('two routers that claim to be master', () => {
  test('while this host is master and goes on being it', () => {
    const play = master();
    hear(play, 2, { priority: 50 });
    expect(conflicts(play)).toEqual([]);
    hear(play, 1, { priority: 50 });
    expect(conflicts(play)).toEqual([
      '(VI_1) VRID 51 conflict on eth0 with 192.0.2.9: this host claims to be master, too; VRID 52 is free there',
    ]);
  });

  test('while this host is backup', () => {
    const play = backup();
    for (let turn = 0; turn < 3; turn += 1) {
      play.wait(s(0.5)).hear({ priority: 200 });
      play.wait(s(0.5)).hear({ priority: 201, source: STRANGER });
    }
    expect(conflicts(play)).toEqual([
      '(VI_1) VRID 51 conflict on eth0 with 192.0.2.9: 192.0.2.2 claims to be master, too; VRID 52 is free there',
    ]);
  });

  test('one after the other is an election, with an advert too many or without', () => {
    const play = backup();
    for (let turn = 0; turn < 4; turn += 1) play.wait(s(1)).hear({ priority: 200 });
    play.wait(s(0.5)).hear({ priority: 201, source: STRANGER });
    play.wait(s(0.1)).hear({ priority: 200 });
    for (let turn = 0; turn < 4; turn += 1) play.wait(s(1)).hear({ priority: 201, source: STRANGER });
    expect(conflicts(play)).toEqual([]);
  });

  test('one master that is heard for long is none of them', () => {
    const play = backup();
    hear(play, 100, { priority: 200 });
    expect(conflicts(play)).toEqual([]);
  });
});

test('forged sources fill neither memory nor log', () => {
  const play = master();
  for (let index = 1; index <= 200; index += 1) {
    for (let turn = 0; turn < 2; turn += 1) play.hear({ source: ip(`198.51.100.${index}`), version: 3 });
  }
  expect(conflicts(play)).toEqual([]);
});
