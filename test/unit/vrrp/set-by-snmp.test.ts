// vrrpInstanceBasePriority and vrrpInstancePreempt of KEEPALIVED-MIB: what a manager sets holds until the next reload.
import { type VrrpEvent } from '#vrrp/index.js';
import { backup, chk, groupOf, heard, master, Play, s, settingsOf, vi1 } from './play.js';

type Wanted = Omit<Extract<VrrpEvent, { type: 'SetBySnmp' }>, 'type' | 'instance'>;
const set = (play: Play, wanted: Wanted) => play.step({ type: 'SetBySnmp', instance: 'VI_1', ...wanted });
const lines = (play: Play): string[] => play.all('Record').map(({ text }) => text);

describe('the priority that SNMP sets', () => {
  test('is told, and is in the next advert, which comes when it was due', () => {
    const play = master();
    const due = play.due('advert VI_1');
    set(play, { priority: 150 });
    expect(play.story()).toEqual(['notify INSTANCE VI_1 MASTER_PRIORITY 150']);
    expect(lines(play)).toEqual([
      '(VI_1) base priority changed from 100 to 150 via SNMP.',
      '(VI_1) Changing effective priority from 100 to 150',
    ]);
    expect(play.due('advert VI_1')).toBe(due);
    expect(play.forget().wait(s(1)).story()).toEqual(['advert 150 VI_1']);
    expect(play.instance()).toMatchObject({ configuredPriority: 150, effectivePriority: 150 });
  });

  test('has what is tracked added to it', () => {
    const play = new Play(
      settingsOf([{ ...vi1, trackScripts: [{ name: 'chk', weight: -20, reverse: false }] }], {
        scripts: [chk],
      }),
    ).start();
    play.script('chk', false);
    set(play, { priority: 150 });
    expect(play.instance()).toMatchObject({ configuredPriority: 150, effectivePriority: 130 });
    play.script('chk', true);
    expect(play.instance().effectivePriority).toBe(150);
  });

  test('wins an election that the configured one would lose', () => {
    const play = backup({ priority: 100 });
    play.hear({ priority: 120 });
    set(play, { priority: 130 });
    play.hear({ priority: 120 });
    expect(play.wait(s(4)).state()).toBe('MASTER');
  });

  test('makes an owner of addresses a router like others, and an owner again', () => {
    const play = master({ priority: 255, initialState: 'MASTER' });
    play.forget();
    set(play, { priority: 90 });
    play.hear({ priority: 100 });
    expect(play.state()).toBe('BACKUP');
    set(play, { priority: 255 });
    expect(play.instance().effectivePriority).toBe(255);
  });

  test('ends with a reload, of the same file too', () => {
    const play = master();
    set(play, { priority: 150, preempt: false });
    play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1 }]) });
    expect(play.instance()).toMatchObject({ configuredPriority: 100, effectivePriority: 100, preempt: true });
    play.forget().step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1 }]) });
    expect(play.effects).toEqual([]);
  });

  test('of a member of a sync group is its own', () => {
    const vi2 = { ...vi1, name: 'VI_2', vrid: 52 };
    const play = new Play(settingsOf([vi1, vi2], { syncGroups: [groupOf('VI_1', 'VI_2')] })).start();
    set(play, { priority: 150 });
    expect(play.instance('VI_2').effectivePriority).toBe(100);
  });

  test('of nobody is nothing', () => {
    const play = master();
    play.step({ type: 'SetBySnmp', instance: 'VI_9', priority: 7 });
    expect(play.effects).toEqual([]);
  });
});

describe('preemption that SNMP sets', () => {
  test.each([
    [false, 'disabled', 'BACKUP'],
    [true, 'enabled', 'MASTER'],
  ] as const)('%s: a master of lower priority is followed, or not', (preempt, word, state) => {
    const play = backup({ preempt: !preempt });
    set(play.forget(), { preempt });
    expect(lines(play)).toEqual([`(VI_1) preemption ${word} with SNMP`]);
    for (let second = 0; second < 4; second += 1) {
      play.step(heard({ priority: 50 }));
      play.wait(s(1));
    }
    expect(play.state()).toBe(state);
    expect(play.instance().preempt).toBe(preempt);
  });
});
