import { type Configuration, diffConfigurations, loadConfiguration } from '#config/index.js';
import { fakeHost } from './host.js';

const path = '/etc/keepalived/keepalived.conf';

function model(text: string): Configuration {
  const { configuration, problems } = loadConfiguration(path, fakeHost({ files: { [path]: text } }), {
    instance: 'i',
    seed: 1,
  });
  if (!configuration) throw new Error(problems.map((problem) => problem.text).join('\n'));
  return configuration;
}

const instance = (name: string, vrid: number, lines: string): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\n}\n`;
const vips = (...addresses: readonly string[]): string => `virtual_ipaddress {\n${addresses.join('\n')}\n}`;
const server = (lines: string): string =>
  `virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind DR\n${lines}\n}\n`;
const real = (host: number, lines = 'TCP_CHECK {\n}'): string =>
  `real_server 198.51.100.${host} 80 {\n${lines}\n}`;

const changes = (before: string, after: string): readonly string[] =>
  diffConfigurations(model(before), model(after)).map(({ text }) => text);

describe('what a reload would change', () => {
  const plain = instance('VI_1', 51, vips('192.0.2.10/24', '192.0.2.11/24'));

  test('is nothing for the same file, or for one that means the same', () => {
    expect(changes(plain, plain)).toEqual([]);
    expect(
      changes(plain, plain.replace('interface eth0', 'interface eth0\npriority 100 # the default')),
    ).toEqual([]);
  });

  test('names instances that come and go, without their every field', () => {
    const other = instance('VI_2', 52, vips('192.0.2.20/24'));
    expect(changes(plain, plain + other)).toEqual(['vrrp_instance VI_2 added']);
    expect(changes(plain + other, other)).toEqual(['vrrp_instance VI_1 removed']);
  });

  test('names a changed setting with both values', () => {
    const [change, ...more] = diffConfigurations(
      model(plain),
      model(plain.replace('virtual_ipaddress', 'priority 150\nvirtual_ipaddress')),
    );
    expect(more).toEqual([]);
    expect(change).toEqual({
      kind: 'changed',
      subject: ['vrrp_instance VI_1'],
      what: 'priority',
      before: 100,
      after: 150,
      text: 'vrrp_instance VI_1: priority 100 -> 150',
    });
  });

  test('names addresses that come and go, whatever their order', () => {
    const after = instance('VI_1', 51, vips('192.0.2.12/24', '192.0.2.10/24'));
    expect(changes(plain, after)).toEqual([
      'vrrp_instance VI_1, virtual_ipaddress 192.0.2.11/24 dev eth0 removed',
      'vrrp_instance VI_1, virtual_ipaddress 192.0.2.12/24 dev eth0 added',
    ]);
  });

  test('names real servers and what changes in them', () => {
    const before = server(real(1) + '\n' + real(2));
    const after = server(real(1, 'weight 5\nTCP_CHECK {\nconnect_timeout 2\n}') + '\n' + real(3));
    expect(changes(before, after)).toEqual([
      'virtual_server [192.0.2.1]:tcp:80, real_server [198.51.100.1]:tcp:80: weight 1 -> 5',
      'virtual_server [192.0.2.1]:tcp:80, real_server [198.51.100.1]:tcp:80, checker TCP_CHECK 1: probe.endpoint.timeout 5000000 -> 2000000',
      'virtual_server [192.0.2.1]:tcp:80, real_server [198.51.100.2]:tcp:80 removed',
      'virtual_server [192.0.2.1]:tcp:80, real_server [198.51.100.3]:tcp:80 added',
    ]);
  });

  test('names changes of the daemon itself', () => {
    expect(changes(plain, `global_defs {\nrouter_id other\nvrrp_rt_priority 50\n}\n${plain}`)).toEqual([
      'global_defs: routerId director1 -> other',
      'global_defs: vrrpProcess.realTimePriority none -> 50',
    ]);
  });

  test('finds the one of 20,000 real servers that is gone', () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `real_server 10.${index >> 16}.${(index >> 8) & 255}.${index & 255} 80 {\n}`,
    );
    const one = model(server(many.join('\n')));
    const two = model(server(many.slice(1).join('\n')));
    expect(diffConfigurations(one, two)).toHaveLength(1);
  });
});
