// What a management station sees of keepalived, and of Understudy in its place: walks of the three MIBs, and the traps.
import { mkdtempSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../namespaces.js';
import { requires } from '../requires.js';
import { Daemon, type Implementation } from './daemon.js';
import { SnmpAgent, until } from './snmp-agent.js';
import { Forger, FORGERIES } from './snmp-forgeries.js';

const KEEPALIVED = '.1.3.6.1.4.1.9586.100.5';
const VRRP = '.1.3.6.1.2.1.68';
const VRRPV3 = '.1.3.6.1.2.1.207';
const TREES = [KEEPALIVED, VRRP, VRRPV3];
const STATES = `${KEEPALIVED}.2.3.1.4`;

const config = (socket: string): string => `
global_defs {
  router_id director1
  notification_email {
    ops@example.com
    noc@example.com
  }
  notification_email_from ka@example.com
  smtp_server 127.0.0.1 2525
  smtp_connect_timeout 20
  enable_snmp_vrrp
  enable_snmp_rfc
  enable_traps
  snmp_socket unix:${socket}
  script_user root
}
static_ipaddress {
  198.51.100.1/24 brd 198.51.100.255 dev eth0
}
static_routes {
  203.0.113.0/24 via 192.0.2.254 dev eth0
}
static_rules {
  from 198.51.100.0/24 table 100 priority 700
}
vrrp_script chk {
  script "/usr/bin/test -x '/usr/bin/a b'"
  interval 2
  weight 3
  rise 2
  fall 3
}
vrrp_sync_group G1 {
  group {
    VI_1
    VI_2
  }
  notify_master "/usr/bin/echo gm"
  track_interface {
    eth1 weight 4
  }
  smtp_alert
}
vrrp_instance VI_1 {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  version 2
  authentication {
    auth_type PASS
    auth_pass secret
  }
  virtual_ipaddress {
    192.0.2.10/24 brd + label eth0:vip
    192.0.2.11/32
  }
  virtual_ipaddress_excluded {
    192.0.2.12/32
  }
  virtual_routes {
    203.0.114.0/24 via 192.0.2.253 metric 7 mtu lock 1400 table 50
    203.0.115.0/24 nexthop via 192.0.2.252 dev eth0 weight 2 nexthop via 192.0.2.251 dev eth0 weight 3
    blackhole 203.0.116.0/24
  }
  virtual_rules {
    from 192.0.2.10 to 203.0.114.0/24 table 50 priority 500
    iif eth1 fwmark 5/7 goto 900 preference 600
  }
  notify_master "/usr/bin/echo m"
  notify "/usr/bin/echo any"
  garp_master_delay 3
}
vrrp_instance VI_2 {
  interface eth1
  virtual_router_id 52
  priority 100
  version 3
  advert_int 0.5
  preempt_delay 3
  virtual_ipaddress {
    fe80::52/64
    2001:db8::10/64
  }
  track_script {
    chk weight 5
  }
}
vrrp_instance VI_3 {
  interface eth1
  virtual_router_id 53
  priority 90
  version 3
  nopreempt
  state BACKUP
  virtual_ipaddress {
    198.51.101.30/24
  }
  track_script {
    chk
  }
}
`;

/** Objects that are not compared, and why. */
const DIFFERENCES: readonly (readonly [oid: string, why: string])[] = [
  [`${KEEPALIVED}.1.1.0`, 'version: ours is another'],
  [`${KEEPALIVED}.1.3.5.1.2`, 'emailAddress: keepalived 2.4.3 does not show it any more'],
  [`${KEEPALIVED}.1.12.0`, 'v3ChecksumAsV2: newer than keepalived 2.2.7'],
  [`${KEEPALIVED}.2.3.1.36`, 'vrrpInstanceV3ChecksumAsV2: the same'],
  [
    `${KEEPALIVED}.2.6.1.11`,
    'vrrpAddressAdvertising: keepalived forgets which list it is in after the first instance',
  ],
  [`${KEEPALIVED}.2.8.1.33`, 'vrrpRuleProtocol: in the MIB, but not in keepalived'],
  [`${KEEPALIVED}.2.9.1.10`, 'vrrpScriptPath: newer than keepalived 2.2.7'],
  [`${KEEPALIVED}.2.9.1.11`, 'vrrpScriptIntervalUsec: the same'],
  [`${KEEPALIVED}.2.9.1.12`, 'vrrpScriptTimeoutUsec: the same'],
  [`${VRRP}.1.3.1.7`, 'vrrpOperMasterIpAddr: keepalived shows a master 0.0.0.0 for its own address'],
  [`${VRRP}.1.3.1.13`, 'vrrpOperVirtualRouterUpTime: a time'],
  [`${VRRPV3}.1.1.1.1.12`, 'vrrpv3OperationsUpTime: a time'],
];

const compared = (line: string): boolean =>
  !DIFFERENCES.some(([oid]) => line.startsWith(`${oid}.`) || line.startsWith(`${oid} `));

/** The statistics of both RFCs. */
const STATISTICS = [`${VRRP}.2`, `${VRRPV3}.1.2`];
const INSTANCE = `${KEEPALIVED}.2.3.1`;

/** What a manager sets, one after another, and what it looks at then. */
const SETS: readonly (readonly [what: string, words: readonly string[]])[] = [
  ['a priority', [`${INSTANCE}.7.2`, 'i', '160']],
  ['one of 0', [`${INSTANCE}.7.2`, 'i', '0']],
  ['one of another type', [`${INSTANCE}.7.2`, 'u', '150']],
  ['one of an instance that there is not', [`${INSTANCE}.7.9`, 'i', '150']],
  ['nopreempt', [`${INSTANCE}.13.2`, 'i', '2']],
  ['preempt', [`${INSTANCE}.13.3`, 'i', '1']],
  ['neither of them', [`${INSTANCE}.13.2`, 'i', '3']],
  ['two at once', [`${INSTANCE}.7.3`, 'i', '80', `${INSTANCE}.13.3`, 'i', '2']],
  ['two at once, one of which cannot be', [`${INSTANCE}.7.3`, 'i', '70', `${INSTANCE}.13.3`, 'i', '9']],
  ['what can only be read', [`${INSTANCE}.8.2`, 'i', '150']],
  ['accept', [`${INSTANCE}.27.2`, 'i', '1']],
  ['promote_secondaries', [`${INSTANCE}.28.2`, 'i', '1']],
  ['linkbeat', [`${INSTANCE}.29.2`, 'i', '1']],
  ['a global setting', [`${KEEPALIVED}.1.7.0`, 'i', '1']],
  ['a priority by RFC 2787', [`${VRRP}.1.3.1.5.2.51`, 'i', '120']],
  ['vrrpNotificationCntl', [`${VRRP}.1.2.0`, 'i', '2']],
];

/** Where the RFC (3416, 4.2.5) has another error than keepalived. */
const RIGHT: Readonly<Record<string, readonly [theirs: string, ours: string]>> = {
  'one of an instance that there is not': ['notWritable', 'noCreation'],
  accept: ['noAccess', 'notWritable'],
};

const corrected = (set: string): string => {
  const [theirs, ours] = RIGHT[set.slice(0, set.indexOf(':'))] ?? ['', ''];
  return set.replace(theirs, ours);
};

interface Seen {
  readonly walks: readonly string[];
  readonly bulkWalks: readonly string[];
  readonly traps: readonly string[];
  /** The trap, or traps, that each of FORGERIES led to. */
  readonly refusals: readonly string[];
  /** What both RFCs count of them. */
  readonly errors: readonly string[];
  /** What came of each of SETS, and how the instances were then. */
  readonly sets: readonly string[];
  readonly afterReload: string;
  readonly log: string;
}

/** Lets it become master everywhere, looks at it in every way, and stops it. */
async function look(who: Implementation, network: Network, directory: string): Promise<Seen> {
  const own = join(directory, who);
  mkdirSync(own);
  const namespace = network.namespace(who);
  const [first, second] = [network.segment(), network.segment()];
  network.plug(namespace, 'eth0', first, ['192.0.2.2/24', 'fe80::2/64']);
  network.plug(namespace, 'eth1', second, ['198.51.101.1/24', 'fe80::3/64']);
  const agent = new SnmpAgent(namespace, own);
  const daemon = new Daemon(who, namespace, own);
  const attacker = network.namespace(`${who}-peer`);
  network.plug(attacker, 'eth0', first, ['192.0.2.66/24']);
  network.plug(attacker, 'eth1', second, ['198.51.101.66/24']);
  const forger = new Forger(attacker);
  try {
    await agent.start();
    daemon.start(config(agent.socket));
    const states = () => agent.values(STATES).join();
    const script = () => agent.walk('snmpbulkwalk', `${KEEPALIVED}.2.9.1.6`).join();
    await until(
      () => `states ${states()}, script ${script()}; ${daemon.log}`,
      () => states() === '2,2,2' && script().endsWith('2'),
    );
    const walks = TREES.flatMap((tree) => agent.walk('snmpwalk', tree));
    const bulkWalks = TREES.flatMap((tree) => agent.walk('snmpbulkwalk', tree));
    await forger.ready();
    const refusals: string[] = [];
    for (const forgery of FORGERIES) {
      const before = agent.traps().length;
      forger.send(forgery);
      await until(
        () => `no trap for ${forgery.what}; ${daemon.log}`,
        () => agent.traps().length > before,
      );
      refusals.push(`${forgery.what}: ${agent.traps().slice(before).join('; ')}`);
    }
    const errors = STATISTICS.flatMap((tree) => agent.walk('snmpbulkwalk', tree));
    const settings = () => [7, 8, 13].flatMap((column) => agent.values(`${INSTANCE}.${column}`)).join();
    const sets = SETS.map(([what, words]) => {
      const said = agent.ask('snmpset', 'private', ...words);
      const outcome = /^Reason: (\w+)/mu.exec(said)?.[1] ?? said.trim().replaceAll('\n', ' ');
      return `${what}: ${outcome}; ${settings()}`;
    });
    daemon.signal('SIGHUP');
    await until(
      () => `settings ${settings()} after the reload; ${daemon.log}`,
      () => settings().startsWith('150,100,90,'),
    );
    const afterReload = settings();
    await daemon.stop();
    await until(
      () => agent.traps().join('\n'),
      () => agent.traps().filter((trap) => trap.includes('INTEGER: 5')).length === 4,
    );
    return { walks, bulkWalks, refusals, errors, traps: agent.traps(), sets, afterReload, log: daemon.log };
  } finally {
    await forger.end();
    await daemon.stop();
    await agent.stop();
  }
}

requires({ root: true, netns: true, keepalived: true, snmp: true })(
  'snmpwalk and snmptrapd see the same of both, but for what is listed',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-snmp-'));
    const network = new Network(directory);
    try {
      const theirs = await look('keepalived', network, directory);
      const ours = await look('understudy', network, directory);
      expect(ours.walks.length).toBeGreaterThan(350);
      expect(ours.bulkWalks.filter((line) => !line.includes('Timeticks'))).toEqual(
        ours.walks.filter((line) => !line.includes('Timeticks')),
      );
      const alike = (walk: readonly string[]) => anonymous(walk.filter(compared));
      expect(alike(ours.walks)).toEqual(alike(theirs.walks));
      expect(ours.traps.filter((trap) => trap.includes('9586')).toSorted()).toEqual(
        theirs.traps.filter((trap) => trap.includes('9586')).toSorted(),
      );
      expect(anonymous(ours.traps).toSorted()).toEqual(anonymous(theirs.traps).toSorted());
      expect(ours.refusals).toEqual(theirs.refusals);
      expect(alike(ours.errors)).toEqual(alike(theirs.errors));
      expect(ours.sets).toEqual(theirs.sets.map(corrected));
      expect(ours.afterReload).toEqual(theirs.afterReload);
    } finally {
      await network.close();
    }
  },
  240_000,
);

/** MAC addresses and what the kernel numbers by itself differ from namespace to namespace. */
const anonymous = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/Hex-STRING: 02 00 00 00 [0-9A-F ]+$/, 'MAC'));
