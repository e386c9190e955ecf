import { parseIpAddress } from '#base/address.js';
import { desiredSync, planSync, type SyncChannel, type SyncDaemon } from '#lvs/index.js';

const channel: SyncChannel = { interface: 'eth0', id: 51 };
const master: SyncDaemon = { role: 'master', channel };
const backup: SyncDaemon = { role: 'backup', channel };
/** As the kernel tells of one that was started with nothing but interface and id. */
const told = (daemon: SyncDaemon, more: Partial<SyncChannel> = {}): SyncDaemon => ({
  ...daemon,
  channel: {
    ...{ ...daemon.channel, maxLength: 1472, port: 8848, ttl: 1 },
    ...{ group: parseIpAddress('224.0.0.81')!, ...more },
  },
});

describe('the sync daemons that should run', () => {
  test('are none without a setting, both without an instance', () => {
    expect(desiredSync(undefined, [])).toEqual([]);
    expect(desiredSync({ channel }, [])).toEqual([master, backup]);
  });

  test('are the master where the instance is MASTER, otherwise the backup', () => {
    const settings = { channel, instance: 'VI_1' };
    expect(desiredSync(settings, ['VI_2', 'VI_1'])).toEqual([master]);
    expect(desiredSync(settings, ['VI_2'])).toEqual([backup]);
  });
});

describe('from those that run to those that should', () => {
  test('nothing is done where both are the same, whatever the kernel has chosen itself', () => {
    expect(planSync([master], [told(master)])).toEqual([]);
    expect(planSync([], [])).toEqual([]);
  });

  test('a takeover stops the backup first', () => {
    expect(planSync([master], [told(backup)])).toEqual([
      { type: 'StopSync', role: 'backup' },
      { type: 'StartSync', daemon: master },
    ]);
  });

  test.each<Partial<SyncChannel>>([
    { interface: 'eth1' },
    { id: 52 },
    { port: 8849 },
    { ttl: 2 },
    { group: parseIpAddress('224.0.0.82')! },
    { group: parseIpAddress('ff02::81')! },
    { maxLength: 1400 },
  ])('one that differs in %p is started anew', (more) => {
    const wanted: SyncDaemon = { role: 'master', channel: { ...channel, ...more } };
    expect(planSync([wanted], [told(master)])).toEqual([
      { type: 'StopSync', role: 'master' },
      { type: 'StartSync', daemon: wanted },
    ]);
  });

  test.each([
    ['master', 100, undefined, 100],
    ['backup', 100, undefined, 1024],
    ['master', 65_507, undefined, 65_507],
    ['master', 65_507, 'ff02::81', 65_487],
  ] as const)('a %s of maxlen %i (group %s) runs as it should with %i', (role, maxLength, text, found) => {
    const group = text === undefined ? undefined : parseIpAddress(text)!;
    const wanted: SyncDaemon = { role, channel: { ...channel, maxLength, ...(group && { group }) } };
    expect(planSync([wanted], [told(wanted, { maxLength: found, ...(group && { group }) })])).toEqual([]);
  });
});
