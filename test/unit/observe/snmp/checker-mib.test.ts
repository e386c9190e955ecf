import { micros } from '#base/units.js';
import { type PoolState } from '#health/index.js';
import { mibView, quorumTrap, realServerTrap, type LoadFacts, type SnmpFacts } from '#observe/snmp/index.js';
import { AGENTX_ERROR, oidText, type VarBind } from '#wire/agentx/index.js';
import { modelOf } from '../../config/passes-parts.js';

const CHECK = [1, 3, 6, 1, 4, 1, 9586, 100, 5, 3];

const configuration = modelOf(`
global_defs {
  router_id director1
  script_user root
  enable_snmp_checker
  lvs_timeouts tcp 900 udp 30
}
virtual_server_group GRP {
  192.0.2.50 80
  192.0.2.51-53 8080
  fwmark 9
}
virtual_server 192.0.2.40 80 {
  delay_loop 4
  lvs_sched wlc
  lvs_method NAT
  persistence_timeout 60
  persistence_granularity 255.255.255.0
  protocol TCP
  quorum 2
  hysteresis 1
  snmp_name web
  alpha
  retry 3
  delay_before_retry 2
  sorry_server 192.0.2.99 81
  real_server 192.0.2.60 80 {
    weight 5
    inhibit_on_failure
    uthreshold 100
    lthreshold 50
    snmp_name web1
    TCP_CHECK {
      connect_timeout 2
    }
  }
  real_server 192.0.2.61 80 {
    weight 0
    lvs_method TUN type gue port 6080 csum
  }
}
virtual_server fwmark 7 {
  lvs_sched rr
  lvs_method DR
  ip_family inet
  real_server 192.0.2.61 {
  }
}
`);

const [web] = configuration.health.pools;
const state: PoolState = {
  ...{ id: web!.id, quorumUp: false, sorryServerInUse: true, sorryServerInhibit: false, suspended: false },
  realServers: web!.realServers.map(({ id, weight, inhibitOnFailure, checkers }, at) => ({
    ...{ id, weight, inhibitOnFailure, alive: at === 1 },
    checkers: checkers.map((checker) => ({ id: checker.id, up: false, hasRun: true, retries: 0 })),
  })),
};

const load: LoadFacts = {
  connections: { active: 3, inactive: 2, persistent: 1 },
  stats: {
    ...{
      connections: 2n ** 32n + 5n,
      inPackets: 2n ** 32n + 6n,
      outPackets: 7n,
      inBytes: 2n ** 40n,
      outBytes: 9n,
    },
    ...{ connectionsPerSecond: 10n, inPacketsPerSecond: 11n, outPacketsPerSecond: 12n },
    ...{ inBytesPerSecond: 2n ** 32n + 13n, outBytesPerSecond: 14n },
  },
};

const facts: SnmpFacts = {
  ...{ configuration, version: 'Understudy', now: micros(0), agentStart: micros(0) },
  pools: new Map([[web!.id, state]]),
  interfaces: new Map(),
  ipvs: {
    pool: (id) => (id === web!.id ? load : undefined),
    realServer: (id, server) => (id === web!.id && server === 0 ? load : undefined),
  },
};

const shown = ({ oid, value }: VarBind): string => {
  const name = oidText(oid).replace(oidText(CHECK), '');
  if (!('value' in value)) return `${name} ${value.type}`;
  const text =
    value.value instanceof Uint8Array ? Buffer.from(value.value).toString('latin1') : String(value.value);
  return `${name} ${/^[ -~]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('hex')}`;
};

/** Every object below that OID, relative to the group `check`. */
function walk(below: readonly number[]): readonly string[] {
  const view = mibView(facts);
  const seen: string[] = [];
  const start = [...CHECK, ...below];
  const end = [...start.slice(0, -1), (start.at(-1) ?? 0) + 1];
  for (let found = view.next(start, false, end); found; found = view.next(found.oid, false, end))
    seen.push(shown(found));
  return seen;
}

/** One row of a table: its columns and their values. */
const row = (table: number, index: string): Readonly<Record<string, string>> =>
  Object.fromEntries<string>(
    walk([table]).flatMap((line) => {
      const found = new RegExp(`^\\.${table}\\.1\\.(\\d+)\\.${index} (.*)$`).exec(line);
      return found ? [[found[1] ?? '', found[2] ?? ''] as const] : [];
    }),
  );

test('groups of virtual servers, marks first', () => {
  expect(walk([1])).toEqual(['.1.1.2.1 GRP']);
  expect(walk([2])).toEqual([
    ...['.2.1.2.1.1 1', '.2.1.2.1.2 2', '.2.1.2.1.3 3', '.2.1.3.1.1 9', '.2.1.4.1.2 1', '.2.1.4.1.3 1'],
    ...[
      '.2.1.5.1.2 c0000232',
      '.2.1.6.1.3 c0000233',
      '.2.1.7.1.3 c0000235',
      '.2.1.8.1.2 80',
      '.2.1.8.1.3 8080',
    ],
  ]);
});

