import { micros } from '#base/units.js';
import { duration, renderStatus, type StatusDocument } from '#observe/index.js';
import { ip } from '../vrrp/play.js';

const counters = {
  ...{ advertsSent: 5, advertsReceived: 7, priorityZeroSent: 0, priorityZeroReceived: 0 },
  ...{ becameMaster: 0, releasedMaster: 0, sendErrors: 0, gratuitousArpsSent: 0 },
  dropped: { 'advert-bad-ttl': 2 },
  complaints: { 'advert-interval-differs': 4 },
};

const session = {
  ...{ name: 'peer', state: 'Up', remoteState: 'Up', localDiscriminator: 1, remoteDiscriminator: 2 },
  ...{ localDiag: 0, remoteDiag: 0, remoteMinRx: micros(0), remoteMinTx: micros(0), remoteDemand: false },
  ...{
    remoteDetectMult: 3,
    polling: false,
    transmitInterval: micros(0),
    detectionTime: micros(0),
    toldUp: true,
  },
  counters: { packetsSent: 10, packetsReceived: 9, sendErrors: 0, timesUp: 2, timesDown: 1, dropped: {} },
} as StatusDocument['bfdSessions'][number];

const status: StatusDocument = {
  ...{ version: '0.1.0', host: 'director1', pid: 100, configFile: '/etc/keepalived/keepalived.conf' },
  ...{ startedAt: '2026-05-04T12:00:00.000Z', at: '2026-05-04T14:03:00.000Z' },
  workers: [
    {
      kind: 'vrrp',
      pid: 101,
      startedAt: '2026-05-04T13:03:00.000Z',
      respawns: 1,
      lateness: { late: 1, worst: 2500 },
      stalls: { count: 2, longest: 40_000 },
    },
    { kind: 'checkers', pid: 102, startedAt: '2026-05-04T12:00:00.000Z', respawns: 0, silent: 'it is stuck' },
  ],
  instances: [
    {
      ...{ name: 'VI_1', interface: 'eth0', family: 'inet', vrid: 51, version: 3, state: 'FAULT' },
      ...{ since: '2026-05-04T14:02:30.000Z', effectivePriority: 100, configuredPriority: 150 },
      ...{ addresses: [ip('192.0.2.100')], masterDownIntervalUs: 3_600_000, counters },
      master: { address: ip('192.0.2.2'), priority: 120 },
      lastTransition: {
        ...{ from: 'MASTER', to: 'FAULT', at: '2026-05-04T14:02:30.000Z' },
        cause: { code: 'interface-down', text: 'interface eth0 is down' },
      },
      faults: ['interface eth0 is down'],
    },
  ],
  syncGroups: [{ name: 'G', state: 'FAULT', members: ['VI_1', 'VI_2'] }],
  trackers: { scripts: [{ name: 'chk', state: 'down', lastDetail: 'timed out' }], files: [] },
  pools: [
    {
      ...{
        id: '[192.0.2.1]:tcp:80',
        quorumUp: false,
        sorryServerInUse: true,
        sorryServerInhibit: false,
        suspended: true,
        waitsFor: 'VI_1',
      },
      realServers: [
        {
          ...{ id: '[192.0.2.21]:tcp:80', alive: false, weight: 1, inhibitOnFailure: false, mark: 'drained' },
          checkers: [
            {
              ...{ id: '[192.0.2.1]:tcp:80 [192.0.2.21]:tcp:80 TCP_CHECK 1', up: false, hasRun: true },
              ...{ retries: 0, latency: micros(1250) },
              lastFailure: { code: 'timeout', text: 'Timeout connecting' },
            },
          ],
        },
      ],
    },
  ],
  bfdSessions: [session],
  unclaimedAdverts: { 'advert-unknown-vrid': 3 },
};

test('all of it, as a person reads it', () => {
  expect(renderStatus(status).split('\n')).toEqual([
    'Understudy 0.1.0 on director1, pid 100, up 2 h 3 min, /etc/keepalived/keepalived.conf',
    '  vrrp: pid 101, up 1 h, started again once, late once, at worst 2.5 ms, stalled 2 times, at longest 40 ms',
    '  checkers: pid 102, up 2 h 3 min, DOES NOT ANSWER: it is stuck',
    '',
    'Instances',
    'INSTANCE  STATE  SINCE  PRIORITY   MASTER           INTERFACE  VRID  OUT  IN  REJECTED              LAST',
    'VI_1      FAULT  30 s   100 (150)  192.0.2.2 (120)  eth0       51    5    7   2 (advert-bad-ttl 2)  interface eth0 is down',
    '',
    'VI_1 is held in FAULT: interface eth0 is down',
    '',
    'VI_1 believed adverts with something wrong in them: advert-interval-differs 4',
    '',
    'Sync groups',
    'GROUP  STATE  MEMBERS',
    'G      FAULT  VI_1 VI_2',
    '',
    'Tracked scripts',
    'NAME  STATE  LAST',
    'chk   down   timed out',
    '',
    'BFD sessions',
    'SESSION  STATE  NEIGHBOUR  OUT  IN  TIMES DOWN',
    'peer     Up     Up         10   9   1',
    '',
    'Pools',
    'POOL                SERVES                                     QUORUM  REAL SERVERS  SORRY SERVER',
    '[192.0.2.1]:tcp:80  no: VI_1 is not MASTER (checks suspended)  LOST    0 of 1 up     in use',
    '',
    'Real servers',
    'POOL                REAL SERVER          STATE          WEIGHT  LATENCY  LAST ERROR',
    '[192.0.2.1]:tcp:80  [192.0.2.21]:tcp:80  DOWN, drained  0 (1)   1.25 ms  TCP_CHECK 1: Timeout connecting',
    '',
    'Adverts that were for no instance: advert-unknown-vrid 3',
    '',
  ]);
});

test('times in their two largest units', () => {
  expect([0, 999, 59_000, 61_000, 3_600_000, 90_061_000].map(duration)).toEqual([
    ...['0 s', '0 s', '59 s', '1 min 1 s', '1 h', '1 d 1 h'],
  ]);
});
