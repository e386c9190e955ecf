import { type StateNotify } from '#config/index.js';
import { stateScripts } from '#notify/index.js';
import { type RunNotify } from '#vrrp/index.js';

const command = (...argv: string[]) => ({ argv });
const notify: StateNotify = {
  master: command('/m', 'x'),
  backup: command('/b'),
  fault: command('/f'),
  stop: command('/s'),
  masterRxLowerPri: command('/low'),
  any: { ...command('/any', 'extra'), user: 'nobody' },
  tellsDeleted: false,
  priorityChanges: true,
};
const event = (state: RunNotify['state'], subject: RunNotify['subject'] = 'INSTANCE'): RunNotify => ({
  type: 'RunNotify',
  subject,
  name: 'VI_1',
  state,
  priority: 150,
});
const argvs = (settings: StateNotify | undefined, of: RunNotify) =>
  stateScripts(settings, of).map(({ argv }) => argv.join(' '));

describe("scripts for a change of state, in keepalived's order and with its arguments", () => {
  test.each([
    ['MASTER' as const, ['/m x', '/any extra INSTANCE VI_1 MASTER 150']],
    ['BACKUP' as const, ['/b', '/any extra INSTANCE VI_1 BACKUP 150']],
    ['FAULT' as const, ['/f', '/any extra INSTANCE VI_1 FAULT 150']],
    ['STOP' as const, ['/s', '/any extra INSTANCE VI_1 STOP 150']],
    ['MASTER_RX_LOWER_PRI' as const, ['/low']],
    ['MASTER_PRIORITY' as const, []],
    ['BACKUP_PRIORITY' as const, []],
  ])('%s', (state, expected) => expect(argvs(notify, event(state))).toEqual(expected));

  test('a group has priority 0', () => {
    expect(argvs(notify, event('MASTER', 'GROUP'))).toEqual(['/m x', '/any extra GROUP VI_1 MASTER 0']);
  });

  test('DELETED is told to those who asked for it, with a command of its own or without', () => {
    const asked = { ...notify, tellsDeleted: true };
    expect(argvs(asked, event('DELETED'))).toEqual(['/any extra INSTANCE VI_1 DELETED 150']);
    expect(argvs({ ...asked, deleted: command('/d') }, event('DELETED'))).toEqual([
      '/d',
      '/any extra INSTANCE VI_1 DELETED 150',
    ]);
    expect(argvs(asked, { ...event('DELETED'), wasFault: true })).toHaveLength(1);
  });

  test('to others it is FAULT, unless they have heard that already; notify_fault is not called', () => {
    expect(argvs(notify, event('DELETED'))).toEqual(['/any extra INSTANCE VI_1 FAULT 150']);
    expect(argvs(notify, { ...event('DELETED'), wasFault: true })).toEqual([]);
  });

  test('user and group of the general script are kept', () => {
    expect(stateScripts(notify, event('MASTER'))[1]).toMatchObject({ user: 'nobody' });
  });

  test('nobody is told if nobody asked', () => {
    expect(argvs(undefined, event('MASTER'))).toEqual([]);
    expect(argvs({ tellsDeleted: false, priorityChanges: false }, event('MASTER'))).toEqual([]);
  });
});
