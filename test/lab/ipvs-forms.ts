// The table of virtual_server forms that the lab programs with keepalived and with Understudy.
// Real servers at .12 and ::12 are checked: they are the ones that fail and recover. All others always serve.

/** One form: what stands in the file before the reload, and after it. */
export interface Form {
  readonly name: string;
  readonly config: string;
  /** After the reload; undefined for no change, '' for nothing. */
  readonly after?: string;
  /** Where we differ from keepalived. */
  readonly differs?: Difference;
}

export interface Difference {
  readonly why: string;
  /** Its lines of the table are those that hold one of these. */
  readonly services: readonly string[];
  /** What they should be, at the stages at which they are not keepalived's. */
  readonly expected: Readonly<Partial<Record<Stage, readonly string[]>>>;
}

export const STAGES = ['started', 'failed', 'recovered', 'reloaded', 'stopped'] as const;
export type Stage = (typeof STAGES)[number];

/** Where all checks go, whatever the protocol of the service. */
const CHECK = 'TCP_CHECK {\nconnect_port 7000\nconnect_timeout 3\nretry 1\ndelay_before_retry 1\n}';

const block = (head: string, lines: readonly string[]): string => `${head} {\n${lines.join('\n')}\n}\n`;

interface ServerOptions {
  readonly port?: number | '';
  readonly lines?: string;
  readonly checked?: boolean;
}

const server = (address: string, { port = 80, lines = '', checked = true }: ServerOptions = {}): string =>
  block(`real_server ${address} ${port}`, [lines, checked && address.endsWith('12') ? CHECK : '']);

const pair = (options: ServerOptions = {}): readonly string[] => [
  server('10.0.0.11', options),
  server('10.0.0.12', options),
];
const pair6 = (options: ServerOptions = {}): readonly string[] => [
  server('2001:db8::11', options),
  server('2001:db8::12', options),
];

const PLAIN = ['delay_loop 5', 'lb_algo rr', 'lb_kind NAT', 'protocol TCP'];

/** With other lines in place of those of the same keyword. */
function lines(...changes: readonly string[]): readonly string[] {
  const changed = new Set(changes.map((line) => line.split(' ')[0]));
  return [
    ...PLAIN.filter((line) => !changed.has(line.split(' ')[0])),
    ...changes.filter((line) => line !== ''),
  ];
}

let count = 0;
/** A service of its own address for each form. */
function one(
  name: string,
  settings: readonly string[],
  servers: readonly string[] = pair(),
  more: Partial<Form> & {
    readonly family?: 'inet6';
    readonly port?: number;
    readonly then?: { readonly settings?: readonly string[]; readonly servers?: readonly string[] } | 'gone';
  } = {},
): Form {
  count += 1;
  const { family, port = 80, then, ...rest } = more;
  const address = family === 'inet6' ? `2001:db8:9::${count.toString(16)}` : `10.9.0.${count}`;
  const head = `virtual_server ${address} ${port}`;
  return {
    name,
    config: block(head, [...settings, ...servers]),
    ...(then && {
      after:
        then === 'gone' ? '' : block(head, [...(then.settings ?? settings), ...(then.servers ?? servers)]),
    }),
    ...rest,
  };
}

const six = { family: 'inet6' } as const;

const protocols: readonly Form[] = [
  one('TCP by NAT', lines()),
  one('TCP by NAT to another port', lines(), pair({ port: 8080 })),
  one('UDP by NAT', lines('protocol UDP')),
  one('SCTP by NAT', lines('protocol SCTP')),
  one('no protocol is UDP', ['delay_loop 5', 'lb_algo rr', 'lb_kind NAT']),
  one('no scheduler is wlc, no method is NAT', ['delay_loop 5', 'protocol TCP']),
  one('TCP over IPv6', lines(), pair6(), six),
  one('UDP over IPv6', lines('protocol UDP'), pair6(), six),
  one('SCTP over IPv6', lines('protocol SCTP'), pair6(), six),
  one('real servers without a port', lines(), pair({ port: '' })),
];

