import { type InstanceSettings } from '#vrrp/index.js';
import { bare, codesOf, globals, instance, judge, modelOf, script, secure } from './passes-parts.js';

const only = (text: string): InstanceSettings => {
  const [settings] = modelOf(text).vrrp.instances;
  if (!settings) throw new Error('no instance');
  return settings;
};
const addresses = (...lines: readonly string[]): string => `virtual_ipaddress {\n${lines.join('\n')}\n}`;

describe('vrrp_instance', () => {
  test('takes its defaults where it says nothing', () => {
    expect(only(instance('VI_1', 51))).toEqual({
      name: 'VI_1',
      family: 'inet',
      version: 2,
      vrid: 51,
      interface: 'eth0',
      initialState: 'BACKUP',
      priority: 100,
      advertInterval: 1_000_000,
      preempt: true,
      preemptDelay: 0,
      transport: { kind: 'multicast', group: '224.0.0.18' },
      authentication: { type: 'none' },
      addresses: [{ address: '192.0.2.51', interface: 'eth0', advertised: true }],
      garp: {
        masterDelay: 5_000_000,
        masterRepeat: 5,
        masterRefresh: 0,
        masterRefreshRepeat: 1,
        lowerPriorityDelay: 5_000_000,
        lowerPriorityRepeat: 5,
        extraInterval: 0,
        extraAddresses: [],
      },
      downTimerAdverts: 3,
      trackInterfaces: [],
      trackScripts: [],
      trackFiles: [],
      trackProcesses: [],
      trackBfd: [],
      dontTrackPrimary: false,
      lowerPriorityNoAdvert: false,
      higherPrioritySendAdvert: false,
      skipCheckAdvertAddresses: false,
      checksumAsV2: false,
      ownerIgnoresAdverts: false,
      configFaults: [],
    });
  });

  test('has the family of its first address, and leaves out those of the other', () => {
    const { family, version, addresses: kept } = only(bare('VI_1', 51, addresses('fe80::1', '192.0.2.51')));
    expect([family, version, kept.map(({ address }) => address)]).toEqual(['inet6', 3, ['fe80::1']]);
  });

  test('lists the excluded addresses behind the others, of either family', () => {
    const excluded = 'virtual_ipaddress_excluded {\n2001:db8::1\n192.0.2.52 dev eth1\n}\n';
    expect(only(bare('VI_1', 51, excluded + addresses('192.0.2.51'))).addresses).toEqual([
      { address: '192.0.2.51', interface: 'eth0', advertised: true },
      { address: '2001:db8::1', interface: 'eth0', advertised: false },
      { address: '192.0.2.52', interface: 'eth1', advertised: false },
    ]);
  });

  test('derives priority from state, and state from priority', () => {
    const standing = (lines: string): unknown => {
      const { initialState, priority } = only(instance('VI_1', 51, lines));
      return [initialState, priority];
    };
    expect(standing('state MASTER')).toEqual(['MASTER', 255]);
    expect(standing('state BACKUP')).toEqual(['BACKUP', 100]);
    expect(standing('priority 255')).toEqual(['MASTER', 255]);
    expect(standing('state MASTER\npriority 150')).toEqual(['MASTER', 150]);
  });

  test('has the first 8 bytes of its password', () => {
    const password = (word: string) =>
      only(instance('VI_1', 51, `authentication {\nauth_type PASS\nauth_pass ${word}\n}`)).authentication;
    expect(password('12345678')).toEqual({ type: 'pass', password: '12345678' });
    expect(password('123456789')).toEqual({ type: 'pass', password: '12345678' });
  });

  test('rounds the interval that its version cannot express', () => {
    expect(only(instance('VI_1', 51, 'advert_int 0.5')).advertInterval).toBe(1_000_000);
    expect(only(instance('VI_1', 51, 'version 3\nadvert_int 0.5')).advertInterval).toBe(500_000);
    expect(only(instance('VI_1', 51, 'version 3\nadvert_int 40.96')).advertInterval).toBe(40_950_000);
  });

  test('needs no interface with unicast_src_ip and unicast_peer', () => {
    const text = `vrrp_instance VI_1 {\nvirtual_router_id 51\nunicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n}\n${addresses('192.0.2.51 dev eth0')}\n}\n`;
    expect(only(text)).toMatchObject({
      interface: '',
      transport: { kind: 'unicast', source: '192.0.2.1', peers: [{ address: '192.0.2.2' }], ttl: 255 },
    });
  });

  test('takes from global_defs what it does not say itself, wherever global_defs stands', () => {
    const text = instance('VI_1', 51) + globals('vrrp_garp_master_repeat 2\nvrrp_version 3');
    expect(only(text)).toMatchObject({ version: 3, garp: { masterRepeat: 2 } });
    expect(only(instance('VI_1', 51, 'garp_master_repeat 7') + text.replaceAll('51', '52'))).toMatchObject({
      garp: { masterRepeat: 7 },
    });
  });

  test('of two with one name the second is left out', () => {
    const { configuration, exitCode } = judge(instance('VI_1', 51) + instance('VI_1', 52));
    expect(configuration?.vrrp.instances.map(({ vrid }) => vrid)).toEqual([51]);
    expect(exitCode).toBe(5);
  });
});

