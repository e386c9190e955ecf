import { statusOf } from '#health/file-verdict.js';
import { secondsToMicros } from '#base/units.js';
import { makePrng } from '#base/prng.js';
import { HealthMonitor, type CheckerSettings, type HealthEvent } from '#health/index.js';
import { checker, checkerId, pool, realServer, rsId, settings, VS } from './bench-table.js';

const RS = rsId(1);

const file = (weight: number, reverse = false): Partial<CheckerSettings> => ({
  kind: 'FILE_CHECK',
  identity: `file ${weight} ${reverse}`,
  file: { name: 'load', weight, reverse },
});

const config = (weight: number, { reverse = false, others = [] as CheckerSettings[] } = {}) =>
  settings(
    pool({
      realServers: [realServer(1, { weight: 10, checkers: [checker(1, file(weight, reverse)), ...others] })],
    }),
  );

/** A monitor with what it says at each event. */
function monitor(...[weight, more]: Parameters<typeof config>) {
  const own = new HealthMonitor(config(weight, more), makePrng(1));
  const send = (event: HealthEvent) =>
    own
      .step(event, secondsToMicros(1))
      .flatMap((effect) =>
        effect.type === 'Record' && !effect.text.includes('quorum') ? [effect.text] : [],
      );
  const server = () => own.pool(VS)?.realServers[0];
  const number = (value: number) => send({ type: 'FileChanged', name: 'load', value });
  const state = () => [server()?.alive, server()?.weight] as const;
  return { own, send, number, state };
}

describe('FILE_CHECK (keepalived, process_update_checker_track_file_status)', () => {
  test.each([
    [0, false, 0, 0],
    [0, false, 1, 'failed'],
    [0, false, -1, 'failed'],
    [0, true, 0, 'failed'],
    [0, true, 7, 0],
    [3, false, 4, 12],
    [3, true, 4, -12],
    [65535, false, 65535, 2_147_483_647],
    [1, false, -2_147_483_648, 'failed'],
    [1, false, -2_147_483_647, -2_147_483_647],
    [2, true, 1_073_741_824, 'failed'],
  ] as const)('weight %i, reverse %s: the number %i comes to %s', (weight, reverse, value, status) => {
    expect(statusOf({ name: 'load', weight, reverse }, value)).toBe(status);
  });

  test('what the file says at the start is no change', () => {
    const { send, state } = monitor(2);
    expect(send({ type: 'Started', files: { load: 5 } })).toEqual([]);
    expect(state()).toEqual([true, 20]);
    const held = monitor(0);
    expect(held.send({ type: 'Started', files: { load: 1 } })).toEqual([]);
    expect(held.state()).toEqual([false, 10]);
  });

  test('a number moves the weight at once, to 0 at the least', () => {
    const { send, number, state } = monitor(1);
    send({ type: 'Started', files: {} });
    expect(number(3)).toEqual([`Changing weight from 10 to 13 for active service ${RS} of VS ${VS}`]);
    expect(number(3)).toEqual([]);
    expect(number(-50)).toEqual([`Changing weight from 13 to 0 for active service ${RS} of VS ${VS}`]);
    expect(state()).toEqual([true, 0]);
    expect(number(0)).toEqual([`Changing weight from 0 to 10 for active service ${RS} of VS ${VS}`]);
  });

  test('a failure takes the server out, and its end brings it back with the weight of the moment', () => {
    const { send, number, state } = monitor(1);
    send({ type: 'Started', files: { load: 4 } });
    expect(number(-2_147_483_648)).toEqual([
      `(${RS}): tracked file load now FAULT state`,
      `Removing service ${RS} from VS ${VS}`,
    ]);
    expect(state()).toEqual([false, 10]);
    expect(number(6)).toEqual([
      `(${RS}): tracked file load leaving FAULT state`,
      `Adding service ${RS} to VS ${VS}`,
    ]);
    expect(state()).toEqual([true, 16]);
  });

  test('a reload that adds one takes a serving server down, and one that takes it away brings it back', () => {
    const { own, send, state } = monitor(0);
    const without = settings(pool({ realServers: [realServer(1, { weight: 10, checkers: [] })] }));
    send({ type: 'Started', files: {} });
    send({ type: 'Reconfigured', settings: without, files: {} });
    expect(state()).toEqual([true, 10]);
    send({ type: 'Reconfigured', settings: config(0), files: { load: 1 } });
    expect(state()).toEqual([false, 10]);
    send({ type: 'Reconfigured', settings: without, files: {} });
    expect(state()).toEqual([true, 10]);
    expect(own.snapshot().pools).toHaveLength(1);
  });

  test('a reload keeps the weight of an unchanged one, and takes another number in', () => {
    const { send, state } = monitor(1);
    send({ type: 'Started', files: { load: 5 } });
    expect(send({ type: 'Reconfigured', settings: config(1), files: { load: 5 } })).toEqual([]);
    expect(state()).toEqual([true, 15]);
    expect(send({ type: 'Reconfigured', settings: config(1), files: { load: 6 } })).toEqual([
      `Changing weight from 15 to 16 for active service ${RS} of VS ${VS}`,
    ]);
    expect(send({ type: 'Reconfigured', settings: config(2), files: { load: 6 } })).toEqual([
      `Changing weight from 16 to 22 for active service ${RS} of VS ${VS}`,
    ]);
  });

  test('it has no schedule: nothing is ever started for it', () => {
    const own = new HealthMonitor(config(1), makePrng(1));
    const types = own.step({ type: 'Started' }, secondsToMicros(1)).map(({ type }) => type);
    expect(types).not.toContain('SetDeadline');
  });

  test('a successor of a worker that died believes the file, and the kernel for what else holds a server down', () => {
    const left = (up: boolean) => ({
      type: 'Started' as const,
      resume: [{ id: VS, realServersUp: up ? [RS] : [], sorryServerInUse: false }],
    });
    const failed = monitor(0);
    failed.send({ ...left(true), files: { load: 1 } });
    expect(failed.state()).toEqual([false, 10]);
    const recovered = monitor(0);
    recovered.send({ ...left(false), files: { load: 0 } });
    expect(recovered.state()).toEqual([true, 10]);
    const others = [checker(1, {}, 1)];
    const held = monitor(1, { others });
    held.send({ ...left(false), files: { load: 2 } });
    expect(held.state()).toEqual([false, 12]);
    expect(held.own.snapshot().pools[0]?.realServers[0]?.checkers.map(({ id, up }) => [id, up])).toEqual([
      [checkerId(1), true],
      [checkerId(1, 1), false],
    ]);
  });
});
