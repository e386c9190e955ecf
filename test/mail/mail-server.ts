// A mail server in a namespace, and what it was sent.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace } from '../namespaces.js';

/** Debian's own Python, which has python3-aiosmtpd. */
const PYTHON = '/usr/bin/python3';

export interface MailServerWish {
  readonly host: string;
  readonly port: number;
  readonly manner?: 'takes' | 'refuses' | 'defers' | 'trickles' | 'is silent';
  readonly tls?: 'starttls' | 'connect';
  readonly cert?: string;
  readonly key?: string;
  readonly login?: readonly [user: string, password: string];
  readonly unknown?: readonly string[];
}

/** One mail as the server took it. */
export interface ReceivedMail {
  readonly helo: string;
  readonly tls: boolean;
  readonly login: boolean;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the headers in their order. */
  readonly headerNames: readonly string[];
  readonly body: string;
}

export class MailServer {
  /** What was taken, in order. */
  readonly mails: ReceivedMail[] = [];
  /** Everything that it said. */
  readonly said: string[] = [];
  private child: ChildProcess | undefined;

  constructor(
    private readonly namespace: Namespace,
    private readonly wish: MailServerWish,
  ) {}

  async start(): Promise<void> {
    const script = resolve('test/mail/server.py');
    const child = this.namespace.spawn(PYTHON, [script, JSON.stringify(this.wish)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.heard(line);
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await waitFor(
      () => this.said.some((line) => line.includes('ready')) || child.exitCode !== null,
      'the mail server to start',
    );
    if (child.exitCode !== null) throw new Error(`the mail server ended: ${errors}`);
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  private heard(line: string): void {
    this.said.push(line);
    const said = JSON.parse(line) as { text?: string } & Omit<
      ReceivedMail,
      'headers' | 'headerNames' | 'body'
    >;
    if (said.text !== undefined) this.mails.push({ ...said, ...parse(said.text) });
  }
}

function parse(text: string): Pick<ReceivedMail, 'headers' | 'headerNames' | 'body'> {
  const end = text.indexOf('\r\n\r\n');
  const lines = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => line.split(/: ?(.*)/s));
  return {
    headers: Object.fromEntries(lines.map(([name, value]) => [name, value])) as Record<string, string>,
    headerNames: lines.map(([name]) => name ?? ''),
    body: text.slice(end + 4),
  };
}

/** Waits for a condition, generously. */
export async function waitFor(condition: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}
