import { spawn } from 'node:child_process';

/** Set in the environment of the process that is to become the daemon; removed there before anything else. */
const MARK = 'UNDERSTUDY_DETACHED';

/** From the daemon to the command that started it. */
type Progress = { readonly type: 'Say'; readonly text: string } | { readonly type: 'Started' };

/**
 * Starts this very command again in a session of its own, away from the terminal (Node cannot fork). Resolves when
 * the daemon runs or has given up, with the exit code for the shell. What it wants said is written to stderr.
 */
export async function detach(): Promise<number> {
  const [, program = '', ...args] = process.argv;
  const daemon = spawn(process.execPath, [...process.execArgv, program, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, [MARK]: '1' },
  });
  return new Promise((resolve) => {
    daemon.on('message', (message) => {
      const progress = message as Progress;
      if (progress.type === 'Say') process.stderr.write(`${progress.text}\n`);
      else {
        daemon.disconnect();
        daemon.unref();
        resolve(0);
      }
    });
    daemon.on('exit', (code) => resolve(code ?? 1));
    daemon.on('error', (error) => {
      process.stderr.write(`Cannot start the daemon: ${error.message}\n`);
      resolve(1);
    });
  });
}

/** The daemon's end of detach(). */
export interface Launcher {
  /** Shown on the terminal of whoever starts us. */
  say(text: string): void;
  /** Releases whoever started us. */
  started(): void;
}

/** If this process was started by detach(), its launcher; otherwise undefined. */
export function takeLauncher(): Launcher | undefined {
  if (process.env[MARK] !== '1') return undefined;
  // Scripts that we run must not take themselves for daemons.
  Reflect.deleteProperty(process.env, MARK);
  const send = (progress: Progress): void => {
    if (process.connected) process.send?.(progress);
  };
  process.on('disconnect', () => undefined);
  return {
    say: (text) => send({ type: 'Say', text }),
    started: () => {
      send({ type: 'Started' });
      process.channel?.unref();
    },
  };
}
