#!/usr/bin/env node
import '../daemon/early-signals.js';
import { basename } from 'node:path';
import { parseCommandLine } from './flags.js';

/*
 * One program, two names. Called as keepalived, it takes keepalived's options only; called as understudy, its first
 * word may be a command of our own. What a command needs is loaded when it is asked for: a daemon starts sooner.
 */
const [, program = 'understudy', ...args] = process.argv;
const called = basename(program);
const name = called === 'keepalived' ? 'keepalived' : 'understudy';

type Command = (args: readonly string[]) => number | Promise<number>;

const COMMANDS = new Map<string, () => Promise<Command>>([
  ['check', async () => (await import('./commands/check.js')).check],
  ['config', async () => (await import('./commands/config.js')).config],
  ['diff', async () => (await import('./commands/diff.js')).diff],
  ['explain', async () => (await import('./commands/explain.js')).explain],
  ['status', async () => (await import('./commands/status.js')).status],
  ['drain', async () => (await import('./commands/operate.js')).operation('drain')],
  ['undrain', async () => (await import('./commands/operate.js')).operation('undrain')],
  ['disable', async () => (await import('./commands/operate.js')).operation('disable')],
  ['enable', async () => (await import('./commands/operate.js')).operation('enable')],
  ['services', async () => (await import('./commands/services.js')).services],
  ['why', async () => (await import('./commands/why.js')).why],
  ['record', async () => (await import('./commands/record.js')).record],
  ['scan', async () => (await import('./commands/scan.js')).scan],
  ['simulate', async () => (await import('./commands/simulate.js')).simulate],
  ['genhash', async () => (await import('./commands/genhash.js')).genhash],
  ['demo', async () => (await import('./commands/demo.js')).demo],
]);

async function main(): Promise<void> {
  const [first] = args;
  const hashes = called === 'genhash' || first === '-T' || first === '--genhash';
  if (hashes) {
    const { genhashAs } = await import('./commands/genhash.js');
    process.exitCode = await genhashAs(called === 'genhash' ? called : `${called} --genhash`)(
      called === 'genhash' ? args : args.slice(1),
    );
    return;
  }
  if (name === 'understudy' && first !== undefined && !first.startsWith('-')) {
    process.exitCode = await runCommand(first);
    return;
  }
  const line = parseCommandLine(args);
  const { keepalived } = await import('./commands/keepalived.js');
  const code = await keepalived(line, name);
  if (code !== undefined) process.exitCode = code;
}

async function runCommand(word: string): Promise<number> {
  const load = COMMANDS.get(word);
  if (load) return (await load())(args.slice(1));
  process.stderr.write(
    `understudy: no such command: ${word}\nCommands: ${[...COMMANDS.keys()].join(', ')}\n`,
  );
  return 1;
}

await main();
