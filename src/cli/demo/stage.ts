import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The theatre: network namespaces joined by one bridge. Everything that is made here is remembered and taken
 * down again by strike(), whichever way the play ends.
 */
export class Stage {
  /** Random, so that two demos side by side never meet. */
  private readonly prefix = `us-demo-${randomBytes(3).toString('hex')}`;
  private readonly hosts: string[] = [];
  private readonly children = new Set<ChildProcess>();
  /** For pid files and the like. */
  readonly folder = mkdtempSync(join(tmpdir(), 'understudy-demo-'));
  private struck = false;

  /** @throws if there are no namespaces or no bridges here; then nothing is left either. */
  constructor() {
    try {
      this.addNamespace('lan');
      this.inside('lan', ['ip', 'link', 'add', 'br0', 'type', 'bridge']);
      this.inside('lan', ['ip', 'link', 'set', 'br0', 'up']);
    } catch (error) {
      this.strike();
      throw error;
    }
  }

  /** A host with `eth0` on the shared segment, holding `address` (with its prefix length). */
  addHost(host: string, address: string): void {
    this.addNamespace(host);
    const port = this.portOf(host);
    this.inside('lan', [
      'ip',
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      this.name(host),
    ]);
    this.inside('lan', ['ip', 'link', 'set', port, 'master', 'br0', 'up']);
    this.inside(host, ['ip', 'link', 'set', 'eth0', 'up']);
    this.inside(host, ['ip', 'address', 'add', address, 'dev', 'eth0']);
  }

  /** Pulls or plugs the cable between a host and the bridge. */
  cable(host: string, state: 'up' | 'down'): void {
    this.inside('lan', ['ip', 'link', 'set', this.portOf(host), state]);
  }

  /** Runs a command in a host to its end and returns what it printed. @throws if it fails. */
  inside(host: string, command: readonly string[]): string {
    return execFileSync('nsenter', [`--net=${this.path(host)}`, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Starts a command in a host. Its pid is the command's own: nsenter replaces itself. */
  start(host: string, command: readonly string[]): ChildProcess {
    const child = spawn('nsenter', [`--net=${this.path(host)}`, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /** SIGKILLs a process that start() made, and all of its descendants: nobody gets to say goodbye. */
  killTree(child: ChildProcess): void {
    for (const pid of child.pid === undefined ? [] : withDescendants(child.pid)) kill(pid);
  }

  /** Ends everything and removes every trace. Safe to call twice. */
  strike(): void {
    if (this.struck) return;
    this.struck = true;
    for (const child of this.children) this.killTree(child);
    for (const host of this.hosts) quietly(['ip', 'netns', 'delete', this.name(host)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private addNamespace(host: string): void {
    this.hosts.push(host);
    execFileSync('ip', ['netns', 'add', this.name(host)], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.inside(host, ['ip', 'link', 'set', 'lo', 'up']);
  }

  private name(host: string): string {
    return `${this.prefix}-${host}`;
  }

  private path(host: string): string {
    return (
      ['/run/netns', '/var/run/netns'].map((folder) => join(folder, this.name(host))).find(existsSync) ?? ''
    );
  }

  private portOf(host: string): string {
    return `to-${host}`.slice(0, 15);
  }
}

function withDescendants(pid: number): number[] {
  let children: number[] = [];
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    children = list.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended by itself
  }
  return [pid, ...children.flatMap(withDescendants)];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function quietly(command: readonly [string, ...string[]]): void {
  const [program, ...args] = command;
  try {
    execFileSync(program, args, { stdio: 'ignore' });
  } catch {
    // Taking down goes on with the rest: whatever remains is named by the next command that fails.
  }
}
