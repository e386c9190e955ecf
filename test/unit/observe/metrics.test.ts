import { micros } from '#base/units.js';
import { type Configuration } from '#config/index.js';
import { LATENCY_BOUNDS, type PoolState } from '#health/index.js';
import { FAMILIES, Metrics, type WorkerState } from '#observe/index.js';
import { readOpenMetrics, type Family } from './openmetrics-grammar.js';

const configuration = {
  vrrp: { instances: [{ name: 'VI "1"\\', interface: 'eth0', family: 'inet', vrid: 51, version: 3 }] },
  health: { pools: [{ id: 'P', quorum: 2 }] },
} as unknown as Configuration;

const counters = {
  ...{ advertsSent: 5, advertsReceived: 7, priorityZeroSent: 1, priorityZeroReceived: 0 },
  ...{ becameMaster: 1, releasedMaster: 0, sendErrors: 0, gratuitousArpsSent: 10 },
  ...{ dropped: { 'advert-bad-ttl': 3 }, complaints: {} },
};

const router: NonNullable<WorkerState['vrrp']> = {
  instances: [
    {
      ...{ name: 'VI "1"\\', state: 'MASTER', effectivePriority: 90, configuredPriority: 100, preempt: true },
      ...{ masterAdvertInterval: micros(1_000_000), skewTime: micros(1), faults: [], counters },
      ...{ masterDownInterval: micros(3_600_000), masterDownShare: { latest: 0.25, worst: 0.5 } },
      lastTransition: { from: 'BACKUP', to: 'MASTER', at: micros(2_000_000), cause: { code: 'x', text: '' } },
      transitions: [{ from: 'BACKUP', to: 'MASTER', cause: 'master-down-interval-passed', count: 1 }],
    },
  ],
  ...{ syncGroups: [{ name: 'G', state: 'BACKUP', members: [] }], processes: [], files: {}, bfd: {} },
  ...{
    scripts: [{ name: 'chk', state: 'up', run: 0, running: false }],
    unclaimedAdverts: { 'advert-unknown-vrid': 2 },
  },
};

function pool(servers: readonly { alive: boolean; weight: number; latency?: number }[], id = 'P'): PoolState {
  const realServers = servers.map(({ alive, weight, latency }, index) => ({
    ...{ id: `${id} ${index} ${weight}`, alive, weight, inhibitOnFailure: false },
    checkers: [
      {
        ...{ id: 'c', up: alive, hasRun: true, retries: 0 },
        ...(latency !== undefined && {
          latencies: [...LATENCY_BOUNDS, Infinity].map((bound, at) =>
            latency <= bound && latency > (LATENCY_BOUNDS[at - 1] ?? -1) ? 1 : 0,
          ),
          latencySum: micros(latency),
        }),
      },
    ],
  }));
  return {
    ...{ id, quorumUp: true, sorryServerInUse: false, sorryServerInhibit: false, suspended: false },
    realServers,
  };
}

function exposed(fill: (metrics: Metrics) => void): ReadonlyMap<string, Family> {
  const metrics = new Metrics(configuration, (at) => at + 1_000_000_000_000_000);
  fill(metrics);
  return readOpenMetrics(`${[...metrics.lines()].join('\n')}\n`);
}

/** The samples of a family as `suffix{labels} value`, without the family's name. */
const samples = (families: ReadonlyMap<string, Family>, name: string): readonly string[] =>
  (families.get(name)?.samples ?? []).map(({ name: sample, labels, value }) => {
    const inside = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
    return `${sample.slice(name.length)} ${inside.join(',')} ${value}`;
  });

const vrrp = (metrics: Metrics): void =>
  metrics.page('vrrp', { vrrp: router, lateness: { late: 4, worst: 2500 } }, true);

test('an instance: its state, its priorities, its counters, and how near a takeover was', () => {
  const families = exposed(vrrp);
  const instance = 'vrrp_instance=VI "1"\\';
  expect(samples(families, 'understudy_vrrp_state')).toEqual([
    ` ${instance},understudy_vrrp_state=INIT 0`,
    ` ${instance},understudy_vrrp_state=BACKUP 0`,
    ` ${instance},understudy_vrrp_state=MASTER 1`,
    ` ${instance},understudy_vrrp_state=FAULT 0`,
  ]);
  expect(samples(families, 'understudy_vrrp_instance')).toEqual([
    `_info ${instance},interface=eth0,family=inet,vrid=51,version=3 1`,
  ]);
  for (const [name, expected] of [
    ['understudy_vrrp_priority', ` ${instance} 90`],
    ['understudy_vrrp_configured_priority', ` ${instance} 100`],
    ['understudy_vrrp_adverts_sent', `_total ${instance} 5`],
    ['understudy_vrrp_adverts_received', `_total ${instance} 7`],
    ['understudy_vrrp_adverts_rejected', `_total ${instance},reason=advert-bad-ttl 3`],
    ['understudy_vrrp_adverts_unclaimed', '_total reason=advert-unknown-vrid 2'],
    ['understudy_vrrp_master_down_interval_seconds', ` ${instance} 3.6`],
    ['understudy_vrrp_master_down_used_ratio', ` ${instance} 0.25`],
    ['understudy_vrrp_master_down_used_worst_ratio', ` ${instance} 0.5`],
    ['understudy_vrrp_last_transition_time_seconds', ` ${instance} 1000000002`],
    ['understudy_timer_late', '_total worker=vrrp 4'],
    ['understudy_timer_lateness_worst_seconds', ' worker=vrrp 0.0025'],
    ['understudy_vrrp_script_up', ' script=chk 1'],
    ['understudy_worker_up', ' worker=vrrp 1'],
  ] as const) {
    expect([name, samples(families, name)]).toEqual([name, [expected]]);
  }
  expect(samples(families, 'understudy_vrrp_transitions')).toEqual([
    `_total ${instance},from=BACKUP,to=MASTER,cause=master-down-interval-passed 1`,
  ]);
});

