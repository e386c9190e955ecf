import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { getegid, geteuid } from 'node:process';
import { type Script } from './script-runner.js';

/** What is executed for a script, and as whom Node has to start it. */
export interface Launch {
  readonly argv: readonly string[];
  /** The program that becomes the script, while it has not yet. */
  readonly via?: string;
  readonly identity?: { readonly uid: number; readonly gid: number };
}

type Identity = NonNullable<Script['identity']>;

/**
 * util-linux's setpriv, which does between fork and exec what Node cannot: it asks the kernel to send TERM to the script
 * when we die (prctl(PR_SET_PDEATHSIG)), and sets supplementary groups. It then becomes the script: same process id.
 */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path)) ?? null;

/** Exit statuses of setpriv that could not execute the script; a shell's, too, for a command of its own. */
const NOT_EXECUTED: ReadonlySet<number> = new Set([126, 127]);

/** How to execute a script. Without setpriv it runs all the same, but outlives us and has no supplementary groups. */
export function launchOf(script: Script, setpriv: string | null = SETPRIV): Launch {
  const argv = executable(script);
  const { identity } = script;
  if (setpriv === null)
    return { argv, ...(identity && { identity: { uid: identity.uid, gid: identity.gid } }) };
  const words = ['--pdeathsig', 'TERM', ...(identity ? privileges(identity) : [])];
  return { argv: [setpriv, ...words, '--', ...argv], via: 'setpriv' };
}

function privileges({ uid, gid, groups = [] }: Identity): readonly string[] {
  // To become ourselves needs no privilege, which we may not have.
  if (groups.length === 0 && uid === geteuid?.() && gid === getegid?.()) return [];
  const all = groups.length > 0 ? groups : [gid];
  return ['--reuid', String(uid), '--regid', String(gid), '--groups', all.join(',')];
}

/** True while the process has not become the script yet. */
export function isStillLauncher(pid: number, { via }: Launch): boolean {
  if (via === undefined) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd() === via;
  } catch {
    return false;
  }
}

/** Why a script that ended with this status was never executed; undefined if it was. */
export function whyNotExecuted(script: Script, { via }: Launch, status: number): string | undefined {
  if (via === undefined || !NOT_EXECUTED.has(status)) return undefined;
  const [file = ''] = executable(script);
  const paths = file.includes('/') ? [file] : searchPath().map((directory) => `${directory}/${file}`);
  let reason: string | undefined;
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      return undefined;
    } catch (error) {
      reason = (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }
  return reason;
}

const searchPath = (): readonly string[] => (process.env['PATH'] ?? '/usr/bin:/bin').split(delimiter);

/** keepalived takes `</path` as a test whether a file can be opened, which only a shell can do. */
function executable({ argv: [first = '', ...rest], path }: Script): readonly string[] {
  if (!/^[<>]/.test(first)) return [path ?? first, ...rest];
  return ['/bin/sh', '-c', [first, ...rest.map(quoteForShell)].join(' ')];
}

const quoteForShell = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
