import { Play, settingsOf, vi1 } from './play.js';

const duplicates = (instances: Record<string, string>) => ({ type: 'VridsDuplicated', instances }) as const;

describe('a VRID that becomes a duplicate', () => {
  test('takes the instance into FAULT, and out of it', () => {
    const play = new Play(settingsOf([vi1])).start();
    play.forget().step(duplicates({ VI_1: 'VRID conflict with VI_2' }));
    expect(play.instance().state).toBe('FAULT');
    expect(play.instance().faults).toEqual(['VRID conflict with VI_2']);
    expect(play.all('Record').map(({ text }) => text)).toContain('(VI_1) VRID conflict with VI_2');
    play.step(duplicates({}));
    expect(play.instance().state).toBe('BACKUP');
  });

  test('is said once, and may be known before the start', () => {
    const play = new Play(settingsOf([vi1]));
    play.step(duplicates({ VI_1: 'VRID conflict with VI_2', VI_3: 'of somebody else' }));
    play.start();
    expect(play.instance().state).toBe('FAULT');
    play.forget().step(duplicates({ VI_1: 'VRID conflict with VI_2' }));
    expect(play.effects).toEqual([]);
  });
});
