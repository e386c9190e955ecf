import { loadConfiguration } from '#config/index.js';
import { fakeHost, type FakeMachine } from './host.js';
import { instance, judge, mainFile, server } from './passes-parts.js';

const load = (files: FakeMachine['files'] = {}, path = mainFile) =>
  loadConfiguration(path, fakeHost({ files }), { instance: 'director1', seed: 1 });

describe('reading a configuration', () => {
  test('goes from the main file through what it includes', () => {
    const { configuration, exitCode } = load({
      [mainFile]: 'include vips/*.conf\n',
      '/etc/keepalived/vips/a.conf': instance('VI_1', 51),
      '/etc/keepalived/vips/b.conf': instance('VI_2', 52),
    });
    expect(configuration?.vrrp.instances.map(({ name }) => name)).toEqual(['VI_1', 'VI_2']);
    expect(exitCode).toBe(0);
  });

  test('names the file that a mistake stands in', () => {
    const { problems } = load({ [mainFile]: 'include a.conf\n', '/etc/keepalived/a.conf': 'nonsense\n' });
    expect(problems).toMatchObject([
      { code: 'unknown-keyword', span: { file: '/etc/keepalived/a.conf', line: 1 } },
    ]);
  });

  test('tells of a main file that is missing', () => {
    expect(load()).toMatchObject({ problems: [{ code: 'no-configuration' }], exitCode: 4 });
  });

  test('sees the lines that are for this machine', () => {
    const text = `@director1 ${instance('VI_1', 51)}@other router_id X\n`;
    expect(load({ [mainFile]: text }).configuration?.vrrp.instances).toHaveLength(1);
  });

  test('hands out the tree beside the model', () => {
    expect(judge(server('')).tree.statements.map(({ keyword }) => keyword.text)).toEqual(['virtual_server']);
  });

  test.each([
    ['nothing', ''],
    ['closing braces', '}}}}\n}\n'],
    ['opening braces', '{\n'.repeat(200)],
    [
      'every block without a word or an end',
      'vrrp_instance {\nvirtual_server {\nglobal_defs {\nvrrp_script {\n',
    ],
    [
      'names of what every object has',
      'vrrp_instance __proto__ {\nconstructor\n}\ntoString\nvirtual_server hasOwnProperty {\n}\n',
    ],
    ['bytes of no text', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')],
  ])('survives %s', (_, text) => {
    expect(() => judge(text)).not.toThrow();
  });

  test('knows instances by names that every object has', () => {
    const { configuration } = judge(instance('constructor', 51) + instance('toString', 52));
    expect(configuration?.vrrp.instances.map(({ name }) => name)).toEqual(['constructor', 'toString']);
    expect(Object.keys(configuration?.vrrpAddresses ?? {})).toEqual(['constructor', 'toString']);
  });
});