const forwarding: readonly Form[] = [
  one('DR', lines('lb_kind DR')),
  one('DR, UDP', lines('lb_kind DR', 'protocol UDP')),
  one('DR over IPv6', lines('lb_kind DR'), pair6(), six),
  one('DR takes the port of the service', lines('lb_kind DR'), pair({ port: 8080 })),
  one('lvs_method is lb_kind', lines('lb_kind NAT', 'lvs_method DR')),
  one('TUN', lines('lb_kind TUN')),
  one('TUN over IPv6', lines('lb_kind TUN'), pair6(), six),
  one('TUN type ipip', lines('lb_kind TUN type ipip')),
  one('GUE', lines('lb_kind TUN type gue port 6080')),
  one('GUE with checksums', lines('lb_kind TUN type gue port 6080 csum')),
  one('GUE with remote checksums', lines('lb_kind TUN type gue port 6081 remcsum')),
  one('GUE without checksums', lines('lb_kind TUN type gue port 6080 nocsum')),
  one('GUE over IPv6', lines('lb_kind TUN type gue port 6080'), pair6(), six),
  one('GRE', lines('lb_kind TUN type gre')),
  one('GRE with checksums', lines('lb_kind TUN type gre csum')),
  one('IPv6 servers behind IPv4', lines('lb_kind TUN'), pair6()),
  one('IPv4 servers behind IPv6', lines('lb_kind TUN type gue port 6080'), pair(), six),
  one('each server its own method', lines(), [
    server('10.0.0.11', { lines: 'lvs_method DR' }),
    server('10.0.0.12', { lines: 'lvs_method TUN type gre csum' }),
    server('10.0.0.13', { port: 8080, checked: false }),
  ]),
];

