// Debian's snmpd and snmptrapd in a namespace of a test: what a management station sees of a director.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace } from '../namespaces.js';

/** Generous: a loaded machine may take its time. */
const LIMIT_MS = 60_000;

/** Asks until the condition holds; throws with `describe` if it never does. */
export async function until(describe: () => string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    if (condition()) return;
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms: ${describe()}`);
    await sleep(100);
  }
}

/** A master agent that subagents find at `socket`, and a receiver for its traps. */
export class SnmpAgent {
  private readonly children: ChildProcess[] = [];
  private agent: ChildProcess | undefined;
  readonly socket: string;

  /** @param directory of this agent alone; must exist. */
  constructor(
    private readonly namespace: Namespace,
    private readonly directory: string,
  ) {
    this.socket = join(directory, 'agentx');
  }

  async start(): Promise<void> {
    writeFileSync(
      this.file('snmpd.conf'),
      [
        'master agentx',
        `agentXSocket unix:${this.socket}`,
        'agentaddress udp:127.0.0.1:1161',
        'rocommunity public',
        'rwcommunity private',
        'trap2sink 127.0.0.1:1162 public',
        '',
      ].join('\n'),
    );
    writeFileSync(this.file('snmptrapd.conf'), 'disableAuthorization yes\n');
    const receiver = ['-f', '-On', '-C', '-c', this.file('snmptrapd.conf'), '-Lf', this.file('traps')];
    this.spawn('snmptrapd', [...receiver, 'udp:127.0.0.1:1162']);
    await until(
      () => 'snmptrapd',
      () => this.read('traps').includes('NET-SNMP version'),
    );
    await this.startAgent();
  }

  /** snmpd alone: to be stopped and started while others run. */
  async startAgent(): Promise<void> {
    this.agent = this.spawn('snmpd', [
      '-f',
      '-C',
      '-c',
      this.file('snmpd.conf'),
      '-Lf',
      this.file('snmpd.log'),
    ]);
    await until(
      () => `snmpd: ${this.read('snmpd.log')}`,
      () =>
        existsSync(this.socket) && this.ask('snmpget', 'public', '.1.3.6.1.2.1.1.3.0').includes('Timeticks'),
    );
  }

  async stopAgent(): Promise<void> {
    if (this.agent) await end(this.agent);
    this.agent = undefined;
  }

  /** What a tool prints, or the reason why it prints nothing. */
  ask(tool: string, community: string, ...words: readonly string[]): string {
    const all = ['-On', '-v2c', '-c', community, '-t', '5', '-r', '2', '127.0.0.1:1161', ...words];
    try {
      return this.namespace.run('env', 'MIBS=', `SNMP_PERSISTENT_DIR=${this.directory}`, tool, ...all);
    } catch (error) {
      return String(error);
    }
  }

  /** All below that OID: `.1.3.6… = INTEGER: 1`, one a line. */
  walk(tool: 'snmpwalk' | 'snmpbulkwalk', oid: string): readonly string[] {
    return this.ask(tool, 'public', oid)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line.startsWith(oid) && !line.includes('No Such Object'));
  }

  /** The values alone, without their types. */
  values(oid: string): readonly (string | undefined)[] {
    return this.walk('snmpbulkwalk', oid).map((line) => line.split(': ')[1]);
  }

  /** Every trap, as its objects: without sysUpTime. */
  traps(): readonly string[] {
    return this.read('traps')
      .split('\n')
      .filter((line) => line.startsWith('.1.3.6.1.2.1.1.3.0 = '))
      .map((line) =>
        line
          .split('\t')
          .slice(1)
          .map((object) => object.trim())
          .join(' | '),
      );
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map(end));
  }

  private file(name: string): string {
    return join(this.directory, name);
  }

  private read(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'utf8') : '';
  }

  private spawn(program: string, words: readonly string[]): ChildProcess {
    const child = this.namespace.spawn(program, words, {
      stdio: 'ignore',
      env: { ...process.env, MIBS: '', SNMP_PERSISTENT_DIR: this.directory },
    });
    this.children.push(child);
    return child;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
