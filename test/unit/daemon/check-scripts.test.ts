import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { micros } from '#base/units.js';
import { CheckScripts } from '#daemon/check-scripts.js';
import { withGroup } from '#daemon/ping-permission.js';
import type { CheckerProbe, GlobalSettings } from '#config/index.js';
import { Prober, type ProbeResult } from '#probe/index.js';

const scripts = new CheckScripts({} as GlobalSettings);
const prober = new Prober(scripts);
afterAll(() => prober.close());

type Misc = CheckerProbe & { readonly kind: 'misc' };
const misc = (text: string, extra: Partial<Misc> = {}): Misc => ({
  kind: 'misc',
  command: { argv: ['/bin/sh', '-c', text] },
  timeout: micros(60_000_000),
  dynamic: false,
  ...extra,
});
const checked = (probe: Misc): Promise<ProbeResult> =>
  new Promise((resolve) => prober.start(`misc ${Math.random()}`, probe, 0, resolve));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'check-scripts-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Waits for a script to have written its pid. */
async function pidIn(file: string): Promise<number> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (text !== '') return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until a process is gone, or waits to be reaped. */
async function gone(pid: number): Promise<void> {
  const stat = `/proc/${pid}/stat`;
  while (existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8')))
    await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('MISC_CHECK', () => {
  test.each([
    [0, false, { ok: true, value: {} }],
    [1, false, { error: { kind: 'failed', code: 'exit-status', text: 'exited with status 1' } }],
    [2, false, { error: { text: 'exited with status 2' } }],
    [0, true, { ok: true, value: {} }],
    [1, true, { error: { text: 'exited with status 1' } }],
    [2, true, { ok: true, value: { weight: 0 } }],
    [255, true, { ok: true, value: { weight: 253 } }],
  ])('exit status %i, misc_dynamic %s', async (status, dynamic, result) => {
    expect(await checked(misc(`exit ${status}`, { dynamic }))).toMatchObject(result);
  });

  test('a signal is a failure', async () => {
    expect(await checked(misc('kill -11 $$'))).toMatchObject({
      error: { kind: 'failed', code: 'signal', text: 'due to signal 11' },
    });
  });

  test('a script that cannot be executed, or whose user is unknown, says nothing of the server', async () => {
    const missing = misc('', { command: { argv: [join(folder, 'missing')] } });
    expect(await checked(missing)).toMatchObject({ error: { kind: 'not-run', code: 'not-started' } });
    const nobody = misc('', { command: { argv: ['/bin/true'], user: 'no-such-user-here' } });
    expect(await checked(nobody)).toMatchObject({
      error: { kind: 'not-run', text: /no-such-user-here/ } as never,
    });
  });

  test('its time over, all of its group is ended, by KILL where TERM does not help', async () => {
    const file = join(folder, 'child');
    const stubborn = `trap '' TERM; (trap '' TERM; exec sleep 600) & echo $! >${file}; wait; sleep 600`;
    expect(await checked(misc(stubborn, { timeout: micros(300_000) }))).toMatchObject({
      error: { kind: 'failed', code: 'timeout' },
    });
    await gone(await pidIn(file));
  });

  test('a script that makes the best of TERM is judged by its status', async () => {
    const file = join(folder, 'polite');
    const polite = `trap 'exit 0' TERM; echo $$ >${file}; while :; do sleep 0.01; done`;
    expect(await checked(misc(polite, { timeout: micros(1_500_000) }))).toEqual({ ok: true, value: {} });
  });

  test('a check that is cancelled ends its script and what that has begun, and is not heard of again', async () => {
    const file = join(folder, 'cancelled');
    let ended = false;
    prober.start('cancelled', misc(`sleep 600 & echo $! >${file}; wait`), 0, () => (ended = true));
    const child = await pidIn(file);
    prober.cancel('cancelled');
    await gone(child);
    // One that was only asked for is never begun; scripts run in their order, so the next one shows it.
    const never = join(folder, 'never');
    prober.start('never', misc(`echo >${never}`), 0, () => (ended = true));
    prober.cancel('never');
    await checked(misc('exit 0'));
    expect([ended, existsSync(never)]).toEqual([false, false]);
  });
});

test.each([
  [[1, 0], 0, [0, 0]],
  [[100, 200], 0, [0, 200]],
  [[100, 200], 300, [100, 300]],
  [[0, 2_147_483_647], 0, undefined],
  [[100, 200], 150, undefined],
] as const)('to let group %j ping, %i is added: %j', (range, group, widened) => {
  expect(withGroup(range, group)).toEqual(widened);
});