const SCHEDULERS = ['wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'mh', 'dh', 'fo', 'ovf', 'sed', 'nq'];

const scheduling: readonly Form[] = [
  ...SCHEDULERS.map((name) => one(`scheduler ${name}`, lines(`lb_algo ${name}`))),
  one('lvs_sched is lb_algo', lines('lb_algo rr', 'lvs_sched wlc')),
  one('sh-port', lines('lb_algo sh', 'sh-port')),
  one('sh-fallback', lines('lb_algo sh', 'sh-fallback')),
  one('sh-port and sh-fallback', lines('lb_algo sh', 'sh-port', 'sh-fallback')),
  one('mh-port', lines('lb_algo mh', 'mh-port')),
  one('mh-fallback', lines('lb_algo mh', 'mh-fallback')),
  one('flag-1', lines('flag-1')),
  one('flag-2 and flag-3', lines('flag-2', 'flag-3')),
  one('ops', lines('protocol UDP', 'ops')),
  one('ops is for UDP', lines('ops')),
  one('hashed', lines('lb_algo sh', 'hashed')),
];

const persistence: readonly Form[] = [
  one('persistence for as long as usual', lines('persistence_timeout')),
  one('persistence for 50 s', lines('persistence_timeout 50')),
  one('persistence of networks', lines('persistence_timeout 50', 'persistence_granularity 255.255.255.0')),
  one('granularity alone', lines('persistence_granularity 255.255.0.0')),
  one('granularity with holes', lines('persistence_timeout 50', 'persistence_granularity 255.0.255.0')),
  one(
    'persistence of networks of IPv6',
    lines('persistence_timeout 50', 'persistence_granularity 64'),
    pair6(),
    six,
  ),
  one('persistence by SIP', lines('protocol UDP', 'persistence_timeout 50', 'persistence_engine sip')),
  one('an engine without persistence', lines('protocol UDP', 'persistence_engine sip')),
  one('all ports', lines('lb_kind DR', 'persistence_timeout 300'), pair({ port: 0 }), { port: 0 }),
  one('all ports want persistence', lines('lb_kind DR'), pair({ port: 0 }), { port: 0 }),
];

const weights: readonly Form[] = [
  one('weights', lines('lb_algo wrr'), [
    server('10.0.0.11', { lines: 'weight 10' }),
    server('10.0.0.12', { lines: 'weight 20' }),
  ]),
  one('weight 0 and the largest', lines('lb_algo wrr'), [
    server('10.0.0.11', { lines: 'weight 0' }),
    server('10.0.0.12', { lines: 'weight 65535' }),
  ]),
  one('the usual weight', lines('weight 7'), [
    server('10.0.0.11'),
    server('10.0.0.12', { lines: 'weight 3' }),
  ]),
  one('thresholds', lines(), pair({ lines: 'uthreshold 100\nlthreshold 50' })),
  one('an upper threshold', lines(), pair({ lines: 'uthreshold 100' })),
  one('inhibit_on_failure', lines('inhibit_on_failure'), pair({ lines: 'weight 4' })),
  one('inhibit_on_failure of one server', lines(), [
    server('10.0.0.11'),
    server('10.0.0.12', { lines: 'inhibit_on_failure\nweight 3' }),
  ]),
  one('alpha', lines('alpha')),
  one('not checked', lines(), pair({ checked: false })),
];

const sorry: readonly Form[] = [
  one('a sorry server', lines('sorry_server 10.0.0.19 80'), [server('10.0.0.12')]),
  one('a sorry server on another port', lines('sorry_server 10.0.0.19 8080'), [server('10.0.0.12')]),
  one('an inhibited sorry server', lines('sorry_server 10.0.0.19 80', 'sorry_server_inhibit'), [
    server('10.0.0.12'),
  ]),
  one(
    'a sorry server by another method',
    lines('sorry_server 10.0.0.19 80', 'sorry_server_lvs_method TUN type gue port 6080'),
    [server('10.0.0.12')],
  ),
  one('quorum', lines('quorum 2', 'sorry_server 10.0.0.19 80'), pair()),
  one(
    'quorum and inhibit_on_failure',
    lines('quorum 2', 'inhibit_on_failure', 'sorry_server 10.0.0.19 80'),
    pair(),
  ),
  one(
    'hysteresis',
    lines('quorum 2', 'hysteresis 1', 'sorry_server 10.0.0.19 80'),
    pair({ lines: 'weight 2' }),
  ),
  one('a sorry server that is a real server', lines('sorry_server 10.0.0.12 80', 'quorum 2'), pair()),
];

let nextMark = 100;
function marked(name: string, settings: readonly string[], servers: readonly string[]): Form {
  nextMark += 1;
  return { name, config: block(`virtual_server fwmark ${nextMark}`, [...settings, ...servers]) };
}
const MARKED = lines('protocol TCP').filter((line) => !line.startsWith('protocol'));
const MARKED_DR = [...MARKED.filter((line) => line !== 'lb_kind NAT'), 'lb_kind DR'];
const MARKED_TUN = [...MARKED.filter((line) => line !== 'lb_kind NAT'), 'lb_kind TUN'];

const marks: readonly Form[] = [
  marked('a firewall mark, DR', MARKED_DR, pair({ port: '' })),
  marked('a firewall mark, NAT', MARKED, pair({ port: 8080 })),
  marked('a firewall mark, IPv6', MARKED_DR, pair6({ port: '' })),
  marked('a firewall mark of a family', ['ip_family inet6', ...MARKED_TUN], pair({ port: '' })),
  marked('a firewall mark takes no port without NAT', MARKED_DR, pair({ port: 80 })),
  marked('a firewall mark with persistence', [...MARKED_DR, 'persistence_timeout 60'], pair({ port: '' })),
  marked('a firewall mark with ops', [...MARKED_DR, 'ops'], pair({ port: '' })),
  {
    name: 'one mark in both families',
    config: [
      block('virtual_server fwmark 90', ['ip_family inet', ...MARKED_DR, ...pair({ port: '' })]),
      block('virtual_server fwmark 90', ['ip_family inet6', ...MARKED_DR, ...pair6({ port: '' })]),
    ].join(''),
  },
];

/** A group and the virtual_servers that serve it. */
function group(
  name: string,
  id: string,
  entries: readonly string[],
  servers: readonly (readonly string[])[],
  more: Partial<Form> & { readonly entriesAfter?: readonly string[] } = {},
): Form {
  const { entriesAfter, ...rest } = more;
  const text = (members: readonly string[]): string =>
    block(`virtual_server_group ${id}`, members) +
    servers.map((each) => block(`virtual_server group ${id}`, each)).join('');
  return {
    name,
    config: text(entries),
    ...(entriesAfter && { after: text(entriesAfter) }),
    ...rest,
  };
}

const groups: readonly Form[] = [
  group('a group of addresses', 'single', ['10.8.1.1 80', '10.8.1.2 443'], [[...lines(), ...pair()]], {
    entriesAfter: ['10.8.1.2 443', '10.8.1.3 80'],
    differs: {
      why: 'keepalived leaves services behind that a reload has taken out of a group, and those of groups at the stop',
      services: ['10.8.1.'],
      expected: {
        reloaded: [
          '-A -t 10.8.1.2:443 -s rr',
          '-A -t 10.8.1.3:80 -s rr',
          '-a -t 10.8.1.2:443 -r 10.0.0.11:80 -m -w 1',
          '-a -t 10.8.1.2:443 -r 10.0.0.12:80 -m -w 1',
          '-a -t 10.8.1.3:80 -r 10.0.0.11:80 -m -w 1',
          '-a -t 10.8.1.3:80 -r 10.0.0.12:80 -m -w 1',
        ],
        stopped: [],
      },
    },
  }),
  group(
    'a group without NAT has the port of each address',
    'ports',
    ['10.8.2.1 80', '10.8.2.2 443'],
    [[...lines('lb_kind DR'), ...pair({ port: '' })]],
  ),
  group('a group of a range', 'range', ['10.8.3.1-4 80'], [[...lines(), ...pair()]]),
  group('a group of a range of IPv6', 'range6', ['2001:db8:8::1-4 80'], [[...lines(), ...pair6()]]),
  group(
    'a group of TCP and UDP',
    'both',
    ['10.8.4.1 53'],
    [
      [...lines(), ...pair({ port: 53 })],
      [...lines('protocol UDP'), ...pair({ port: 53 })],
    ],
  ),
  group('a group of a mark', 'mark', ['fwmark 80'], [[...MARKED_DR, ...pair({ port: '' })]]),
  group(
    'a group of several marks',
    'marks',
    ['fwmark 81', 'fwmark 82'],
    [[...MARKED_DR, ...pair({ port: '' })]],
    {
      entriesAfter: ['fwmark 82', 'fwmark 83'],
      differs: {
        why: 'keepalived makes no service of a mark that a reload adds to a group, and leaves the other behind',
        services: ['-f 81 ', '-f 82 ', '-f 83 '],
        expected: {
          reloaded: [
            '-A -f 82 -s rr',
            '-A -f 83 -s rr',
            '-a -f 82 -r 10.0.0.11:0 -g -w 1',
            '-a -f 82 -r 10.0.0.12:0 -g -w 1',
            '-a -f 83 -r 10.0.0.11:0 -g -w 1',
            '-a -f 83 -r 10.0.0.12:0 -g -w 1',
          ],
          stopped: [],
        },
      },
    },
  ),
  group(
    'a group of marks and addresses',
    'mixed',
    ['10.8.5.1 80', 'fwmark 84'],
    [[...lines('lb_kind DR'), ...pair({ port: '' })]],
  ),
  group(
    'a group with persistence',
    'sticky',
    ['10.8.6.1 80', '10.8.6.2 0'],
    [[...lines('lb_kind DR'), ...pair({ port: '' })]],
  ),
  group(
    'a group with thresholds and weights',
    'heavy',
    ['10.8.7.1 80'],
    [[...lines('lb_algo wrr'), ...pair({ lines: 'weight 5\nuthreshold 9' })]],
  ),
  group(
    'a group that inhibits',
    'inhibited',
    ['10.8.8.1 80'],
    [[...lines('inhibit_on_failure'), ...pair({ lines: 'weight 5' })]],
  ),
];

const granular = (both: boolean): readonly string[] => [
  '-A -f 86 -s rr -p 50 -M 255.255.255.0',
  '-A -t 10.8.10.1:80 -s rr -p 50 -M 255.255.255.0',
  '-a -f 86 -r 10.0.0.11:0 -g -w 1',
  '-a -t 10.8.10.1:80 -r 10.0.0.11:80 -g -w 1',
  ...(both ? ['-a -f 86 -r 10.0.0.12:0 -g -w 1', '-a -t 10.8.10.1:80 -r 10.0.0.12:80 -g -w 1'] : []),
];

/** Of a group whose members all lead into tunnels, both families may be served. */
const tunnelled: readonly Form[] = [
  group(
    'a group of both families, by tunnels',
    'families',
    ['10.8.9.1 80', '2001:db8:8:9::1 80', 'fwmark 85 inet', 'fwmark 85 inet6'],
    [[...lines('lb_kind TUN'), ...pair({ port: '' }), server('2001:db8::11', { port: '' })]],
    {
      differs: {
        why: 'keepalived leaves the service of a mark for IPv6 behind at the stop',
        services: ['-f 85 '],
        expected: { stopped: [] },
      },
    },
  ),
  group(
    'a group of networks that persist',
    'granular',
    ['10.8.10.1 80', 'fwmark 86'],
    [
      [
        ...lines('lb_kind DR', 'persistence_timeout 50', 'persistence_granularity 255.255.255.0'),
        ...pair({ port: '' }),
      ],
    ],
    {
      differs: {
        why: 'keepalived forgets persistence_granularity of groups',
        services: ['10.8.10.1', '-f 86 '],
        expected: Object.fromEntries(
          (['started', 'failed', 'recovered', 'reloaded'] as const).map((stage) => [
            stage,
            granular(stage !== 'failed'),
          ]),
        ),
      },
    },
  ),
];

/** What a reload does to services. */
const reloads: readonly Form[] = [
  one('a reload changes a weight', lines('lb_algo wrr'), pair({ lines: 'weight 2' }), {
    then: {
      servers: [server('10.0.0.11', { lines: 'weight 9' }), server('10.0.0.12', { lines: 'weight 2' })],
    },
  }),
  one('a reload changes the scheduler', lines(), pair(), { then: { settings: lines('lb_algo sed') } }),
  one('a reload changes flags', lines('lb_algo sh'), pair(), {
    then: { settings: lines('lb_algo sh', 'sh-port') },
  }),
  one('a reload adds persistence', lines(), pair(), { then: { settings: lines('persistence_timeout 70') } }),
  one('a reload changes granularity', lines('persistence_timeout 70'), pair(), {
    then: { settings: lines('persistence_timeout 70', 'persistence_granularity 255.255.255.0') },
  }),
  one('a reload changes the method', lines(), pair(), {
    then: { settings: lines('lb_kind DR') },
  }),
  one('a reload changes the tunnel', lines('lb_kind TUN type gue port 6080'), pair(), {
    then: { settings: lines('lb_kind TUN type gue port 6082 csum') },
  }),
  one('a reload adds a server', lines(), pair(), {
    then: { servers: [...pair(), server('10.0.0.13', { checked: false })] },
  }),
  one('a reload takes a server away', lines(), [...pair(), server('10.0.0.13', { checked: false })], {
    then: { servers: pair() },
  }),
  {
    name: 'a reload changes thresholds',
    config: block('virtual_server 10.9.1.2 80', [...lines(), ...pair({ lines: 'uthreshold 100' })]),
    after: block('virtual_server 10.9.1.2 80', [
      ...lines(),
      ...pair({ lines: 'uthreshold 200\nlthreshold 20' }),
    ]),
    differs: {
      why: 'keepalived changes a threshold only together with something else',
      services: ['10.9.1.2:80'],
      expected: {
        reloaded: [
          '-A -t 10.9.1.2:80 -s rr',
          '-a -t 10.9.1.2:80 -r 10.0.0.11:80 -m -w 1',
          '-a -t 10.9.1.2:80 -r 10.0.0.12:80 -m -w 1',
          'TCP 10.9.1.2:80 10.0.0.11:80 thresholds 200 20',
          'TCP 10.9.1.2:80 10.0.0.12:80 thresholds 200 20',
        ],
      },
    },
  },
  one('a reload takes the service away', lines(), pair(), { then: 'gone' }),
  one('a reload adds a sorry server', lines('quorum 2'), pair(), {
    then: { settings: lines('quorum 2', 'sorry_server 10.0.0.19 80') },
  }),
  {
    name: 'a reload adds the service',
    config: '',
    after: block('virtual_server 10.9.1.1 80', [...lines(), ...pair()]),
  },
];

/** Its weight tells that a reload has been carried out to its end. */
const sentinel = (weight: number): string =>
  block('virtual_server 10.9.9.9 9', [
    ...PLAIN,
    server('10.0.0.19', { port: 9, checked: false, lines: `weight ${weight}` }),
  ]);
const SENTINEL: Form = {
  name: 'the last service of the file',
  config: sentinel(1),
  after: sentinel(77),
};

export const FORMS: readonly Form[] = [
  ...protocols,
  ...forwarding,
  ...scheduling,
  ...persistence,
  ...weights,
  ...sorry,
  ...marks,
  ...groups,
  ...tunnelled,
  ...reloads,
  SENTINEL,
];

export const GLOBAL = block('global_defs', ['router_id lab']);

/** The whole file, before or after the reload. */
export const configuration = (after: boolean): string =>
  GLOBAL + FORMS.map(({ config, after: changed }) => (after ? (changed ?? config) : config)).join('\n');