test('a virtual server: what keepalived shows of it, and what IPVS counted', () => {
  expect(row(3, '1')).toEqual({
    ...{ 2: '2', 5: '1', 6: 'c0000228', 7: '80', 8: '1', 9: '4', 10: '1', 11: '1', 13: '1', 14: '60' },
    ...{ 15: 'ffffff00', 16: '4', 17: '2', 18: '1', 19: '2', 20: '2', 21: '1', 22: '2', 23: '2', 26: '1' },
    ...{
      27: '5',
      28: '6',
      29: '7',
      30: '1099511627776',
      31: '9',
      32: '10',
      33: '11',
      34: '12',
      35: '13',
      36: '14',
    },
    ...{
      37: '2',
      38: '4294967301',
      39: '4294967302',
      40: '7',
      41: '10',
      42: '0',
      43: '11',
      44: '0',
      45: '12',
    },
    ...{
      46: '0',
      47: '13',
      48: '1',
      49: '14',
      50: '0',
      52: '1',
      53: '2',
      54: '2',
      55: '2',
      56: '1',
      57: '3',
    },
    ...{ 58: '2', 59: '0', 60: '1', 61: '2', 62: '2', 63: '2', 64: '4000000', 65: '2000000', 66: '0' },
    ...{ 67: '5000000', 71: 'web', 74: '10', 75: '11', 76: '12', 77: '4294967309', 78: '14' },
  });
  expect(row(3, '2')).toMatchObject({ 2: '1', 4: '7', 9: '1', 10: '2' });
});

test('a sorry server comes first, and has what is configured of it', () => {
  expect(row(4, '1\\.1')).toMatchObject({
    2: '2',
    3: '1',
    4: 'c0000263',
    5: '81',
    14: '0',
    40: '1',
    46: '0',
    51: '0',
  });
  expect(Object.keys(row(4, '1\\.1'))).not.toContain('6');
});

test('a real server: its state, its limits, what its checkers inherit, and its load', () => {
  expect(row(4, '1\\.2')).toMatchObject({
    ...{ 2: '1', 4: 'c000023c', 5: '80', 6: '2', 7: '5', 8: '100', 9: '50', 10: '2', 13: '1' },
    ...{
      14: '5',
      15: '3',
      16: '2',
      17: '1',
      20: '1099511627776',
      40: '1',
      42: '1',
      43: '3',
      44: '2',
      46: '4',
    },
    ...{ 50: '4000000', 51: '5000000', 55: 'web1', 61: '4294967309', 63: '0' },
  });
  expect(row(4, '1\\.3')).toMatchObject({ 6: '1', 7: '0', 40: '3', 52: '2', 53: '6080', 54: '2' });
});

test('timeouts that were told', () => {
  expect(walk([6])).toEqual(['.6.1.0 2']);
  expect(walk([7])).toEqual(['.7.1.0 900', '.7.3.0 30']);
});

const standing = { alive: 1, total: 2, aliveWeight: 0, quorum: 2, hysteresis: 1 };
const objects = (trap: readonly VarBind[] | undefined): readonly string[] => trap?.map(shown) ?? [];

test('realServerStateChange has the objects of keepalived, in its order', () => {
  const [server] = web!.realServers;
  const news = {
    type: 'RealServerChanged',
    at: 0,
    pool: web!.id,
    realServer: server!.id,
    up: false,
    weight: 5,
  } as const;
  expect(objects(realServerTrap({ configuration }, { ...news, because: 'checked', standing }))).toEqual([
    '.1.3.6.1.6.3.1.1.4.1.0 1,3,6,1,4,1,9586,100,5,3,5,0,1',
    ...['.4.1.3 1', '.4.1.4 c000023c', '.4.1.5 80', '.4.1.6 2'],
    ...['.3.1.2 2', '.3.1.5 1', '.3.1.6 c0000228', '.3.1.7 80', '.3.1.8 1', '.3.1.21 1', '.3.1.20 2'],
    '.1.3.6.1.4.1.9586.100.5.1.2.0 director1',
  ]);
});

test.each([
  ['checked', true, '1'],
  ['checked', false, '2'],
  ['stopping', false, '3'],
] as const)('virtualServerQuorumStateChange, %s, up %s: %s', (because, up, status) => {
  const news = { type: 'QuorumChanged', at: 0, pool: 'FWM 7', up, because, standing } as const;
  expect(objects(quorumTrap({ configuration }, news))).toEqual([
    '.1.3.6.1.6.3.1.1.4.1.0 1,3,6,1,4,1,9586,100,5,3,5,0,2',
    ...['.3.1.2 1', '.3.1.4 7', '.3.1.8 4', `.3.1.23 ${status}`, '.3.1.22 2', '.3.1.21 1', '.3.1.20 2'],
    '.1.3.6.1.4.1.9586.100.5.1.2.0 director1',
  ]);
});

test('a virtual server that has its quorum', () => {
  const pools = new Map([[web!.id, { ...state, quorumUp: true }]]);
  expect(mibView({ ...facts, pools }).get([...CHECK, 3, 1, 23, 1])).toEqual({ type: 'integer', value: 1 });
});

test('the weight of a real server can be set, that of a sorry server and one below 0 cannot', () => {
  const view = mibView(facts);
  const set = (index: readonly number[], value: number) =>
    view.set([...CHECK, 4, 1, 7, ...index], { type: 'integer', value });
  const [first] = web!.realServers;
  expect(set([1, 2], 300)).toEqual({
    ok: true,
    value: { type: 'SetWeight', pool: web!.id, realServer: first!.id, weight: 300 },
  });
  expect(set([1, 2], -1)).toMatchObject({ ok: false, error: AGENTX_ERROR.wrongValue });
  expect(set([1, 1], 5)).toMatchObject({ ok: false, error: AGENTX_ERROR.noCreation });
  expect(set([9, 1], 5)).toMatchObject({ ok: false, error: AGENTX_ERROR.noCreation });
});
