import { DbusObjects, instancePath, vrrpPath, type DbusInstance } from '#observe/dbus-objects.js';

const naming = { noInterfaceName: 'none' };
const VI_1: DbusInstance = { name: 'VI_1', interface: 'eth0.10', vrid: 51, family: 'inet', state: 'MASTER' };
const VI_6: DbusInstance = { name: 'VI_6', vrid: 7, family: 'inet6', state: 'FAULT' };
const objects = new DbusObjects(naming, [VI_1, VI_6]);
const INSTANCE = 'org.keepalived.Vrrp1.Instance';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const path = '/org/keepalived/Vrrp1/Instance/eth0_10/51/IPv4';

const call = (at: string, interfaceName: string | undefined, member: string, ...body: unknown[]) =>
  objects.answer({
    path: at,
    member,
    body,
    ...(interfaceName !== undefined && { interface: interfaceName }),
  });

describe('paths', () => {
  test('what may not stand in a path becomes an underscore', () => {
    expect(instancePath(naming, VI_1)).toBe(path);
  });

  test('an instance without an interface has the name that stands for none', () => {
    expect(instancePath(naming, VI_6)).toBe('/org/keepalived/Vrrp1/Instance/none/7/IPv6');
  });

  test('a network namespace and the name of the daemon stand before everything', () => {
    const several = { ...naming, networkNamespace: 'red-1', daemonInstance: 'two' };
    expect(vrrpPath(several)).toBe('/org/keepalived/Vrrp1/red_1/two/Vrrp');
    expect(instancePath(several, VI_1)).toBe('/org/keepalived/Vrrp1/red_1/two/Instance/eth0_10/51/IPv4');
  });
});

describe('properties', () => {
  test.each([
    ['Name', ['(s)', ['VI_1']]],
    ['State', ['(us)', [2, 'Master']]],
  ])('%s', (property, variant) => {
    expect(call(path, PROPERTIES, 'Get', INSTANCE, property)).toEqual({
      type: 'Value',
      signature: 'v',
      body: [variant],
    });
  });

  test('all at once', () => {
    expect(call(path, PROPERTIES, 'GetAll', INSTANCE)).toEqual({
      type: 'Value',
      signature: 'a{sv}',
      body: [
        [
          ['Name', ['(s)', ['VI_1']]],
          ['State', ['(us)', [2, 'Master']]],
        ],
      ],
    });
  });

  test.each([
    ['one that is not there', path, 'Get', [INSTANCE, 'Priority'], 'InvalidArgs'],
    ['of another interface', path, 'Get', ['org.example', 'Name'], 'InvalidArgs'],
    [
      'of no object',
      '/org/keepalived/Vrrp1/Instance/eth9/1/IPv4',
      'Get',
      [INSTANCE, 'Name'],
      'UnknownObject',
    ],
    ['written', path, 'Set', [INSTANCE, 'Name', ['s', 'x']], 'PropertyReadOnly'],
    ['without arguments', path, 'Get', [], 'InvalidArgs'],
  ])('%s is an error', (_, at, member, body, name) => {
    expect(call(at, PROPERTIES, member, ...body)).toMatchObject({
      type: 'Error',
      name: `org.freedesktop.DBus.Error.${name}`,
    });
  });
});

describe('methods', () => {
  const daemon = '/org/keepalived/Vrrp1/Vrrp';

  test.each(['PrintData', 'PrintStats', 'PrintStatsClear', 'ReloadConfig'])('%s is an order', (type) => {
    expect(call(daemon, 'org.keepalived.Vrrp1.Vrrp', type)).toEqual({ type: 'Order', order: { type } });
    expect(call(daemon, undefined, type)).toEqual({ type: 'Order', order: { type } });
  });

  test('SendGarp names the instance', () => {
    expect(call(path, INSTANCE, 'SendGarp')).toEqual({
      type: 'Order',
      order: { type: 'SendGarp', instance: 'VI_1' },
    });
  });

  test.each([
    [daemon, 'org.keepalived.Vrrp1.Vrrp', 'CreateInstance', 'UnknownMethod'],
    [path, 'org.keepalived.Vrrp1.Vrrp', 'ReloadConfig', 'UnknownObject'],
    [daemon, INSTANCE, 'SendGarp', 'UnknownObject'],
    [daemon, 'org.example', 'ReloadConfig', 'UnknownMethod'],
    [path, undefined, 'Nonsense', 'UnknownMethod'],
  ])('%s %s %s is refused', (at, interfaceName, member, name) => {
    expect(call(at, interfaceName, member)).toMatchObject({
      type: 'Error',
      name: `org.freedesktop.DBus.Error.${name}`,
    });
  });

  test('Ping is answered anywhere', () => {
    expect(call('/', 'org.freedesktop.DBus.Peer', 'Ping')).toEqual({
      type: 'Value',
      signature: '',
      body: [],
    });
  });
});

describe('introspection', () => {
  const xml = (at: string): string => {
    const answer = call(at, 'org.freedesktop.DBus.Introspectable', 'Introspect');
    return answer.type === 'Value' ? String(answer.body[0]) : '';
  };

  test('leads from the root to each object', () => {
    const below = (at: string) => [...xml(at).matchAll(/<node name="(\w+)"/g)].map(([, name]) => name);
    expect(below('/')).toEqual(['org']);
    expect(below('/org/keepalived/Vrrp1')).toEqual(['Vrrp', 'Instance']);
    expect(below('/org/keepalived/Vrrp1/Instance')).toEqual(['eth0_10', 'none']);
    expect(below(path)).toEqual([]);
  });

  test('an object shows what it has, and a place between objects nothing', () => {
    expect(xml(path)).toContain('<property type="(us)" name="State" access="read"/>');
    expect(xml(path)).not.toContain('ReloadConfig');
    expect(xml('/org/keepalived/Vrrp1/Vrrp')).toContain('<method name="ReloadConfig"/>');
    expect(xml('/org')).not.toContain('interface');
  });
});
