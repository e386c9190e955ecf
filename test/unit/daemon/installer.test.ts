import { err, ok, type Result } from '#base/result.js';
import { Installer } from '#daemon/installer.js';
import { InterfaceView } from '#daemon/interface-view.js';
import { errnoOf, KernelError } from '#kernel/kernel-error.js';
import { type NetCommand, type Outcome } from '#kernel/net-command.js';
import { type InterfaceFact } from '#kernel/rtnetlink.js';
import { type RouteReport } from '#wire/netlink/fib-route.js';
import { type Link } from '#wire/netlink/link.js';
import { modelOf } from '../config/passes-parts.js';

const OUR_PORT = 7;
const machine = { interfaces: ['eth0', 'eth1'] };

/** A kernel with two interfaces, as far as the installer sees it: it holds what it is told to. */
class Rig {
  readonly told: string[] = [];
  readonly log: string[] = [];
  private readonly holds = new Set<string>();
  private readonly facts: InterfaceFact[] = [];
  private readonly view = new InterfaceView();
  readonly installer: Installer;
  refuses: (command: NetCommand) => boolean = () => false;

  constructor(lines: string, statics = '') {
    this.view.load([link('eth0', 2), link('eth1', 3)], []);
    const say = (text: string): void => void this.log.push(text);
    this.installer = new Installer(share(lines, statics), this.view, {
      apply: (commands) => commands.map((command) => this.obey(command)),
      drain: () => this.facts.splice(0),
      facts: (facts) => this.hear(facts as readonly InterfaceFact[]),
      port: OUR_PORT,
      log: { detail: say, info: say, error: say },
    });
  }

  reload(lines: string, statics = ''): void {
    this.installer.setShare(share(lines, statics));
    this.installer.reconcile();
    this.installer.settle();
  }

  /** What was told since this was asked last. */
  news(): readonly string[] {
    return this.told.splice(0);
  }

  /** Somebody else takes something away. */
  rob(...texts: readonly string[]): void {
    for (const text of texts) if (!this.holds.delete(text)) throw new Error(`${text} is not there`);
  }

  hear(facts: readonly InterfaceFact[]): void {
    this.view.apply(facts, (gone) => this.installer.isOurDoing(gone));
    this.installer.interfacesChanged(facts);
    this.installer.settle();
  }

  private obey(command: NetCommand): Result<Outcome, KernelError> {
    if (this.refuses(command)) return err(new KernelError('refused', errnoOf('EINVAL')));
    const text = nameOf(command);
    this.told.push(`${command.kind} ${text}`);
    const held = this.holds.has(text);
    if (command.kind === 'remove') this.holds.delete(text);
    else this.holds.add(text);
    if ('address' in command) {
      this.facts.push({
        type: command.kind === 'remove' ? 'address-gone' : 'address',
        address: command.address,
      });
    }
    return ok(held === (command.kind === 'remove') || command.kind === 'replace' ? 'done' : 'as-it-was');
  }
}

const nameOf = (command: NetCommand): string =>
  'address' in command
    ? command.address.address
    : 'route' in command
      ? (command.route.destination?.address ?? 'default')
      : `rule ${command.rule.priority}`;

const share = (lines: string, statics: string) =>
  modelOf(`${statics}\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n${lines}\n}\n`, machine);

const link = (name: string, index: number): Link => ({
  index,
  name,
  flags: 0,
  adminUp: true,
  running: true,
  hardwareType: 1,
  hardwareAddress: new Uint8Array(6),
  mtu: 1500,
  operState: 6,
});

const all = `virtual_ipaddress {\n192.0.2.100/24\n}
virtual_ipaddress_excluded {\n192.0.2.101/24\n}
virtual_routes {\n10.1.0.0/16 dev eth0\n10.2.0.0/16 dev eth0 no_track\n}
virtual_rules {\nfrom 10.1.0.0/16 table 100 priority 500\n}`;
const statics = `static_ipaddress {\n198.51.100.7/24 dev eth1\n}
static_routes {\n10.20.0.0/16 dev eth1\n}
static_rules {\nfrom 10.20.0.0/16 table 9 priority 700\n}`;

const report: RouteReport = {
  family: 'inet',
  type: 'unicast',
  destination: { address: '10.1.0.0' as never, length: 16 },
  outputInterface: 2,
  table: 254,
  protocol: 18,
  tos: 0,
  metric: 0,
};

