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
  `notify_master "/usr/bin/true a"
  track_script {
    chk weight -10
  }
  track_file {
    number weight 2
  }
  garp_master_delay 2`,
  `vrrp_script chk {
  script "/usr/bin/true"
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
  expect(readdirSync(home).sort()).toEqual([
    ...['keepalived.data', 'keepalived.json', 'keepalived.stats', 'keepalived_parent.data'],
  ]);
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

/** Newer than keepalived 2.2.7. */
const NEWER = /^ (DBus no interface|(Keep|keep script) symlinks|SNMP .S stats|json_version)/;

/** Something of everything that global_defs may say, and a BFD session with nobody at its other end. */
const GLOBALS = `instance inst
bfd_instance peer {
  neighbor_ip 192.0.2.66
  source_ip 192.0.2.1
  min_rx 100
  min_tx 200
  idle_tx 1500
  multiplier 4
  max_hops 3
  passive
}
global_defs {
  router_id lvs1
  process_name kp
  vrrp_process_name kv
  notification_email {
    ops@example.com
    noc@example.com
  }
  notification_email_from a@example.com
  smtp_server 127.0.0.1 2525
  smtp_helo_name helo.example.com
  smtp_connect_timeout 7
  smtp_alert_vrrp off
  smtp_alert_checker on
  no_email_faults
  no_checker_emails
  dynamic_interfaces allow_if_changes
  lvs_timeouts tcp 100 tcpfin 50
  lvs_flush
  lvs_flush_on_stop VS
  vrrp_garp_interval 0.5
  vrrp_gna_interval 0.25
  nftables mytab
  nftables_priority -5
  nftables_ifindex
  nftables_counters
  nftables_ipvs ipvstab
  max_auto_priority 30
  min_auto_priority_delay 500
  vrrp_priority -5
  checker_priority -4
  checker_rt_priority 5
  checker_rlimit_rttime 30000
  bfd_priority -3
  enable_snmp_vrrp
  enable_snmp_rfcv3
  enable_traps
  snmp_socket tcp:127.0.0.1:7050
  snmp_vs_stats_update_interval 2.5
  dbus_service_name org.example.X
  enable_script_security
  script_user root
  vrrp_netlink_cmd_rcv_bufs 100000
  lvs_netlink_monitor_rcv_bufs 200000
  lvs_netlink_monitor_rcv_bufs_force on
  rs_init_notifies
  vrrp_rx_bufs_policy ADVERT
  vrrp_rx_bufs_multiplier 5
  umask 0137
  vrrp_startup_delay 1.5
  log_unknown_vrids
  vmac_prefix vm
  json_version 2
  data_use_instance
  use_symlink_paths on
  disable_local_igmp
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 150
  virtual_ipaddress { 192.0.2.100/24 }
}
`;

/**
 * What stands with each instance here, what nobody chose, what is of keepalived's libraries and processes, and what RFC
 * 5880 has begin with another value (bfd.RemoteMinRxInterval).
 */
const APART = [
  /^ (Gratuitous ARP (delay|repeat|refresh|lower|for each)|Num adverts|VRRP IPv|Send advert|VRRP default|Checkers log)/,
  /^ (VRRP (check|skip check|strict|notify priority)|Use VRRPv2|Default interface|.* realtime limit|iproute)/,
  /^ (libnftnl|current realtime|(config|Config) save)/,
  /^ {3}(fd_out|thread_|sands_|send error|local demand|!?poll|remote tx|remote detection|local discr)/,
  /^ {3}(max_hops = 3|local tx intv|remote min rx intv)|^ (fd_in|multihop fd_in|thread_in)|BFD Data/,
];

withKeepalived(
  'global definitions and BFD sessions stand in files of their own, as keepalived has them',
  async () => {
    const { director, home } = await ours(GLOBALS);
    const theirs = join(directory, 'b-tmp');
    mkdirSync(theirs);
    const peer = new KeepalivedPeer(host('b'), join(directory, 'b'));
    peer.start(GLOBALS, [`TMPDIR=${theirs}`]);
    await peer.says(/Entering MASTER STATE/);
    const main = Number(readFileSync(join(directory, 'b', 'main.pid'), 'utf8'));
    const linesOf = async (
      pid: number,
      directoryOfDumps: string,
      name: string,
    ): Promise<readonly string[]> => {
      const path = join(directoryOfDumps, name);
      process.kill(pid, 'SIGUSR1');
      let last = '';
      await until(() => {
        const before = last;
        last = existsSync(path) ? readFileSync(path, 'utf8') : '';
        return last !== '' && last === before;
      }, path);
      return last.trimEnd().split('\n');
    };
    for (const name of ['keepalived_parent.inst.data', 'keepalived_bfd.inst.data']) {
      const us = await linesOf(director.pid('main')!, home, name);
      const them = await linesOf(main, theirs, name);
      const shared = (lines: readonly string[]) =>
        lines.filter((line) => !APART.some((known) => known.test(line)));
      const known = us.filter((line) => !NEWER.test(line) || them.includes(line));
      expect([name, ...shared(known).toSorted()]).toEqual([name, ...shared(them).toSorted()]);
    }
    expect(readFileSync(join(home, 'keepalived.inst.data'), 'utf8')).toMatch(
      /^------< Global definitions >------\n/,
    );
  },
);
