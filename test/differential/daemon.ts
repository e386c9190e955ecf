// The two implementations under comparison, as an operator would run them.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace } from '../namespaces.js';

export type Implementation = 'keepalived' | 'understudy';

// UNDERSTUDY_TEST_KEEPALIVED names another keepalived to compare with than the installed one.
const commands: Record<Implementation, readonly string[]> = {
  keepalived: [process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived'],
  understudy: [process.execPath, resolve('dist/cli/main.js')],
};

/** The descendants of a process, itself first. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // After the command's name in parentheses, which may hold anything: state, then parent.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Gone since the listing.
    }
  }
  const tree = [pid];
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child);
  return tree;
}

const pidFiles = ['main', 'vrrp', 'check', 'bfd'] as const;

/** One run of one implementation in one namespace. */
export class Daemon {
  private child: ChildProcess | undefined;
  /** All that it has written, of every run, for when a test fails. */
  log = '';
  /** Exit statuses of the runs that have ended, by number or by signal. */
  readonly exits: (number | string)[] = [];

  constructor(
    readonly implementation: Implementation,
    private readonly namespace: Namespace,
    /** For its configuration and pid files; must exist. */
    private readonly directory: string,
    /** -P: the VRRP worker alone. The checker needs ip_vs. */
    private readonly vrrpOnly = true,
  ) {}

  get configPath(): string {
    return join(this.directory, 'keepalived.conf');
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  /** Writes the configuration and starts in the foreground, logging to this test. */
  start(config: string): void {
    if (this.child) throw new Error(`${this.implementation} runs already`);
    writeFileSync(this.configPath, config);
    // A killed daemon leaves its pid files, and some other process may have its pids by now.
    for (const name of pidFiles) rmSync(this.pidFile(name), { force: true });
    const [command, ...first] = commands[this.implementation];
    const flags = [
      '-n',
      '-l',
      '-D',
      '-f',
      this.configPath,
      '-p',
      this.pidFile('main'),
      '-r',
      this.pidFile('vrrp'),
      '-b',
      this.pidFile('bfd'),
    ];
    const parts = this.vrrpOnly ? ['-P'] : ['-c', this.pidFile('check')];
    const child = this.namespace.spawn(command!, [...first, ...flags, ...parts], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.directory,
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    child.on('exit', (code, signal) => {
      this.exits.push(code ?? signal ?? 'unknown');
      this.child = undefined;
    });
  }

  /** Where it says which process is which. */
  pidFile(name: (typeof pidFiles)[number]): string {
    return join(this.directory, `${name}.pid`);
  }

  /** Every process of this daemon, the parent first. Empty when it does not run. */
  pids(): number[] {
    return this.child?.pid === undefined ? [] : processTree(this.child.pid);
  }

  /** SIGHUP with a new configuration in place. */
  reload(config: string): void {
    writeFileSync(this.configPath, config);
    this.signal('SIGHUP');
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.child?.kill(signal)) throw new Error(`${this.implementation} does not run`);
  }

  /** SIGTERM (or another), and wait for the end; SIGKILL for a daemon that does not stop within 15 s. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = new AbortController();
    await Promise.race([ended, sleep(15_000, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    if (this.child) {
      this.log += `\n*** did not stop on ${signal} ***\n`;
      this.kill();
      await ended;
    }
  }

  /**
   * SIGKILL to every process, as good as at once: the parent is stopped first, so that it does not see its children
   * die, and dies last, for its death makes them resign in good order.
   */
  kill(pids = this.pids()): void {
    const parent = pids[0];
    if (parent === undefined) return;
    signalIfThere(parent, 'SIGSTOP');
    for (const pid of pids.toReversed()) signalIfThere(pid, 'SIGKILL');
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself since it was listed.
  }
}
