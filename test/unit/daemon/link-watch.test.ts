import { InterfaceView } from '#daemon/interface-view.js';
import { LinkWatch } from '#daemon/link-watch.js';
import { modelOf } from '../config/passes-parts.js';
import { linkNamed } from '../net/fake-link.js';

const instance = (lines: string): string =>
  `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n ${lines}\n virtual_ipaddress {\n192.0.2.9/24\n }\n}\n`;

/** What is said when the configuration is taken in, and when eth0 then flickers. */
function logOf(
  text: string,
  more: Parameters<typeof linkNamed>[2] = {},
  flickers = 'eth0',
): readonly string[] {
  const log: string[] = [];
  const view = new InterfaceView();
  view.load([linkNamed('eth0', 2, more), linkNamed('eth1', 3)], []);
  const watch = new LinkWatch(
    (name) => (name === 'vrrp.51' ? 'eth0' : undefined),
    () => undefined,
    { info: (line) => void log.push(line), detail: (line) => void log.push(`-D ${line}`) },
  );
  watch.configure(modelOf(text), view);
  for (const up of [true, false]) {
    const { up: counts } = watch.judge(linkNamed(flickers, 2, { adminUp: up }));
    log.push(`counts as ${counts ? 'up' : 'down'}`);
  }
  watch.close();
  return log;
}

describe('interface_up_down_delays', () => {
  const delays = (lines: string): string => `interface_up_down_delays {\n${lines}\n}\n`;

  test('keep an interface up for a while; a VMAC on it as well', () => {
    const text = delays('eth0 1 2') + instance('');
    expect(logOf(text).at(-1)).toBe('counts as up');
    expect(logOf(text, {}, 'vrrp.51').at(-1)).toBe('counts as up');
    expect(logOf(text, {}, 'eth1').at(-1)).toBe('counts as down');
  });

  test('are cut to what the backups wait', () => {
    const [said, , delayed] = logOf(delays('eth0 10 10') + instance(''));
    expect(said).toBe('VI_1: interface eth0 debounce timer(s) not less that 2 * advert_int - resetting');
    // 2 s less a 256th of the interval.
    expect(delayed).toContain('delay by 1996093');
  });

  test('are none where one missed advert is enough', () => {
    const log = logOf(delays('eth0 1 1') + instance('down_timer_adverts 1'));
    expect(log).toEqual([
      'VI_1: cannot use debounce timers with down_timer_adverts = 1 - resetting',
      'counts as up',
      'counts as down',
    ]);
  });
});

describe('linkbeat polling is turned off', () => {
  const beat = (name: string): string => `linkbeat_interfaces {\n${name}\n}\n`;

  test('for interfaces that nobody tracks', () =>
    expect(logOf(beat('eth1') + instance(''))[0]).toBe(
      'Turning off linkbeat for eth1 since not used for tracking',
    ));

  test('for macvlans and ipvlans, which netlink always tells of', () =>
    expect(logOf(beat('eth0') + instance(''), { kind: 'macvlan' })[0]).toBe(
      'Turning off linkbeat for eth0 since netlink works for vmacs/ipvlans',
    ));
});

test('interfaces that come, go and change their names are told of', () => {
  const log: string[] = [];
  const view = new InterfaceView();
  view.load([linkNamed('eth0', 2), linkNamed('eth1', 3)], []);
  const watch = new LinkWatch(
    (name) => (name === 'vrrp.51' ? 'eth0' : undefined),
    () => undefined,
    { info: (line) => void log.push(line), detail: (line) => void log.push(`-D ${line}`) },
  );
  watch.configure(modelOf(instance('')), view);
  const link = (name: string, index: number) => ({ type: 'link', link: linkNamed(name, index) }) as const;
  const gone = (name: string, index: number) => ({ ...link(name, index), type: 'link-gone' }) as const;
  watch.report([link('eth0', 2), link('vrrp.51', 4), link('vrrp.51', 4), link('lan1', 3)], view);
  watch.report([link('vrrp.51', 4), gone('vrrp.51', 4), gone('eth0', 2), gone('eth1', 3)], view);
  expect(log).toEqual([
    '-D Interface vrrp.51 added',
    'Interface name has changed from eth1 to lan1',
    '-D Interface vrrp.51 added',
    'Interface vrrp.51 deleted',
    'Interface eth0 deleted',
    '-D Interface eth1 deleted',
  ]);
});

test.each([
  ['linkbeat_interfaces', `linkbeat_interfaces {\neth0 IOCTL\n}\n${instance('')}`],
  ['linkbeat_use_polling', `linkbeat_use_polling\n${instance('')}`],
  ['linkbeat_use_polling of an instance', instance('linkbeat_use_polling')],
])('%s: the driver is asked, whatever netlink tells', (_, text) => {
  const log = logOf(text);
  expect(log[0]).toBe('Using MII-BMSR/ETHTOOL NIC polling thread(s)...');
  // There is no eth0 on the machine that runs this test, or it is as it is: both answers are one.
  expect(new Set(log.slice(1)).size).toBe(1);
});
