import { type Configuration, printConfiguration } from '#config/index.js';
import { type ServiceTemplate } from '#lvs/index.js';
import { codesOf, globals, instance, modelOf, server } from './passes-parts.js';

const group = (...members: readonly string[]): string =>
  `virtual_server_group web {\n${members.join('\n')}\n}\n`;

/** A virtual_server of that group. */
const serves = (lines: string, ...servers: readonly string[]): string =>
  `virtual_server group web {\nlb_algo rr\n${lines}\n${servers.map((each) => `real_server ${each} {\n}\n`).join('')}}\n`;

/** `TCP 192.0.2.1 80 /32: 10.0.0.1 8080 masq` */
const inWords = ({ key, persistencePrefix, destinations }: ServiceTemplate): string => {
  const name =
    key.kind === 'fwmark' ? `FWM ${key.mark} ${key.family}` : `${key.protocol} ${key.address} ${key.port}`;
  const ends = destinations.map(({ address, port, forwarding }) => `${address} ${port} ${forwarding.kind}`);
  return `${name} /${persistencePrefix}: ${ends.join(', ')}`;
};
const services = ({ services: all }: Configuration): Record<string, string[]> =>
  Object.fromEntries(Object.entries(all).map(([pool, templates]) => [pool, templates.map(inWords)]));

describe('a virtual_server of a group', () => {
  test('has a service for each member; without NAT, servers have the port of each', () => {
    const text = group('192.0.2.1-2 80', '192.0.2.9 443', 'fwmark 5');
    expect(services(modelOf(text + serves('lb_kind DR\nprotocol TCP', '10.0.0.1')))).toEqual({
      '[web]:0': [
        'TCP 192.0.2.1 80 /32: 10.0.0.1 80 route',
        'TCP 192.0.2.2 80 /32: 10.0.0.1 80 route',
        'TCP 192.0.2.9 443 /32: 10.0.0.1 443 route',
        'FWM 5 inet /32: 10.0.0.1 0 route',
      ],
    });
    expect(
      services(modelOf(text + serves('lb_kind NAT\nprotocol TCP', '10.0.0.1 8080')))['[web]:0']?.[3],
    ).toBe('FWM 5 inet /32: 10.0.0.1 8080 masq');
  });

  test('of both families has each its own length of prefix', () => {
    const text =
      group('192.0.2.1 80', '2001:db8::1 80', 'fwmark 5 inet6') +
      serves('lb_kind TUN\nprotocol TCP', '10.0.0.1');
    expect(services(modelOf(text))).toEqual({
      '[web]:0': [
        'TCP 192.0.2.1 80 /32: 10.0.0.1 80 tunnel',
        'TCP 2001:db8::1 80 /128: 10.0.0.1 80 tunnel',
        'FWM 5 inet6 /128: 10.0.0.1 0 tunnel',
      ],
    });
  });
});

describe('nftables_ipvs', () => {
  const text =
    globals('nftables_ipvs\nnftables_ipvs_start_fwmark 2000\nnftables_counters') +
    group('192.0.2.0/24 80', '198.51.100.1 0', '2001:db8::1 80');
  const model = modelOf(
    text + serves('lb_kind TUN\nprotocol TCP', '10.0.0.1') + serves('lb_kind TUN\nprotocol UDP', '10.0.0.1'),
  );

  test('makes one mark of a group for each protocol, and a service of it for each family', () => {
    expect(services(model)).toEqual({
      '[web]:0': ['FWM 2000 inet /32: 10.0.0.1 0 tunnel', 'FWM 2000 inet6 /128: 10.0.0.1 0 tunnel'],
      '[web]:1': ['FWM 2001 inet /32: 10.0.0.1 0 tunnel', 'FWM 2001 inet6 /128: 10.0.0.1 0 tunnel'],
    });
    expect(model.ipvsMarks).toMatchObject({
      table: { name: 'keepalived_ipvs', priority: -1, counters: true },
      groups: [
        { group: 'web', protocol: 'TCP', mark: 2000 },
        { group: 'web', protocol: 'UDP', mark: 2001 },
      ],
    });
    expect(model.ipvsMarks?.groups[0]?.ranges).toEqual([
      { family: 'inet', first: '192.0.2.0', last: '192.0.2.255', port: 80 },
      { family: 'inet', first: '198.51.100.1', last: '198.51.100.1', port: 0 },
      { family: 'inet6', first: '2001:db8::1', last: '2001:db8::1', port: 80 },
    ]);
  });

  test('is printed so that it is read as it was', () => {
    expect(modelOf(printConfiguration(model))).toEqual(model);
  });

  test('leaves groups with marks of their own alone', () => {
    const marked =
      globals('nftables_ipvs') +
      group('192.0.2.1 80', 'fwmark 5') +
      serves('lb_kind DR\nprotocol TCP', '10.0.0.1');
    expect(modelOf(marked).ipvsMarks).toBeUndefined();
    expect(services(modelOf(marked))['[web]:0']).toHaveLength(2);
  });

  test.each([
    [['192.0.2.1-9 80', '192.0.2.9-12 80'], 1],
    [['192.0.2.1-9 80', '192.0.2.4 0'], 1],
    [['192.0.2.1-9 80', '192.0.2.9-12 443'], 2],
    [['192.0.2.5-9 80', '192.0.2.1-4 80', '192.0.2.10 80'], 3],
    [['192.0.2.5-9 80', '192.0.2.1-20 80'], 1],
  ] as const)('of %p marks %i ranges: those apart from the ones before', (members, count) => {
    const overlapping =
      globals('nftables_ipvs') +
      group(...members) +
      serves('lb_kind DR\nprotocol TCP\npersistence_timeout 9', '10.0.0.1');
    expect(modelOf(overlapping).ipvsMarks?.groups[0]?.ranges).toHaveLength(count);
    expect(codesOf(overlapping).includes('overlapping-range')).toBe(count < members.length);
  });
});

