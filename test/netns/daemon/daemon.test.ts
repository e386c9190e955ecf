import { jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(40_000);

const VIP = '192.0.2.100';
const VIP2 = '192.0.2.101';

let network: Network;
let directory: string;
let a: Director;
let b: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-daemon-'));
  chmodSync(directory, 0o755);
  const segment = network.segment();
  const [first, second] = ['a', 'b'].map((label, index) => {
    const namespace = network.namespace(label);
    network.plug(namespace, 'eth0', segment, [`192.0.2.${index + 1}/24`]);
    return new Director(namespace, directory);
  });
  a = first!;
  b = second!;
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

const isMaster = (director: Director) => director.addresses().includes(VIP);

/** Adverts of priority 0 on the wire while `during` runs. */
async function resignations(during: () => Promise<void>): Promise<number> {
  const capture = network.switch.spawn('tcpdump', ['--immediate-mode', '-nli', 'br0', 'ip', 'proto', '112'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let seen = '';
  let ready = '';
  capture.stdout?.setEncoding('utf8').on('data', (text: string) => (seen += text));
  capture.stderr?.setEncoding('utf8').on('data', (text: string) => (ready += text));
  await until(() => ready.includes('listening on'), 'tcpdump to listen');
  await during();
  await sleep(100);
  capture.kill();
  return seen.split('prio 0').length - 1;
}

describe('two directors', () => {
  test('elect the one of higher priority; the other takes over when it is killed, and gives back', async () => {
    a.start(instance(150, [VIP]));
    b.start(instance(100, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    await b.says('Startup complete');
    expect([isMaster(a), isMaster(b)]).toEqual([true, false]);
    process.kill(a.pid('vrrp')!, 'SIGKILL');
    a.signal('SIGKILL');
    await b.says('(VI_1) Entering MASTER STATE');
    await until(() => isMaster(b), 'the VIP on b');
    a.start();
    await b.says('(VI_1) Entering BACKUP STATE', 2);
    await until(() => isMaster(a) && !isMaster(b), 'the VIP back on a');
  });

  test('net_namespace takes a daemon into a namespace that it was not started in, until it is restarted', async () => {
    const inside = a.namespace.name;
    a.write(`net_namespace ${inside}\n${instance(150, [VIP])}`);
    const daemon = new Director(network.switch, join(directory, 'outside'));
    daemon.start(readFileSync(a.configFile, 'utf8'));
    await daemon.says('(VI_1) Entering MASTER STATE');
    await until(() => isMaster(a), 'the VIP inside');
    expect(daemon.log).toContain(`Changing syslog ident to understudy_${inside}`);
    daemon.write(`net_namespace another\n${instance(150, [VIP])}`);
    daemon.signal('SIGHUP');
    await daemon.says('Cannot change network namespace at a reload');
    expect(isMaster(a)).toBe(true);
    daemon.signal('SIGTERM');
    expect(await daemon.ended()).toBe(0);
    expect(isMaster(a)).toBe(false);
    expect(existsSync(join('/run/keepalived', inside))).toBe(false);
    daemon.start(`net_namespace ${inside}-not\n${instance(150, [VIP])}`);
    expect(await daemon.ended()).not.toBe(0);
    expect(daemon.log).toContain(`Unable to set network namespace ${inside}-not`);
  });

  test('a graceful stop resigns, and leaves neither address nor pid file', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    expect(a.pid('main')).toBe(a.process.pid);
    expect(a.pid('vrrp')).toEqual(expect.any(Number));
    expect(a.pid('checkers')).toBeUndefined();
    const count = await resignations(async () => {
      a.signal('SIGTERM');
      expect(await a.ended()).toBe(0);
    });
    expect(count).toBe(1);
    expect(isMaster(a)).toBe(false);
    expect(Object.values(a.pidFiles).filter((file) => existsSync(file))).toEqual([]);
  });

  test('with -V a stop neither resigns nor takes the address away', async () => {
    a.write(instance(150, [VIP]));
    a.start(undefined, []);
    await a.says('(VI_1) Entering MASTER STATE');
    a.signal('SIGTERM');
    await a.ended();
    const keeper = new Director(a.namespace, directory);
    Object.defineProperty(keeper, 'args', { value: [...a.args, '-V'] });
    keeper.start();
    await keeper.says('(VI_1) Entering MASTER STATE');
    const count = await resignations(async () => {
      keeper.signal('SIGTERM');
      expect(await keeper.ended()).toBe(0);
    });
    expect(count).toBe(0);
    expect(isMaster(keeper)).toBe(true);
  });

  test('workers resign in good order when their supervisor is killed', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    const count = await resignations(async () => {
      a.signal('SIGKILL');
      await until(() => !isMaster(a), 'the VIP to go');
    });
    expect(count).toBe(1);
    await until(() => a.pid('vrrp') === undefined, 'its pid file to go');
  });

  test('the real-time signals of keepalived are heard, and end nothing', async () => {
    a.start(instance(150, [VIP]), [`TMPDIR=${directory}`]);
    await a.says('(VI_1) Entering MASTER STATE');
    // SIGRTMIN + 2 and SIGRTMAX - 1.
    for (const signal of [36, 63]) {
      process.kill(a.pid('vrrp')!, signal);
      process.kill(a.pid('main')!, signal);
    }
    for (const name of ['keepalived.json', 'keepalived.stats']) {
      await until(() => existsSync(join(directory, name)), name);
    }
    a.signal('SIGHUP');
    await a.says('Reload completed');
    expect(a.log).not.toContain('Respawning');
  });
});

describe('a backup that was stalled', () => {
  test('hears what waits before it believes that the master is gone', async () => {
    a.start(instance(150, [VIP]));
    b.start(instance(100, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    await b.says('(VI_1) Entering BACKUP STATE (init)');
    await sleep(500);
    const masters = b.log.split('Entering MASTER').length;
    for (let stall = 0; stall < 3; stall += 1) {
      process.kill(b.pid('vrrp')!, 'SIGSTOP');
      await sleep(1000);
      process.kill(b.pid('vrrp')!, 'SIGCONT');
      await sleep(500);
    }
    expect(b.log.split('Entering MASTER')).toHaveLength(masters);
    expect(isMaster(b)).toBe(false);
  });
});

describe('a master', () => {
  test('puts back an address that somebody else has removed', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    await until(() => isMaster(a), 'the VIP');
    a.namespace.ip('address', 'del', `${VIP}/32`, 'dev', 'eth0');
    await until(() => isMaster(a), 'the VIP again');
  });
});

describe('a worker that dies', () => {
  test('is replaced by one that keeps the address: it is never away', async () => {
    const slowly = (config: string) => config.replace('advert_int 0.1', 'advert_int 1');
    a.start(slowly(instance(150, [VIP])));
    b.start(slowly(instance(100, [VIP])));
    await a.says('(VI_1) Entering MASTER STATE');
    const monitor = a.namespace.spawn('ip', ['-o', 'monitor', 'address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let changes = '';
    monitor.stdout?.setEncoding('utf8').on('data', (text: string) => (changes += text));
    await sleep(200);
    const dead = a.pid('vrrp')!;
    process.kill(dead, 'SIGKILL');
    await a.says('(VI_1) Entering MASTER STATE', 2);
    expect(a.pid('vrrp')).not.toBe(dead);
    await sleep(4000);
    monitor.kill();
    expect(isMaster(a)).toBe(true);
    expect(isMaster(b)).toBe(false);
    expect(changes).not.toContain(`Deleted`);
    expect(a.log).toContain(`VRRP child process(${dead}) died: Respawning`);
  });

  test('after it had stood still for so long that its backup took over is not master again at once', async () => {
    const slowly = (config: string) => config.replace('advert_int 0.1', 'advert_int 1');
    a.start(slowly(instance(100, [VIP])));
    await a.says('(VI_1) Entering MASTER STATE');
    b.start(slowly(instance(90, [VIP], 'nopreempt')));
    await b.says('(VI_1) Entering BACKUP STATE (init)');
    const dead = a.pid('vrrp')!;
    process.kill(dead, 'SIGSTOP');
    await b.says('(VI_1) Entering MASTER STATE');
    process.kill(dead, 'SIGKILL');
    await a.says('Starting VRRP child process', 2);
    await a.says('(VI_1) Entering BACKUP STATE (init)', 2);
  });

  test('because somebody else told it to has resigned: its successor stands for election like any other', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    const dead = a.pid('vrrp')!;
    process.kill(dead, 'SIGTERM');
    await a.says('Starting VRRP child process', 2);
    await a.says('(VI_1) Entering MASTER STATE', 2);
    expect([undefined, dead]).not.toContain(a.pid('vrrp'));
    expect(a.log.split('(VI_1) Entering BACKUP STATE (init)')).toHaveLength(3);
  });

  test('long enough for a backup to take over does not claim the address again without election', async () => {
    a.start(instance(100, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    // Twice: the second time the respawn is delayed by a second, three times the master-down interval.
    process.kill(a.pid('vrrp')!, 'SIGKILL');
    await a.says('Starting VRRP child process', 2);
    await sleep(1000);
    b.start(instance(100, [VIP], 'nopreempt').replace('priority 100', 'priority 90'));
    await b.says('Startup complete');
    process.kill(a.pid('vrrp')!, 'SIGKILL');
    await b.says('(VI_1) Entering MASTER STATE');
    await a.says('Starting VRRP child process', 3);
    await a.says('(VI_1) Entering BACKUP STATE (init)', 2);
    await until(() => isMaster(a) !== isMaster(b), 'one master');
  });
});

describe('reload', () => {
  test('adds an address without touching the one that is there', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    const monitor = a.namespace.spawn('ip', ['-o', 'monitor', 'address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let changes = '';
    monitor.stdout?.setEncoding('utf8').on('data', (text: string) => (changes += text));
    await sleep(200);
    a.write(instance(150, [VIP, VIP2]));
    const count = await resignations(async () => {
      a.signal('SIGHUP');
      await until(() => a.addresses().includes(VIP2), 'the second address');
    });
    monitor.kill();
    expect(isMaster(a)).toBe(true);
    expect(count).toBe(0);
    expect(changes).not.toContain('Deleted');
    expect(changes).not.toContain(`${VIP}/`);
    a.write(instance(150, [VIP2]));
    a.signal('SIGHUP');
    await until(() => !isMaster(a), 'the first address to go');
    expect(a.addresses()).toContain(VIP2);
  });

  test('that renames an instance keeps its address, which goes when the instance does', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    a.write(instance(150, [VIP]).replaceAll('VI_1', 'VI_ONE'));
    a.signal('SIGHUP');
    await a.says('Reload completed');
    expect(isMaster(a)).toBe(true);
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(isMaster(a)).toBe(false);
  });

  test('of a broken file says every problem and changes nothing', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    const before = [a.pid('vrrp'), a.addresses()];
    const misspelt = instance(150, [VIP])
      .replace('virtual_ipaddress', 'virual_ipaddress')
      .replace('advert_int', 'advert_nit');
    for (const broken of [misspelt, instance(150, [VIP]).replace('eth0', 'eth9')]) {
      a.log = '';
      a.write(broken);
      a.signal('SIGHUP');
      await a.says('Reload refused');
      const words = broken === misspelt ? ['virual_ipaddress', 'advert_nit'] : ['eth9'];
      for (const word of words) expect(a.log).toContain(`'${word}'`);
      await sleep(300);
      expect([a.pid('vrrp'), a.addresses()]).toEqual(before);
      expect(a.log).not.toContain('STATE');
    }
    rmSync(a.configFile);
    a.log = '';
    a.signal('SIGHUP');
    await a.says('Reload refused');
  });

  test('of an instance that is gone resigns and removes; one that is new is elected', async () => {
    a.start(instance(150, [VIP]));
    await a.says('(VI_1) Entering MASTER STATE');
    a.write(instance(150, [VIP2]).replaceAll('VI_1', 'VI_2').replace('router_id 51', 'router_id 52'));
    const count = await resignations(async () => {
      a.signal('SIGHUP');
      await a.says('(VI_2) Entering MASTER STATE');
    });
    expect(count).toBe(1);
    expect(a.addresses()).toContain(VIP2);
    expect(isMaster(a)).toBe(false);
  });
});

describe('what can be wrong at start', () => {
  const exits = async (code: number, text: string) => {
    expect(await a.ended()).toBe(code);
    expect(a.log).toContain(text);
    expect(a.addresses()).not.toContain(VIP);
  };

  test('an interface that does not exist', async () => {
    a.start(instance(150, [VIP]).replace('eth0', 'eth9'));
    await exits(2, 'eth9');
  });

  test('a file that is missing, or may not be read', async () => {
    a.start();
    await exits(6, a.configFile);
  });

  test('an empty file: nothing to run, and no failure', async () => {
    a.start('');
    await a.says('Warning - there is no configuration to run');
    a.signal('SIGTERM');
    await exits(0, 'Stopped Understudy');
  });

  test('no privileges: one message names the capabilities', async () => {
    const open = join(directory, 'open');
    spawnSync('mkdir', ['-m', '0777', open]);
    Object.defineProperty(a, 'args', {
      value: ['-f', a.configFile, '-p', `${open}/p`, '-r', `${open}/r`, '-c', `${open}/c`, '-G'],
    });
    a.start(instance(150, [VIP]), [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--bounding-set=-all',
    ]);
    await exits(4, 'CAP_NET_ADMIN and CAP_NET_RAW');
  });

  test('a full disk costs the pid files, not the service', async () => {
    const full = join(directory, 'full');
    mkdirSync(full);
    const onFullDisk = `mount -t tmpfs -o size=4k none ${full}; head -c 4096 /dev/zero >${full}/x; exec "$@"`;
    Object.defineProperty(a, 'args', {
      value: ['-f', a.configFile, '-p', `${full}/p`, '-r', `${full}/r`, '-c', `${full}/c`, '-G'],
    });
    a.start(instance(150, [VIP]), ['unshare', '--mount', 'sh', '-c', onFullDisk, 'sh']);
    await a.says('(VI_1) Entering MASTER STATE');
    expect(a.log).toContain(`cannot write pid file ${full}/p: ENOSPC`);
    expect(a.log).toContain(`cannot write pid file ${full}/r: ENOSPC`);
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
  });

  test('a daemon that runs already: the second one says so and leaves it alone', async () => {
    a.start(instance(150, [VIP]));
    await a.says('Startup complete');
    const second = new Director(a.namespace, directory);
    second.start();
    expect(await second.ended()).toBe(0);
    expect(second.log).toContain('daemon is already running');
    expect(a.pid('main')).toBe(a.process.pid);
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
  });

  test('a pid file that a dead daemon left behind is no obstacle', async () => {
    writeFileSync(a.pidFiles.main, '999999\n');
    writeFileSync(a.pidFiles.vrrp, `${process.pid}\n`);
    a.start(instance(150, [VIP]));
    await a.says('Startup complete');
    expect(a.pid('main')).toBe(a.process.pid);
  });
});

describe('without -n', () => {
  test('the command ends when the daemon runs, which has a session of its own and no terminal', async () => {
    a.write(instance(150, [VIP]));
    const main = resolve('dist/cli/main.js');
    const command = a.namespace.spawn(process.execPath, [main, ...a.args], { stdio: 'ignore' });
    await until(() => command.exitCode !== null, 'the command to end');
    expect(command.exitCode).toBe(0);
    const daemon = a.pid('main')!;
    expect(existsSync(`/proc/${daemon}`)).toBe(true);
    expect(spawnSync('readlink', [`/proc/${daemon}/cwd`]).stdout.toString()).toBe('/\n');
    const stat = readFileSync(`/proc/${daemon}/stat`, 'utf8').split(') ')[1]!.split(' ');
    expect([Number(stat[3]), Number(stat[4])]).toEqual([daemon, 0]);
    await until(() => isMaster(a), 'the VIP');
    process.kill(daemon, 'SIGTERM');
    await until(() => !existsSync(a.pidFiles.main), 'the pid file to go');
    expect(isMaster(a)).toBe(false);
  });

  test('the command fails with the daemon, and shows why', async () => {
    a.write(instance(150, [VIP]).replace('eth0', 'eth9'));
    const command = spawn(
      'ip',
      ['netns', 'exec', a.namespace.name, process.execPath, resolve('dist/cli/main.js'), ...a.args],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let seen = '';
    command.stderr.setEncoding('utf8').on('data', (text: string) => (seen += text));
    await until(() => command.exitCode !== null, 'the command to end');
    expect(command.exitCode).toBe(2);
    expect(seen).toContain("interface 'eth9' does not exist");
  });
});

describe('notify scripts', () => {
  test('are told in order, with keepalived’s arguments', async () => {
    const diary = join(directory, 'diary');
    const script = join(directory, 'notify.sh');
    writeFileSync(script, `#!/bin/sh\necho "$@" >>${diary}\n`, { mode: 0o755 });
    const notify = `notify "${script} any"\n  notify_master "${script} master"\n  notify_stop "${script} stop"`;
    a.start(instance(150, [VIP], notify, 'global_defs {\n  script_user root\n}'));
    await a.says('(VI_1) Entering MASTER STATE');
    await until(() => readFileSync(diary, 'utf8').split('\n').length === 4, 'three notes');
    a.signal('SIGTERM');
    await a.ended();
    expect(readFileSync(diary, 'utf8').trim().split('\n').sort()).toEqual(
      [
        'any INSTANCE VI_1 BACKUP 150',
        'master',
        'any INSTANCE VI_1 MASTER 150',
        'stop',
        'any INSTANCE VI_1 STOP 150',
      ].sort(),
    );
    // As keepalived's: what scripts create is theirs alone, unless -u says otherwise.
    expect((statSync(diary).mode & 0o777).toString(8)).toBe('600');
  });
});