describe('strict mode', () => {
  test('keeps to the RFC', () => {
    const strict = only(
      instance('VI_1', 51, 'strict_mode\nstate MASTER\npriority 100\ndown_timer_adverts 5'),
    );
    expect([strict.initialState, strict.downTimerAdverts]).toEqual(['BACKUP', 3]);
  });

  test('refuses unicast peers where the interface can do multicast', () => {
    const text = instance('VI_1', 51, 'strict_mode\nunicast_peer {\n192.0.2.2\n}');
    const { configuration, exitCode } = judge(text);
    expect([configuration, exitCode]).toEqual([undefined, 5]);
  });
});

describe('tracking', () => {
  const track = instance('VI_1', 51, 'track_script {\nchk weight -20\n}');

  test('finds scripts above only', () => {
    expect(only(secure + script('chk') + track).trackScripts).toEqual([
      { name: 'chk', weight: -20, reverse: false },
    ]);
    expect(only(secure + track + script('chk')).trackScripts).toEqual([]);
    expect(codesOf(secure + track + script('chk'))).toContain('unknown-script');
  });

  test("uses the script's weight where the line has none", () => {
    const text = secure + script('chk', 'weight 4') + track.replace(' weight -20', '');
    expect(only(text).trackScripts).toEqual([{ name: 'chk', weight: 4, reverse: false }]);
  });

  test('drops a script whose file is missing, as keepalived disables it', () => {
    const text = secure + script('chk').replace('check.sh', 'nothing.sh') + track;
    expect(modelOf(text).vrrp.scripts).toEqual([]);
    expect(only(text).trackScripts).toEqual([]);
  });
});

describe('vrrp_sync_group', () => {
  const members = 'group {\nVI_2\nVI_1\nVI_9\n}';
  const group = `vrrp_sync_group G1 {\n${members}\n}\n`;

  test('has the members that exist, in file order, wherever they stand', () => {
    const model = modelOf(group + instance('VI_1', 51) + instance('VI_2', 52));
    expect(model.vrrp.syncGroups.map(({ name, members: names }) => [name, names])).toEqual([
      ['G1', ['VI_2', 'VI_1']],
    ]);
  });

  test('is left out without members', () => {
    expect(modelOf(group + instance('VI_3', 53)).vrrp.syncGroups).toEqual([]);
  });

  test('takes an instance into the first group that names it', () => {
    const text =
      instance('VI_1', 51) + instance('VI_2', 52) + group + group.replace('G1', 'G2').replace('VI_9', 'VI_1');
    expect(modelOf(text).vrrp.syncGroups.map(({ name }) => name)).toEqual(['G1']);
  });
});

describe('what keepalived would not run', () => {
  test.each([
    ['an interface that is missing', instance('VI_1', 51).replace('eth0', 'eth9'), 5],
    ['an instance without its id', `vrrp_instance VI_1 {\ninterface eth0\n${addresses('192.0.2.1')}\n}\n`, 5],
    ['one id for two instances', instance('VI_1', 51) + instance('VI_2', 51), 5],
    ['version 3 without addresses', bare('VI_1', 51, 'version 3'), 5],
    ['a keyword without its word', instance('VI_1', 51, 'virtual_router_id'), 2],
  ])('%s gives no model, but a problem', (_, text, exitCode) => {
    const outcome = judge(text);
    expect(outcome.configuration).toBeUndefined();
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.problems.some(({ severity }) => severity === 'error')).toBe(true);
  });

  test('dynamic_interfaces makes a missing interface no problem', () => {
    const text = globals('dynamic_interfaces') + instance('VI_1', 51).replace('eth0', 'eth9');
    expect(only(text).interface).toBe('eth9');
    expect(judge(text).exitCode).toBe(0);
  });

  test('allow_if_changes: one id twice on an interface that may become another is a warning', () => {
    const both = instance('VI_1', 51) + instance('VI_2', 51);
    const outcome = (option: string, virtual: boolean) =>
      judge(globals(`dynamic_interfaces ${option}`) + both, { interfaces: [{ name: 'eth0', virtual }] });
    expect(outcome('allow_if_changes', true).configuration).toBeDefined();
    expect(outcome('allow_if_changes', true).problems).toContainEqual(
      expect.objectContaining({ code: 'vrid-conflict', severity: 'warning' }),
    );
    expect(outcome('allow_if_changes', false).configuration).toBeUndefined();
    expect(outcome('', true).configuration).toBeUndefined();
  });

  test('one id may be used for both families and on two interfaces', () => {
    const other = instance('VI_2', 51).replace('eth0', 'eth1');
    const sixth = bare('VI_3', 51, addresses('fe80::1'));
    expect(judge(instance('VI_1', 51) + other + sixth).exitCode).toBe(0);
  });
});

