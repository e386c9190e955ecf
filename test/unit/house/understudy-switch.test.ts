import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the switch among stand-ins: `systemctl` notes its arguments, fails for those in `failing`, and takes a service for
 * active from its enabling to its disabling.
 */
function hand(over: string, { failing = [] as string[], restarts = 0, check = 0, absent = false } = {}) {
  const bin = mkdtempSync(join(tmpdir(), 'understudy-switch-'));
  const log = join(bin, 'log');
  const program = (name: string, script: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const cases = failing.map((words) => `"${words}") exit 1 ;;`).join('\n');
  program(
    'systemctl',
    `echo "$*" >>'${log}'
for service; do :; done
case "$*" in
${cases}
show*) echo ${restarts} ;;
enable*) touch '${bin}'/active-"$service" ;;
disable*) rm -f '${bin}'/active-"$service" ;;
is-active*) test -e '${bin}'/active-"$service" ;;
esac`,
  );
  if (!absent)
    writeFileSync(join(bin, over === 'understudy' ? 'active-keepalived' : 'active-understudy'), '');
  program('understudy', `exit ${check}`);
  program('id', 'echo 0');
  writeFileSync(log, '');
  try {
    const { status } = spawnSync('sh', ['packaging/understudy-switch', over], {
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, SETTLE_SECONDS: '0' },
    });
    const orders = readFileSync(log, 'utf8').split('\n');
    return { status, orders: orders.filter((order) => /^(en|dis)able/.test(order)) };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

const there = ['disable --now keepalived', 'enable --now understudy'];
const andBack = ['disable --now understudy', 'enable --now keepalived'];

describe('understudy-switch', () => {
  test('hands over to a daemon that stays', () => {
    expect(hand('understudy')).toEqual({ status: 0, orders: there });
    expect(hand('keepalived')).toEqual({ status: 0, orders: andBack });
  });

  test('goes back if the daemon is started, but does not stay', () => {
    const back = { status: 1, orders: [...there, ...andBack] };
    expect(hand('understudy', { failing: ['is-active --quiet understudy'] })).toEqual(back);
    expect(hand('understudy', { restarts: 2 })).toEqual(back);
  });

  test('goes back if it cannot be started', () => {
    const { status, orders } = hand('understudy', { failing: ['enable --now understudy'] });
    expect({ status, orders }).toEqual({ status: 1, orders: [...there, ...andBack] });
  });

  test('needs no keepalived that could be stopped', () => {
    const { status, orders } = hand('understudy', { failing: ['disable --now keepalived'], absent: true });
    expect({ status, orders }).toEqual({ status: 0, orders: there });
  });

  test('does not join a keepalived that will not stop', () => {
    const { status, orders } = hand('understudy', { failing: ['disable --now keepalived'] });
    expect({ status, orders }).toEqual({ status: 1, orders: ['disable --now keepalived'] });
  });

  test('touches nothing if the file has errors', () => {
    expect(hand('understudy', { check: 4 })).toEqual({ status: 4, orders: [] });
  });
});
