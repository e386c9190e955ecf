import { spawn, spawnSync } from 'node:child_process';
import { startUndelayed } from '../kernel/process.js';
import { type CommandEnd } from './iptables-keeper.js';

/** A command that hangs must not keep rules from being changed for ever. */
const LONGEST_MS = 30_000;

/** Runs a command with this on its standard input. */
export function runCommand(command: string, args: readonly string[], input = ''): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const [output, error]: [string[], string[]] = [[], []];
    const child = startUndelayed(() => spawn(command, args, { stdio: 'pipe', timeout: LONGEST_MS }));
    const end = (ok: boolean, trouble = ''): void =>
      resolve({ ok, output: output.join(''), error: trouble || error.join('') });
    child.once('error', (reason) => end(false, reason.message));
    child.once('close', (status, signal) => end(status === 0, signal === null ? '' : `killed by ${signal}`));
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => error.push(text));
    // One that ends without reading is told of by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** What `iptables` is on this host: the old one, a front end of nftables, or not there. */
export function iptablesKind(): 'legacy' | 'nf_tables' | 'missing' {
  const asked = spawnSync('iptables', ['-V'], { encoding: 'utf8', timeout: LONGEST_MS });
  if (asked.error || asked.status !== 0) return 'missing';
  return asked.stdout.includes('(nf_tables)') ? 'nf_tables' : 'legacy';
}
