import { type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Stage } from './stage.js';

/** A director of the demo: its daemon, and what that has logged. */
export class Director {
  private daemon: ChildProcess | undefined;
  private readonly lines: string[] = [];

  /**
   * @param command how its daemon is started, up to and without its flags.
   * @param file its keepalived.conf.
   */
  constructor(
    private readonly stage: Stage,
    readonly name: string,
    private readonly command: readonly string[],
    private readonly file: string,
  ) {}

  /** Starts the daemon in the foreground, as a service manager would. */
  start(): void {
    const pidFile = (suffix: string): string => join(this.stage.folder, `${this.name}${suffix}.pid`);
    const flags = ['-n', '-l', '-D', '-f', this.file];
    const pids = ['-p', pidFile(''), '-r', pidFile('-vrrp'), '-c', pidFile('-checkers')];
    this.daemon = this.stage.start(this.name, [...this.command, ...flags, ...pids]);
    for (const stream of [this.daemon.stdout, this.daemon.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
  }

  /** A power cut: no process says goodbye, and the cable is dead. */
  losePower(): void {
    this.stage.cable(this.name, 'down');
    if (this.daemon) this.stage.killTree(this.daemon);
    this.daemon = undefined;
  }

  /** What a reboot leaves: the cable is alive, and the address that the daemon had added is gone. */
  returnPower(ownAddress: string): void {
    this.stage.inside(this.name, ['ip', 'address', 'flush', 'dev', 'eth0']);
    this.stage.inside(this.name, ['ip', 'address', 'add', ownAddress, 'dev', 'eth0']);
    this.stage.cable(this.name, 'up');
    this.start();
  }

  /** SIGTERM: it resigns, which the other director hears. */
  stopGracefully(): void {
    this.daemon?.kill('SIGTERM');
    this.daemon = undefined;
  }

  /** Lines logged so far; a mark for waitForLine. */
  get logged(): number {
    return this.lines.length;
  }

  /** The last lines of its log, for when something went wrong. */
  tail(count: number): string {
    return this.lines.slice(-count).join('\n');
  }

  /** Resolves with the first line after `from` that matches; undefined after `timeoutMs`. */
  async waitForLine(pattern: RegExp, from: number, timeoutMs: number): Promise<string | undefined> {
    for (let waitedMs = 0; waitedMs <= timeoutMs; waitedMs += 20) {
      const found = this.lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  }
}