describe('the scope of an address', () => {
  const scopeOf = (scope: string, files = {}) =>
    modelOf(bare('VI_1', 51, addresses(`192.0.2.1 scope ${scope}`)), { files }).vrrpAddresses['VI_1']?.[0]
      ?.scope;

  test.each([
    ['link', 253],
    ['0xc8', 200],
    ['77', 77],
  ])('%s', (name, number) => expect(scopeOf(name)).toBe(number));

  test('has the names that rt_scopes gives', () =>
    expect(scopeOf('campus', { '/etc/iproute2/rt_scopes': '99 campus\n' })).toBe(99));

  test("this host's file hides the system's, and so does one of its parts", () => {
    const usr = { '/usr/share/iproute2/rt_scopes': '98 campus\n' };
    expect(scopeOf('campus', usr)).toBe(98);
    expect(scopeOf('campus', { ...usr, '/etc/iproute2/rt_scopes': '99 town\n' })).toBe(0);
    const parts = {
      '/usr/share/iproute2/rt_scopes.d/a.conf': '97 campus\n',
      '/etc/iproute2/rt_scopes.d/a.conf': '96 town\n',
    };
    expect(scopeOf('town', parts)).toBe(96);
    expect(scopeOf('campus', parts)).toBe(0);
  });

  test('iproute_usr_dir and iproute_etc_dir say where the files are', () => {
    const text = (name: string) =>
      `global_defs {\niproute_usr_dir /u\niproute_etc_dir /e\n}\n` +
      bare('VI_1', 51, addresses(`192.0.2.1 scope ${name}`));
    const files = { '/u/rt_scopes': '98 campus\n', '/e/rt_scopes.d/own.conf': '99 town\n' };
    const scope = (name: string) => modelOf(text(name), { files }).vrrpAddresses['VI_1']?.[0]?.scope;
    expect([scope('campus'), scope('town')]).toEqual([98, 99]);
  });
});

describe('interfaces that an instance needs for what moves with it', () => {
  const machine = { interfaces: ['eth0', 'eth1', 'eth2'] };
  const carriers = (text: string) => modelOf(text, machine).vrrp.instances[0]?.carriers;
  const moving = (lines: string, more = '') => bare('VI_1', 51, `${lines}\n${more}`);

  test('those of its addresses, of its routes, and both of its rules', () =>
    expect(
      carriers(
        moving(
          'virtual_ipaddress {\n192.0.2.1 dev eth1\n192.0.2.2\n}',
          'virtual_rules {\niif eth1 oif eth2 table 5 priority 5\n}\nvirtual_routes {\n10.0.0.0/8 dev eth0\n}',
        ),
      ),
    ).toEqual(['eth1', 'eth2']));

  test('not with no_track', () =>
    expect(
      carriers(
        moving(
          'virtual_ipaddress {\n192.0.2.1 dev eth1 no_track\n}',
          'virtual_routes {\n10.0.0.0/8 dev eth1 no_track\n}',
        ),
      ),
    ).toBeUndefined());

  test('with dont_track_primary a route brings the own interface back, an address does not (keepalived)', () => {
    const primary = 'dont_track_primary\nvirtual_ipaddress {\n192.0.2.1\n}';
    expect(carriers(moving(primary))).toBeUndefined();
    expect(carriers(moving(primary, 'virtual_routes {\n10.0.0.0/8 dev eth0\n}'))).toEqual(['eth0']);
  });

  test('those of static entries whose track_group it is in', () => {
    const group = 'track_group G {\ngroup {\nVI_1\n}\n}\n';
    const route = (more: string) => `static_routes {\n10.0.0.0/8 dev eth1 ${more}\n}\n`;
    expect(carriers(`${group}${route('track_group G')}${instance('VI_1', 51)}`)).toEqual(['eth1']);
    expect(carriers(`${group}${route('')}${instance('VI_1', 51)}`)).toBeUndefined();
    expect(carriers(`${group}${route('track_group G no_track')}${instance('VI_1', 51)}`)).toBeUndefined();
  });
});
