// One Understudy in one namespace, as an operator runs it: a process, a file, signals.
import { type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace } from '../../namespaces.js';

const MAIN = resolve('dist/cli/main.js');

/** Waits until `condition` holds; throws with `what` after half a minute: a busy machine takes ten seconds to start two daemons. */
export async function until(condition: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}

/** A director: VRRP version 3 every 100 ms, so that elections take a third of a second. */
export class Director {
  readonly configFile: string;
  readonly pidFiles: Readonly<Record<'main' | 'vrrp' | 'checkers' | 'bfd', string>>;
  log = '';
  private child: ChildProcess | undefined;

  constructor(
    readonly namespace: Namespace,
    directory: string,
  ) {
    const home = join(directory, namespace.label);
    mkdirSync(home, { recursive: true });
    this.configFile = join(home, 'keepalived.conf');
    this.pidFiles = {
      main: join(home, 'main.pid'),
      vrrp: join(home, 'vrrp.pid'),
      checkers: join(home, 'checkers.pid'),
      bfd: join(home, 'bfd.pid'),
    };
  }

  /** The words that run it, without the program. */
  get args(): readonly string[] {
    const { main, vrrp, checkers, bfd } = this.pidFiles;
    return ['-f', this.configFile, '-p', main, '-r', vrrp, '-c', checkers, '-b', bfd, '-G'];
  }

  write(config: string): void {
    writeFileSync(this.configFile, config);
  }

  /** Starts in the foreground, with what it says on stderr in `log`. */
  start(config?: string, prefix: readonly string[] = [], flags = '-nlD'): void {
    if (config !== undefined) this.write(config);
    const words = [process.execPath, MAIN, ...this.args, flags];
    const child = this.namespace.spawn('env', [...prefix, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.child = child;
  }

  /** The process whose life is the daemon's. */
  get process(): ChildProcess {
    if (!this.child) throw new Error('not started');
    return this.child;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** The exit status, or the signal's name. */
  async ended(): Promise<number | string> {
    const { process } = this;
    const over = () => process.exitCode !== null || process.signalCode !== null;
    await until(over, `${this.namespace.label} to end\n${this.log}`);
    return process.exitCode ?? process.signalCode ?? 'nothing';
  }

  async says(text: string, times = 1): Promise<void> {
    await until(
      () => this.log.split(text).length > times,
      `${this.namespace.label} to say '${text}'\n${this.log}`,
    );
  }

  /** The pid in a pid file; undefined if there is no such file. */
  pid(process: keyof Director['pidFiles']): number | undefined {
    const file = this.pidFiles[process];
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }

  /** Addresses on an interface, as `ip` prints them. */
  addresses(name = 'eth0'): readonly string[] {
    return this.namespace
      .ip('-brief', 'address', 'show', 'dev', name)
      .trim()
      .split(/\s+/)
      .slice(2)
      .map((address) => address.split('/')[0] ?? '');
  }
}

/** One instance on eth0; `more` stands inside its block, `before` in front of it. */
export const instance = (priority: number, vips: readonly string[], more = '', before = ''): string => `
global_defs {
  vrrp_version 3
}
${before}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 0.1
  ${more}
  virtual_ipaddress {
    ${vips.join('\n    ')}
  }
}
`;