describe('what moves with an instance', () => {
  test('addresses, routes, rules; removed rules first, with words for each', () => {
    const rig = new Rig(all);
    rig.installer.install('VI_1');
    rig.installer.remove('VI_1');
    expect(rig.told).toEqual([
      'add 192.0.2.100',
      'add 192.0.2.101',
      'add 10.1.0.0',
      'add 10.2.0.0',
      'add rule 500',
      'remove rule 500',
      'remove 10.1.0.0',
      'remove 10.2.0.0',
      'remove 192.0.2.101',
      'remove 192.0.2.100',
    ]);
    expect(rig.log).toEqual([
      '(VI_1) setting VIPs.',
      '(VI_1) setting E-VIPs.',
      '(VI_1) setting Virtual Routes',
      '(VI_1) setting Virtual Rules',
      '(VI_1) removing Virtual Rules',
      '(VI_1) removing Virtual Routes',
      '(VI_1) removing VIPs.',
      '(VI_1) removing E-VIPs.',
    ]);
  });

  test('a route that somebody else removes is lost to its instance; our own doing, no_track and strangers are not', () => {
    const rig = new Rig(all);
    rig.installer.install('VI_1');
    const gone = (change: Partial<RouteReport> = {}, port = 99) =>
      rig.installer.routingGone([{ type: 'route-gone', route: { ...report, ...change }, port }]);
    expect(gone()).toEqual([{ type: 'RouteLost', instance: 'VI_1', text: 'route 10.1.0.0/16 dev eth0' }]);
    expect(gone({}, OUR_PORT)).toEqual([]);
    expect(gone({ destination: { address: '10.2.0.0' as never, length: 16 } })).toEqual([]);
    expect(gone({ table: 7 })).toEqual([]);
    rig.installer.remove('VI_1');
    expect(gone()).toEqual([]);
  });

  test('a reload takes away, changes in place and adds, and asks the kernel for what stays', () => {
    const rig = new Rig(all);
    rig.installer.install('VI_1');
    rig.news();
    rig.reload(
      `virtual_ipaddress {\n192.0.2.100/24\n}
virtual_routes {\n10.1.0.0/16 dev eth0 mtu 1400\n10.3.0.0/16 dev eth0\n}
virtual_rules {\nfrom 10.1.0.0/16 table 100 priority 501\n}`,
    );
    expect(rig.news()).toEqual([
      'remove rule 500',
      'remove 10.2.0.0',
      'replace 10.1.0.0',
      'remove 192.0.2.101',
      'add 10.1.0.0',
      'add 10.3.0.0',
      'add rule 501',
    ]);
  });

  test('a route that cannot be replaced is removed, and added with the others', () => {
    const rig = new Rig('virtual_routes {\n10.1.0.0/16 dev eth0\n}');
    rig.installer.install('VI_1');
    rig.news();
    rig.refuses = (command) => command.kind === 'replace';
    rig.reload('virtual_routes {\n10.1.0.0/16 dev eth0 mtu 1400\n}');
    expect(rig.news()).toEqual(['remove 10.1.0.0', 'add 10.1.0.0']);
  });

  test('a master that a reload gives its first routes installs them', () => {
    const rig = new Rig('virtual_ipaddress {\n192.0.2.100/24\n}');
    rig.installer.install('VI_1');
    rig.news();
    rig.reload('virtual_ipaddress {\n192.0.2.100/24\n}\nvirtual_routes {\n10.1.0.0/16 dev eth0\n}');
    expect(rig.news()).toEqual(['add 10.1.0.0']);
  });

  test('nobody listens to what nobody tracks', () => {
    const { routes, rules } = new Rig('virtual_routes {\n10.1.0.0/16 dev eth0 no_track\n}').installer.watched;
    expect([...routes, ...rules]).toEqual([]);
    expect([...new Rig(all).installer.watched.routes]).toEqual(['inet']);
  });
});

describe('what stands while the daemon runs', () => {
  test('comes back when somebody else removes it, and goes at the end', () => {
    const rig = new Rig('', statics);
    rig.installer.installStatics();
    rig.installer.settle();
    expect(rig.news()).toEqual(['add 198.51.100.7', 'add 10.20.0.0', 'add rule 700']);
    rig.rob('10.20.0.0');
    rig.installer.routingGone([
      {
        type: 'route-gone',
        route: { ...report, destination: { address: '10.20.0.0' as never, length: 16 }, outputInterface: 3 },
        port: 99,
      },
    ]);
    expect(rig.log).toEqual(['Restoring deleted static route 10.20.0.0/16 dev eth1']);
    rig.news();
    rig.installer.removeStatics();
    rig.installer.settle();
    expect(rig.news()).toEqual(['remove rule 700', 'remove 10.20.0.0', 'remove 198.51.100.7']);
    expect(rig.log).toHaveLength(1);
  });

  test('no_track: nobody gives it back', () => {
    const rig = new Rig('', 'static_routes {\n10.1.0.0/16 dev eth0 no_track\n}');
    rig.installer.installStatics();
    rig.rob('10.1.0.0');
    expect(rig.installer.routingGone([{ type: 'route-gone', route: report, port: 99 }])).toEqual([]);
    expect(rig.log).toEqual([]);
  });

  test('what the kernel dropped with its interface comes back with it', () => {
    const rig = new Rig('', statics);
    rig.installer.installStatics();
    rig.installer.settle();
    rig.rob('10.20.0.0');
    rig.news();
    rig.hear([{ type: 'link', link: { ...link('eth1', 3), running: false } }]);
    expect(rig.news()).toEqual([]);
    rig.hear([{ type: 'link', link: link('eth1', 3) }]);
    expect(rig.log).toEqual(['Restoring deleted static route 10.20.0.0/16 dev eth1']);
  });
});
