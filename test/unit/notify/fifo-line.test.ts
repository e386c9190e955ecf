import { type StateNotify } from '#config/index.js';
import { type HealthNotify } from '#health/index.js';
import { lvsLine, stateLine, vrrpLine } from '#notify/index.js';
import { type RunNotify } from '#vrrp/index.js';

const quiet: StateNotify = { tellsDeleted: false, priorityChanges: false };
const event = (state: RunNotify['state'], more: Partial<RunNotify> = {}): RunNotify => ({
  type: 'RunNotify',
  subject: 'INSTANCE',
  name: 'VI_1',
  state,
  priority: 100,
  ...more,
});

// keepalived/vrrp/vrrp_notify.c and check/ipwrapper.c of version 2.4.3 write these.
describe('lines for the readers of FIFOs', () => {
  test.each<[RunNotify['state'], string]>([
    ['MASTER', 'INSTANCE "VI_1" MASTER 100'],
    ['BACKUP', 'INSTANCE "VI_1" BACKUP 100'],
    ['FAULT', 'INSTANCE "VI_1" FAULT 100'],
    ['STOP', 'INSTANCE "VI_1" STOP 100'],
    ['MASTER_RX_LOWER_PRI', 'INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100'],
  ])('%s', (state, line) => {
    expect(vrrpLine(quiet, event(state))).toBe(line);
    expect(vrrpLine(undefined, event(state))).toBe(line);
  });

  test('a group has no priority', () => {
    expect(vrrpLine(quiet, event('MASTER', { subject: 'GROUP', name: 'G 1', priority: 7 }))).toBe(
      'GROUP "G 1" MASTER 0',
    );
    expect(stateLine('GROUP', 'G', 'STOP', 9)).toBe('GROUP "G" STOP 0');
  });

  test('changes of priority are for those who ask for them', () => {
    expect(vrrpLine(quiet, event('BACKUP_PRIORITY'))).toBeUndefined();
    expect(vrrpLine(undefined, event('MASTER_PRIORITY'))).toBeUndefined();
    const wants = { ...quiet, priorityChanges: true };
    expect(vrrpLine(wants, event('BACKUP_PRIORITY'))).toBe('INSTANCE "VI_1" BACKUP_PRIORITY 100');
  });

  test('who does not know DELETED hears FAULT, once', () => {
    expect(vrrpLine(quiet, event('DELETED'))).toBe('INSTANCE "VI_1" FAULT 100');
    expect(vrrpLine(quiet, event('DELETED', { wasFault: true }))).toBeUndefined();
    const knows = { ...quiet, tellsDeleted: true };
    expect(vrrpLine(knows, event('DELETED', { wasFault: true }))).toBe('INSTANCE "VI_1" DELETED 100');
  });

  test('real servers and quorums', () => {
    const line = (event: Partial<HealthNotify>): string =>
      lvsLine({ type: 'RunNotify', pool: '[192.0.2.1]:tcp:80', ...event } as HealthNotify);
    expect(line({ subject: 'RS', realServer: '[192.0.2.10]:tcp:80', state: 'DOWN' })).toBe(
      'RS [192.0.2.10]:tcp:80 [192.0.2.1]:tcp:80 DOWN',
    );
    expect(line({ subject: 'VS', pool: 'FWM 5', state: 'UP' })).toBe('VS FWM 5 UP');
  });
});
