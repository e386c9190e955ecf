// Others who speak BFD: a real keepalived and FRR's bfdd, each in a namespace and a directory of its own.
import { type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Namespace, run } from '../../namespaces.js';
import { FRR_BFDD } from '../../requires.js';
import { processTree } from '../../differential/daemon.js';
import { until } from './director.js';

/** A daemon with a log to wait for. */
export abstract class Peer {
  log = '';
  protected readonly children: ChildProcess[] = [];

  constructor(
    readonly namespace: Namespace,
    protected readonly directory: string,
  ) {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
  }

  abstract start(config: string): Promise<void> | void;

  protected spawn(command: string, ...args: readonly string[]): void {
    const child = this.namespace.spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    this.children.push(child);
  }

  async says(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.log), `the peer to say ${String(pattern)}\n${this.log}`);
  }

  /** SIGKILL to all of it at once: not a word more. */
  kill(): void {
    for (const { pid } of this.children.splice(0)) {
      if (pid === undefined) continue;
      const tree = processTree(pid);
      process.kill(pid, 'SIGSTOP'); // so that it does not see its children die
      for (const member of tree.toReversed()) process.kill(member, 'SIGKILL');
    }
  }
}

/** Debian's keepalived, or the one that UNDERSTUDY_TEST_KEEPALIVED names. */
export class KeepalivedPeer extends Peer {
  /** @param environment as `NAME=value`. */
  start(config: string, environment: readonly string[] = []): void {
    const file = join(this.directory, 'keepalived.conf');
    writeFileSync(file, config);
    const pidFile = (name: string) => join(this.directory, `${name}.pid`);
    // What a killed one leaves behind would name zombies, or somebody else.
    for (const name of ['main', 'vrrp', 'check', 'bfd']) rmSync(pidFile(name), { force: true });
    const pids = ['-p', pidFile('main'), '-r', pidFile('vrrp'), '-c', pidFile('check'), '-b', pidFile('bfd')];
    const program = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
    this.spawn('env', ...environment, program, '-nlDG', '-f', file, ...pids);
  }
}

/** zebra, without which bfdd knows no interface, and bfdd; vtysh finds them by the directory. */
export class FrrPeer extends Peer {
  private readonly files: readonly string[] = [
    '-z',
    join(this.directory, 'zserv'),
    '--vty_socket',
    this.directory,
  ];

  async start(config: string): Promise<void> {
    const owner = (flag: string): number => Number(run('id', flag, 'frr'));
    writeFileSync(join(this.directory, 'zebra.conf'), 'hostname zebra\n');
    writeFileSync(join(this.directory, 'bfdd.conf'), config);
    for (const path of ['', 'zebra.conf', 'bfdd.conf']) {
      chownSync(join(this.directory, path), owner('-u'), owner('-g'));
    }
    this.daemon(join(dirname(FRR_BFDD), 'zebra'), 'zebra');
    await until(() => this.knowsInterfaces(), `zebra to answer\n${this.log}`);
    this.daemon(FRR_BFDD, 'bfdd', '--bfdctl', join(this.directory, 'bfdctl'));
  }

  vtysh(...lines: readonly string[]): string {
    const words = lines.flatMap((line) => ['-c', line]);
    return this.namespace.run('vtysh', '--vty_socket', this.directory, ...words);
  }

  async isUp(peer: string): Promise<void> {
    const state = () => this.ask(`show bfd peer ${peer}`);
    await until(() => state().includes('Status: up'), `bfdd to have ${peer} up\n${this.log}`);
  }

  ask(command: string): string {
    try {
      return this.vtysh(command);
    } catch {
      return ''; // not there yet
    }
  }

  private knowsInterfaces(): boolean {
    return this.ask('show interface brief').includes('eth0');
  }

  private daemon(program: string, name: string, ...more: readonly string[]): void {
    const file = (suffix: string) => join(this.directory, `${name}.${suffix}`);
    this.spawn(program, '-f', file('conf'), '-i', file('pid'), '-P', '0', ...this.files, ...more);
  }
}
