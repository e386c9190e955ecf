import { parseIpAddress, type IpAddress, type IpPrefix } from '#base/address.js';
import {
  compareRouting,
  isReportOf,
  isSameRule,
  planRouting,
  planRoutingRemoval,
  without,
  type DesiredRoute,
  type DesiredRule,
} from '#net/index.js';
import { type RouteReport } from '#wire/netlink/fib-route.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;
const prefix = (text: string): IpPrefix => {
  const [address = '', length] = text.split('/');
  return { address: ip(address), length: Number(length) };
};

const route = (destination: string, more: Partial<DesiredRoute> = {}): DesiredRoute => ({
  family: destination.includes(':') ? 'inet6' : 'inet',
  type: 'unicast',
  destination: prefix(destination),
  interface: 'eth0',
  table: 254,
  protocol: 18,
  onlink: false,
  metrics: {},
  locked: [],
  ecn: false,
  placement: 'prepend',
  nexthops: [],
  noTrack: false,
  ...more,
});

const rule = (priority: number, more: Partial<DesiredRule> = {}): DesiredRule => ({
  family: 'inet',
  action: 'table',
  invert: false,
  l3mdev: false,
  table: 100,
  priority,
  protocol: 18,
  noTrack: false,
  ...more,
});

const indices = new Map([
  ['eth0', 2],
  ['eth1', 3],
]);
const [A, B] = [route('10.1.0.0/16'), route('10.2.0.0/16')];
const [R, S] = [rule(500), rule(501)];

describe('installing routes and rules', () => {
  test('routes before rules, in file order; removed in the opposite order', () => {
    const says = ({ steps }: ReturnType<typeof planRouting>) =>
      steps.map((step) =>
        'route' in step
          ? `${step.command.kind} ${step.route.destination?.address ?? ''}`
          : `${step.command.kind} ${step.rule.priority}`,
      );
    const all = { routes: [A, B], rules: [R, S] };
    expect(says(planRouting(all, indices))).toEqual(['add 10.1.0.0', 'add 10.2.0.0', 'add 500', 'add 501']);
    expect(says(planRoutingRemoval(all, indices))).toEqual([
      'remove 500',
      'remove 501',
      'remove 10.1.0.0',
      'remove 10.2.0.0',
    ]);
  });

  test.each([
    ['prepend', 'prepend'],
    ['append', 'append'],
    ['add', 'exclusive'],
  ] as const)('%s', (placement, expected) =>
    expect(
      planRouting({ routes: [route('10.1.0.0/16', { placement })], rules: [] }, indices).steps[0]?.command,
    ).toMatchObject({
      kind: 'add',
      placement: expected,
      route: { outputInterface: 2 },
    }),
  );

  test('a route over an interface that does not exist is told apart', () => {
    const lost = route('10.1.0.0/16', { interface: 'eth9' });
    const hop = route('10.2.0.0/16', { nexthops: [{ interface: 'eth9', onlink: false }] });
    expect(planRouting({ routes: [lost, hop, B], rules: [] }, indices)).toMatchObject({
      steps: [{ route: B }],
      impossible: [lost, hop],
    });
    expect(planRoutingRemoval({ routes: [lost], rules: [] }, indices).steps).toEqual([]);
  });
});

describe('a reload', () => {
  test('leaves alone what stays', () =>
    expect(compareRouting({ routes: [A], rules: [R] }, { routes: [{ ...A }], rules: [{ ...R }] })).toEqual({
      gone: { routes: [], rules: [] },
      changed: [],
    }));

  test('no_track and where it goes among others are nothing that the kernel has', () =>
    expect(
      compareRouting(
        { routes: [A], rules: [R] },
        {
          routes: [{ ...A, noTrack: true, placement: 'append' }],
          rules: [{ ...R, noTrack: true }],
        },
      ),
    ).toEqual({ gone: { routes: [], rules: [] }, changed: [] }));

  test('takes away what goes, and changes options in place', () => {
    const larger = { ...A, metrics: { mtu: 1400 } };
    expect(compareRouting({ routes: [A, B], rules: [R, S] }, { routes: [larger], rules: [S] })).toEqual({
      gone: { routes: [B], rules: [R] },
      changed: [{ from: A, to: larger }],
    });
  });

  test('another way is another route', () => {
    const other = { ...A, interface: 'eth1' };
    expect(compareRouting({ routes: [A], rules: [] }, { routes: [other], rules: [] }).gone.routes).toEqual([
      A,
    ]);
  });

  test('what another holder has as well stays', () =>
    expect(without({ routes: [A, B], rules: [R] }, [{ routes: [{ ...B }], rules: [{ ...R }] }])).toEqual({
      routes: [A],
      rules: [],
    }));
});

describe('whom a report speaks of', () => {
  const toAll: RouteReport = {
    family: 'inet',
    type: 'unicast',
    outputInterface: 2,
    table: 254,
    protocol: 18,
    tos: 0,
    metric: 0,
  };
  const report: RouteReport = { ...toAll, destination: prefix('10.1.0.0/16') };

  test('the route itself', () => expect(isReportOf(report, A, indices)).toBe(true));

  test.each<[string, Partial<RouteReport>]>([
    ['destination', { destination: prefix('10.1.0.0/17') }],
    ['table', { table: 100 }],
    ['metric', { metric: 5 }],
    ['tos', { tos: 8 }],
    ['interface', { outputInterface: 3 }],
    ['protocol', { protocol: 4 }],
    ['type', { type: 'throw' }],
  ])('another %s is another route', (_, change) =>
    expect(isReportOf({ ...report, ...change }, A, indices)).toBe(false),
  );

  test('another gateway is another route, where the file names one', () => {
    const gateway = route('10.1.0.0/16', { via: ip('10.0.0.1') });
    expect(isReportOf({ ...report, via: ip('10.0.0.1') }, gateway, indices)).toBe(true);
    expect(isReportOf({ ...report, via: ip('10.0.0.2') }, gateway, indices)).toBe(false);
    expect(isReportOf({ ...report, via: ip('10.0.0.2') }, A, indices)).toBe(true);
  });

  test('IPv6 without a metric has 1024, and no bits behind its prefix (keepalived 2.4.3 misses these)', () => {
    const six = route('fd01::5/48');
    const reported = { ...toAll, family: 'inet6', destination: prefix('fd01::/48'), metric: 1024 } as const;
    expect(isReportOf(reported, six, indices)).toBe(true);
  });

  test('the default route', () => {
    const everything = { ...A, destination: prefix('0.0.0.0/0') };
    expect(isReportOf(toAll, everything, indices)).toBe(true);
    expect(isReportOf(report, everything, indices)).toBe(false);
  });

  test('a rule, with everything that matches all left out by the kernel', () => {
    const told = R;
    const open = rule(500, { from: prefix('0.0.0.0/0'), fwmask: 0xffff_ffff, tunnelId: '0', realms: 0 });
    expect(isSameRule(told, R)).toBe(true);
    expect(isSameRule(told, open)).toBe(true);
    expect(isSameRule(told, S)).toBe(false);
    expect(isSameRule({ ...told, protocol: 4 }, R)).toBe(false);
  });
});
