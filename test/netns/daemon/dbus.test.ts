import { jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network, run, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { KeepalivedPeer } from './bfd-peers.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true, dbus: true });
const withKeepalived = requires({ netns: true, dbus: true, keepalived: true });
jest.setTimeout(60_000);

const VIP = '192.0.2.100';
const SERVICE = 'org.keepalived.Vrrp1';
const DAEMON = '/org/keepalived/Vrrp1/Vrrp';
const INSTANCE = '/org/keepalived/Vrrp1/Instance/eth0/51/IPv4';
const ENABLED = 'global_defs {\n  enable_dbus\n}';

let network: Network;
let directory: string;
let address: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-dbus-'));
  chmodSync(directory, 0o755);
  network = new Network(directory);
  address = `unix:path=${join(directory, 'bus')}`;
  await startBus();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await network.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A system bus of the test's own, on which everything is allowed. */
async function startBus(): Promise<ChildProcess> {
  const file = join(directory, 'bus.conf');
  writeFileSync(
    file,
    `<busconfig>
       <type>system</type>
       <listen>${address}</listen>
       <policy context="default">
         <allow send_destination="*"/> <allow own="*"/> <allow eavesdrop="true"/>
       </policy>
     </busconfig>`,
  );
  const bus = spawn('dbus-daemon', ['--nofork', '--print-address', `--config-file=${file}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(bus);
  await once(bus.stdout, 'data');
  return bus;
}

const busctl = (...words: readonly string[]): string => run('busctl', `--address=${address}`, ...words);

/** What busctl says, or that it failed. */
function attempt(...words: readonly string[]): string {
  try {
    return busctl(...words);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const property = (path: string, name: string): string =>
  attempt('get-property', SERVICE, path, 'org.keepalived.Vrrp1.Instance', name).trim();

/** Signals on the bus, a line each: the path's last part, the name, the arguments. */
async function listen(): Promise<readonly string[]> {
  const heard: string[] = [];
  const monitor = spawn('gdbus', ['monitor', '--address', address, '--dest', SERVICE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(monitor);
  let rest = '';
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    heard.push(...lines);
  });
  await until(() => heard.length > 0, 'the monitor to begin');
  return heard;
}

const signalsIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    const [, path, name, argument] =
      /^(\/\S+): org\.keepalived\.Vrrp1\.\w+\.(\w+) \((.*)\)$/.exec(line) ?? [];
    return path === undefined
      ? []
      : [`${path.replace('/org/keepalived/Vrrp1/', '')} ${name} ${argument}`.trim()];
  });

function host(label = 'a'): Namespace {
  const namespace = network.namespace(label);
  network.plug(namespace, 'eth0', network.segment(), ['192.0.2.1/24']);
  return namespace;
}

const bus = () => [`DBUS_SYSTEM_BUS_ADDRESS=${address}`];

test('what clients ask and hear: properties, methods, signals', async () => {
  const lines = await listen();
  const a = new Director(host(), directory);
  a.start(instance(150, [VIP], '', ENABLED), bus());
  await a.says('Acquired the name org.keepalived.Vrrp1');
  await until(() => property(INSTANCE, 'State') === '(us) 2 "Master"', 'the property to say Master');
  expect(property(INSTANCE, 'Name')).toBe('(s) "VI_1"');
  expect(busctl('tree', '--list', SERVICE)).toContain(INSTANCE);
  expect(busctl('introspect', SERVICE, INSTANCE)).toMatch(/\.State +property +\(us\) /);

  busctl('call', SERVICE, INSTANCE, 'org.keepalived.Vrrp1.Instance', 'SendGarp');
  await a.says('SendGarp on D-Bus request');
  busctl('call', SERVICE, DAEMON, 'org.keepalived.Vrrp1.Vrrp', 'ReloadConfig');
  await a.says('Reload completed');
  expect(attempt('call', SERVICE, DAEMON, 'org.keepalived.Vrrp1.Vrrp', 'Nonsense')).toMatch(/No such method/);
  expect(property(INSTANCE.replace('51', '52'), 'State')).toMatch(/no such object/);

  a.namespace.ip('link', 'set', 'eth0', 'down');
  await until(() => signalsIn(lines).includes('Instance/eth0/51/IPv4 VrrpStatusChange uint32 3,'), 'FAULT');
  a.signal('SIGTERM');
  await a.ended();
  await until(() => signalsIn(lines).includes('Vrrp VrrpStopped'), 'the signal of the end');
  const heard = signalsIn(lines);
  for (const wanted of ['Vrrp VrrpStarted', 'Vrrp VrrpReloaded']) expect(heard).toContain(wanted);
  expect(heard).toContain('Instance/eth0/51/IPv4 VrrpStatusChange uint32 2,');
});

test('a bus that goes away harms nobody, and is found again', async () => {
  const a = new Director(host(), directory);
  a.start(instance(150, [VIP], '', ENABLED), bus());
  await a.says('Acquired the name org.keepalived.Vrrp1');
  children.pop()?.kill('SIGKILL');
  await a.says('D-Bus: ');
  rmSync(join(directory, 'bus'), { force: true });
  await startBus();
  await a.says('Acquired the name org.keepalived.Vrrp1', 2);
  await until(() => property(INSTANCE, 'State') === '(us) 2 "Master"', 'the property to say Master');
  expect(a.log).not.toMatch(/Bug:|died/);
});

test('what is no bus is complained of once, and the daemon is none the worse', async () => {
  const a = new Director(host(), directory);
  a.start(instance(150, [VIP], '', ENABLED), ['DBUS_SYSTEM_BUS_ADDRESS=nonsense:x=y']);
  await a.says('D-Bus: unknown address type');
  await a.says('(VI_1) Entering MASTER STATE');
  a.signal('SIGTERM');
  expect(await a.ended()).toBe(0);
  expect(a.log.split('D-Bus: ')).toHaveLength(2);
});

const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** What an object offers of its own: methods, signals and properties with their types. */
const offersOf = (path: string): readonly string[] =>
  busctl('introspect', SERVICE, path)
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 4).join(' '))
    // As keepalived 2.2.7 describes it, which has another value than it says.
    .map((line) => line.replace('.Name property s ', '.Name property (s) '))
    .filter(
      (line) =>
        /^\.[A-Z]/.test(line) &&
        !/^\.(Get|GetAll|Set|PropertiesChanged|Introspect|Ping|GetMachineId) /.test(line),
    )
    .toSorted();

/** The same questions to either daemon, with an interface that fails in the midst: what was answered and heard. */
async function tale(
  label: string,
  start: (namespace: Namespace, config: string) => { readonly log: string },
): Promise<object> {
  const namespace = host(label);
  const lines = await listen();
  const daemon = start(namespace, instance(150, [VIP], '', ENABLED));
  await until(() => property(INSTANCE, 'State').includes('Master'), `${label} to be master on the bus`).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}: ${attempt('tree', '--list', SERVICE)}\n${daemon.log}`, {
        cause: error,
      });
    },
  );
  const properties = ['Name', 'State', 'Priority'].map((name) => property(INSTANCE, name));
  const all = attempt('call', SERVICE, INSTANCE, PROPERTIES, 'GetAll', 's', 'org.keepalived.Vrrp1.Instance');
  const offers = [DAEMON, INSTANCE].map((path) => offersOf(path));
  const call = (path: string, kind: string, method: string): string =>
    attempt('call', SERVICE, path, `org.keepalived.Vrrp1.${kind}`, method);
  const answers = [
    ...['PrintData', 'PrintStats', 'PrintStatsClear'].map((method) => call(DAEMON, 'Vrrp', method)),
    call(INSTANCE, 'Instance', 'SendGarp'),
  ];
  const refusals = [
    call(DAEMON, 'Vrrp', 'Nonsense'),
    call(DAEMON, 'Instance', 'SendGarp'),
    attempt('call', SERVICE, DAEMON, 'org.keepalived.Vrrp1.Vrrp', 'PrintData', 's', 'x'),
    attempt('set-property', SERVICE, INSTANCE, 'org.keepalived.Vrrp1.Instance', 'Name', '(s)', 'x'),
  ].map((answer) => answer.startsWith('Command failed'));
  namespace.ip('link', 'set', 'eth0', 'down');
  await until(() => property(INSTANCE, 'State').includes('Fault'), `${label} to be in FAULT on the bus`);
  await until(() => signalsIn(lines).some((line) => line.endsWith('uint32 3,')), 'the signal');
  const paths = busctl('tree', '--list', SERVICE)
    .split('\n')
    .filter((path) => path.includes('Vrrp1/'));
  const reload = attempt('call', SERVICE, DAEMON, 'org.keepalived.Vrrp1.Vrrp', 'ReloadConfig');
  await until(() => signalsIn(lines).includes('Vrrp VrrpReloaded'), 'the signal of the reload');
  // What is told in the moment of the name's acquisition the monitor may miss: keepalived tells it before.
  const signals = new Set(signalsIn(lines).filter((line) => !/Started|uint32 [01],/.test(line)));
  return {
    properties,
    all,
    offers,
    answers,
    refusals,
    paths: paths.sort(),
    reload,
    signals: [...signals].sort(),
  };
}

withKeepalived('is told the same by keepalived', async () => {
  let leave = (): Promise<void> => Promise.resolve();
  const ours = await tale('ours', (namespace, config) => {
    const director = new Director(namespace, directory);
    director.start(config, bus());
    leave = async () => {
      director.signal('SIGTERM');
      await director.ended();
    };
    return director;
  });
  await leave();
  const theirs = await tale('theirs', (namespace, config) => {
    const peer = new KeepalivedPeer(namespace, join(directory, 'theirs'));
    peer.start(config, bus());
    return peer;
  });
  expect(ours).toEqual(theirs);
});
