import { jest } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { KeepalivedPeer } from './bfd-peers.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
const withKeepalived = requires({ netns: true, keepalived: true });
jest.setTimeout(60_000);

const SIGJSON = 36;
const SIGSTATS_CLEAR = 63;

let network: Network;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-dump-'));
  chmodSync(directory, 0o755);
  network = new Network(directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true, force: true });
});

function host(label: string): Namespace {
  const namespace = network.namespace(label);
  network.plug(namespace, 'eth0', network.segment(), ['192.0.2.1/24']);
  return namespace;
}

const CONFIG = instance(
  150,
  ['192.0.2.100/24', '192.0.2.101'],
  `notify_master "/bin/true a"
  track_script {
    chk weight -10
  }
  track_file {
    number weight 2
  }
  garp_master_delay 2`,
  `vrrp_script chk {
  script "/bin/true"
  interval 1
  rise 1
  user root
}
track_file number {
  file /dev/null
}`,
);

interface Dumps {
  readonly data: string;
  readonly stats: string;
  readonly json: unknown;
}

/** Has a daemon write all of its dumps into `home`, and reads them. */
async function dumpsOf(pid: number, home: string): Promise<Dumps> {
  const written = async (signal: NodeJS.Signals | number, name: string): Promise<string> => {
    const path = join(home, name);
    process.kill(pid, signal);
    // keepalived writes in pieces.
    let last = '';
    await until(() => {
      const before = last;
      last = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return last !== '' && last === before;
    }, path);
    return last;
  };
  const data = await written('SIGUSR1', 'keepalived.data');
  const stats = await written('SIGUSR2', 'keepalived.stats');
  const json = JSON.parse(await written(SIGJSON, 'keepalived.json')) as unknown;
  return { data, stats, json };
}

async function ours(config: string, label = 'a'): Promise<{ director: Director; home: string }> {
  const home = join(directory, `${label}-tmp`);
  mkdirSync(home);
  const director = new Director(host(label), directory);
  director.start(config, [`TMPDIR=${home}`]);
  await director.says('(VI_1) Entering MASTER STATE');
  return { director, home };
}

/** `   Key = value` of the block that a line begins: what a well-known exporter reads of keepalived.data. */
function block(data: string, head: string): Readonly<Record<string, string>> {
  const lines = data.split('\n');
  const begin = lines.indexOf(head);
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => !line.startsWith('   '));
  const pairs = rest.slice(0, end).flatMap((line) => {
    const [, key, value] = /^ {3}(\S.*?) = (.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, value ?? ''] as const];
  });
  return Object.fromEntries(pairs);
}

/** The names of all fields, however deep. */
const fields = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [name, ...fields(inner)]);

test('every field that exporters read is there, whole files appear, and counters begin again', async () => {
  const { director, home } = await ours(CONFIG);
  await director.says('VRRP_Script(chk) succeeded');
  const pid = director.pid('main')!;
  const { data, stats, json } = await dumpsOf(pid, home);
  expect(block(data, ' VRRP Instance = VI_1')).toMatchObject({
    State: 'MASTER',
    Wantstate: 'MASTER',
    Interface: 'eth0',
    'Virtual Router ID': '51',
    'Gratuitous ARP delay': '2',
    Priority: '150',
    'Effective priority': '150',
  });
  expect(data).toMatch(/^ {3}Virtual IP \(2\):\n {5}192\.0\.2\.100\/24 dev eth0 scope global set$/m);
  expect(block(data, ' VRRP Script = chk')).toMatchObject({ Status: 'GOOD' });
  expect(stats).toMatch(/^VRRP Instance: VI_1\n {2}Advertisements:\n {4}Received: 0\n {4}Sent: [1-9]/);
  expect(json).toMatchObject([
    {
      data: {
        iname: 'VI_1',
        state: 2,
        wantstate: 2,
        vrid: 51,
        garp_delay: 2,
        vips: expect.any(Array) as unknown,
      },
      stats: { become_master: 1, release_master: 0, pri_zero_sent: 0, auth_failure: 0 },
    },
  ]);
  expect(readdirSync(home).sort()).toEqual(['keepalived.data', 'keepalived.json', 'keepalived.stats']);
  expect(statSync(join(home, 'keepalived.stats')).mode & 0o777).toBe(0o600);

  const path = join(home, 'keepalived.stats');
  const { ino } = statSync(path);
  process.kill(pid, SIGSTATS_CLEAR);
  await until(() => statSync(path).ino !== ino, 'the statistics of before, in a file of their own');
  const text = (): string => readFileSync(path, 'utf8');
  expect(text()).toContain('Became master: 1');
  process.kill(pid, 'SIGUSR2');
  await until(() => text().includes('Became master: 0'), 'counters that began again');
});

test('a place where nothing can be written is told of, and nothing else happens', async () => {
  const { director } = await ours(`global_defs {\n  state_dump_file /nowhere/at/all/\n}\n${CONFIG}`);
  process.kill(director.pid('main')!, 'SIGUSR1');
  await director.says("Can't write dump file /nowhere/at/all/keepalived.data");
});

withKeepalived(
  'files have the fields of keepalived, with the same values where they must agree',
  async () => {
    const { director, home } = await ours(CONFIG);
    await director.says('VRRP_Script(chk) succeeded');
    const a = await dumpsOf(director.pid('main')!, home);
    const theirs = join(directory, 'b-tmp');
    mkdirSync(theirs);
    const peer = new KeepalivedPeer(host('b'), join(directory, 'b'));
    peer.start(CONFIG, [`TMPDIR=${theirs}`]);
    await peer.says(/Entering MASTER STATE/);
    await peer.says(/succeeded/);
    const b = await dumpsOf(Number(readFileSync(join(directory, 'b', 'main.pid'), 'utf8')), theirs);

    const [us, them] = [a, b].map(({ data }) => block(data, ' VRRP Instance = VI_1'));
    for (const key of ['VRRP Version', 'State', 'Wantstate', 'Interface', 'Virtual Router ID', 'Priority']) {
      expect([key, us?.[key]]).toEqual([key, them?.[key]]);
    }
    for (const key of [
      'Advert interval',
      'Accept',
      'Preempt',
      'Effective priority',
      'Gratuitous ARP delay',
    ]) {
      expect([key, us?.[key]]).toEqual([key, them?.[key]]);
    }
    const vips = ({ data }: Dumps) => /Virtual IP \(2\):\n(.*\n.*)\n/.exec(data)?.[1];
    expect(vips(a)).toBe(vips(b));

    const [ourJson, theirJson] = [a, b].map(({ json }) => (json as readonly unknown[])[0]);
    const known = new Set(fields(ourJson));
    expect(fields(theirJson).filter((name) => !known.has(name))).toEqual([]);
    const shared = new Set(fields(theirJson));
    // Times and counts are each daemon's own.
    for (const name of ['last_transition', 'advert_sent', 'advert_rcvd', 'become_master', 'release_master']) {
      shared.delete(name);
    }
    const comparable = (json: unknown) =>
      JSON.parse(
        JSON.stringify(json, (key, value: unknown) =>
          shared.has(key) || /^\d*$/.test(key) ? value : undefined,
        ),
      ) as unknown;
    expect(comparable(ourJson)).toEqual(comparable(theirJson));

    const names = (text: string) => text.split('\n').map((line) => line.replace(/: .*/, ':'));
    const missing = names(b.stats).filter((line) => !names(a.stats).includes(line));
    expect(missing).toEqual([]);
  },
);
