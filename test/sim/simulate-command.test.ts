import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve('dist/cli/main.js');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'simulate-'));
  for (const [name, priority] of [
    ['A.conf', 150],
    ['B.conf', 100],
    ['C.conf', 200],
    ['one/keepalived.conf', 150],
    ['two/keepalived.conf', 100],
  ] as const) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), configuration(priority));
  }
  writeFileSync(join(directory, 'broken.conf'), 'vrrp_instance VI_1 {\n  interfase eth0\n}\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Names an interface, a script and a user that no machine has. */
const configuration = (priority: number): string => `
vrrp_script chk {
  script "/opt/not/here/chk.sh"
  interval 1
  user nobody-here
}
vrrp_instance VI_1 {
  interface bond7.55
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress {
    192.0.2.100/24
  }
  track_script {
    chk weight -60
  }
}
`;

const simulate = (...words: string[]) =>
  spawnSync(process.execPath, [MAIN, 'simulate', ...words], { cwd: directory, encoding: 'utf8' });

test('tells who wins, what happens when, and how long nobody is master', () => {
  const { stdout, status, stderr } = simulate('A.conf', 'B.conf', '--fault', 'at 10s kill A');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/3\.414062s {4}A: VI_1 becomes MASTER/);
  expect(stdout).toMatch(/10s {2}\* A loses power/);
  expect(stdout).toMatch(/bond7\.55 IPv4 VRID 51: at the end B is master\./);
  expect(stdout).toMatch(/nobody was master for 3023\.5 ms, from 10\.000 s to 13\.023 s/);
});

test('for programs, too; and the same seed gives the same', () => {
  const words = ['A.conf', 'B.conf', '--json', '--loss', '30', '--seed', '7', '--seconds', '60'];
  const first = simulate(...words).stdout;
  expect(JSON.parse(first)).toMatchObject({
    seed: 7,
    untilUs: 60_000_000,
    routers: [{ name: 'A' }, { name: 'B' }],
    virtualRouters: [{ virtualRouter: 'bond7.55 IPv4 VRID 51' }],
  });
  expect(simulate(...words).stdout).toBe(first);
  expect(simulate(...words.with(5, '8')).stdout).not.toBe(first);
});

test('trackers and reloads', () => {
  const { stdout } = simulate(
    ...['one/keepalived.conf', 'two/keepalived.conf'],
    ...['--fault', 'at 10s script chk of one fails', '--fault', 'at 30s reload two C.conf'],
  );
  expect(stdout).toMatch(/two: VI_1 becomes MASTER, from BACKUP, because preempted-lower-priority/);
  expect(stdout).toMatch(/two is reloaded/);
});

test.each([
  [['A.conf', '--fault', 'at 1s explode A'], /there is no fault 'explode'/],
  [['A.conf', '--fault', 'at 99s kill A', '--seconds', '10'], /comes after the end/],
  [['nowhere.conf'], /no file matches 'nowhere\.conf'/],
  [['broken.conf'], /unknown keyword 'interfase'/],
  [['A.conf', '--loss', 'much'], /--loss takes a percentage/],
  [['A.conf', '--seed', '-1.5'], /--seed/],
  [['A.conf', '--seconds', '0'], /--seconds takes a number/],
  [['A.conf', '--bogus'], /bogus[^]*understudy simulate A\.conf/],
  [[], /which configurations\?/],
])('%j is refused', (words, why) => {
  const { status, stdout, stderr } = simulate(...words);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(why);
});

test('a virtual router that only one of them has is warned of', () => {
  writeFileSync(join(directory, 'D.conf'), configuration(90).replace('router_id 51', 'router_id 52'));
  expect(simulate('A.conf', 'D.conf').stdout).toMatch(/^Warning: bond7\.55 IPv4 VRID 51 is on A alone/);
});