test('a pool that lies on two pages is summed up', () => {
  const families = exposed((metrics) => {
    metrics.page('checkers', { pools: [pool([{ alive: true, weight: 3, latency: 400 }])] }, true);
    const rest = [
      { alive: false, weight: 1, latency: 99_000_000 },
      { alive: true, weight: 2 },
    ];
    metrics.page('checkers', { pools: [pool(rest), pool([], 'Q')] }, false);
  });
  expect(samples(families, 'understudy_pool_weight')).toEqual([' pool=P 5', ' pool=Q 0']);
  expect(samples(families, 'understudy_pool_quorum')).toEqual([' pool=P 2']);
  expect(samples(families, 'understudy_pool_real_servers')).toEqual([
    ...[' pool=P,state=alive 2', ' pool=P,state=dead 1'],
    ...[' pool=Q,state=alive 0', ' pool=Q,state=dead 0'],
  ]);
  expect(families.get('understudy_real_server_up')?.samples).toHaveLength(3);
  const histogram = samples(families, 'understudy_check_duration_seconds');
  expect(histogram).toContain('_bucket pool=P,le=0.00025 0');
  expect(histogram).toContain('_bucket pool=P,le=0.0005 1');
  expect(histogram).toContain('_bucket pool=P,le=10 1');
  expect(histogram.slice(-3)).toEqual([
    ...['_bucket pool=P,le=+Inf 2', '_count pool=P 2', '_sum pool=P 99.0004'],
  ]);
});

test('the daemon, its scripts, FIFOs and mails; a worker that does not answer is down', () => {
  const families = exposed((metrics) => {
    metrics.daemon({
      ...{ version: '0.1.0', startedAtMs: 1500, reloads: { accepted: 2, refused: 1 } },
      workers: [{ kind: 'vrrp', startedAt: micros(5_000_000), respawns: 3 }],
    });
    metrics.page('vrrp', undefined, true);
    const scriptRuns = [{ kind: 'track', script: 'chk', count: 2, sum: micros(500_000) }] as const;
    const fifos = [{ path: '/run/f', written: 9, waiting: 1, missed: 2 }];
    metrics.page('checkers', { scriptRuns, fifos, stalls: { count: 1, longest: 30_000 } }, true);
    metrics.page('alerts', { alerts: { mail: { waiting: 1, sent: 2, lost: 3, failures: 4 } } }, true);
  });
  for (const [name, expected] of [
    ['understudy_build', ['_info version=0.1.0 1']],
    ['understudy_start_time_seconds', ['  1.5']],
    ['understudy_reloads', ['_total result=accepted 2', '_total result=refused 1']],
    ['understudy_worker_respawns', ['_total worker=vrrp 3']],
    ['understudy_worker_up', [' worker=vrrp 0', ' worker=checkers 1', ' worker=alerts 1']],
    ['understudy_stalls', ['_total worker=checkers 1']],
    ['understudy_stall_longest_seconds', [' worker=checkers 0.03']],
    [
      'understudy_script_duration_seconds',
      ['_count worker=checkers,kind=track,script=chk 2', '_sum worker=checkers,kind=track,script=chk 0.5'],
    ],
    ['understudy_fifo_lines_written', ['_total worker=checkers,path=/run/f 9']],
    ['understudy_mail_alerts_waiting', ['  1']],
    ['understudy_mail_alerts_lost', ['_total  3']],
  ] as const) {
    expect([name, samples(families, name)]).toEqual([name, expected]);
  }
});

test('every family keeps the conventions: prefix, base units, no suffix of its samples', () => {
  for (const [name, { type, help }] of Object.entries(FAMILIES)) {
    expect(name).toMatch(/^understudy_[a-z0-9]+(_[a-z0-9]+)*$/);
    expect(name).not.toMatch(/_(total|info|count|sum|bucket|created|ms|millis|micros|percent)$/);
    expect(help).toMatch(/^[A-Z].*[^ ]\.$|\.$/);
    expect(type).not.toBe('');
  }
});

describe('the grammar that judges this', () => {
  const head = '# TYPE a counter\n# HELP a b\n';
  test.each([
    ['no end', `${head}a_total 1\n`],
    ['a counter without its suffix', `${head}a 1\n# EOF\n`],
    ['a family in two places', `${head}a_total 1\n# TYPE b gauge\n# HELP b b\nb 1\n${head}# EOF\n`],
    ['the same sample twice', `${head}a_total{x="1"} 1\na_total{x="1"} 2\n# EOF\n`],
    ['a quote that is not escaped', `${head}a_total{x="1"2"} 1\n# EOF\n`],
    ['a unit that the name lacks', '# TYPE a gauge\n# UNIT a seconds\n# HELP a b\na 1\n# EOF\n'],
    [
      'buckets that shrink',
      '# TYPE a histogram\n# HELP a b\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n# EOF\n',
    ],
    ['an empty line', `${head}\na_total 1\n# EOF\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});