describe('firewall marks', () => {
  const marked = (family: string): string =>
    `virtual_server fwmark 5 {\nip_family ${family}\nlb_algo rr\nlb_kind TUN\nreal_server 10.0.0.1 {\n}\n}\n`;

  test('serve both families, each under a name of its own; twice the same is left out', () => {
    expect(Object.keys(modelOf(marked('inet') + marked('inet6')).services)).toEqual(['FWM 5', 'FWM 5 inet6']);
    expect(codesOf(marked('inet6') + marked('inet') + marked('inet'))).toContain('duplicate-service');
    expect(codesOf(marked('inet') + marked('inet6'))).not.toContain('duplicate-service');
  });
});

describe('persistence', () => {
  const first = (lines: string): ServiceTemplate | undefined =>
    modelOf(server(lines)).services['[192.0.2.60]:tcp:80']?.[0];

  test('has an engine only where there is persistence, as the kernel is told by keepalived', () => {
    expect(first('persistence_engine sip')?.persistenceEngine).toBeUndefined();
    expect(first('persistence_engine sip\npersistence_timeout 50')?.persistenceEngine).toBe('sip');
  });

  test('takes any mask', () => {
    expect(first('persistence_granularity 255.255.0.0')).toMatchObject({ persistencePrefix: 16 });
    expect(first('persistence_granularity 255.255.0.0')?.persistenceMask).toBeUndefined();
    expect(first('persistence_granularity 255.0.255.0')).toMatchObject({
      persistencePrefix: 16,
      persistenceMask: '255.0.255.0',
    });
  });
});

describe('lvs_sync_daemon', () => {
  test('follows its instance, by whose id it goes unless told', () => {
    expect(modelOf(globals('lvs_sync_daemon eth0 VI_1') + instance('VI_1', 51)).ipvsSync).toEqual({
      instance: 'VI_1',
      channel: { interface: 'eth0', id: 51 },
    });
    const full = 'lvs_sync_daemon eth0 inst VI_1 id 7 maxlen 1400 port 8849 ttl 3 group 224.0.0.99';
    expect(modelOf(globals(full) + instance('VI_1', 51)).ipvsSync).toEqual({
      instance: 'VI_1',
      channel: { interface: 'eth0', id: 7, maxLength: 1400, port: 8849, ttl: 3, group: '224.0.0.99' },
    });
  });

  test('runs in both roles without an instance, and not at all with one that does not exist', () => {
    expect(modelOf(globals('lvs_sync_daemon eth0')).ipvsSync).toEqual({
      channel: { interface: 'eth0', id: 0 },
    });
    const unknown = globals('lvs_sync_daemon eth0 inst VI_9') + instance('VI_1', 51);
    expect(modelOf(unknown).ipvsSync).toBeUndefined();
    expect(codesOf(unknown)).toContain('unknown-instance');
  });

  test('may be an instance’s own line, of old', () => {
    expect(modelOf(instance('VI_1', 51, 'lvs_sync_daemon_interface eth0')).ipvsSync).toEqual({
      instance: 'VI_1',
      channel: { interface: 'eth0', id: 0 },
    });
  });
});
