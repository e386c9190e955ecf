import { err, ok } from '../base/result.js';
import type { CheckerProbe, ScriptCommand } from '../config/index.js';
import { type ProbeEnd, type ProbeResult, type UnderWay } from './probe.js';

export type MiscProbe = CheckerProbe & { readonly kind: 'misc' };

/** How a script ended (notify/ has the details). */
export type ScriptEnding =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  /** It could not be executed. */
  | { readonly kind: 'not-started'; readonly error: string };

/** Whoever runs scripts: notify/, with the users that the configuration names. */
export interface ScriptHost {
  /**
   * Runs a command, whose whole process group is sent TERM after `timeoutMs`, and KILL later. `end` is called once,
   * never from within this call.
   * @returns ends the group and forgets it: `end` is not called.
   */
  run(command: ScriptCommand, timeoutMs: number, end: (ending: ScriptEnding) => void): () => void;
}

/** The exit status that stands for weight 0. */
const DYNAMIC_FROM = 2;

/** MISC_CHECK: a server is up for which a script says so, by its exit status. */
export function probeMisc(
  scripts: ScriptHost,
  { command, timeout, dynamic }: MiscProbe,
  end: ProbeEnd,
): UnderWay {
  let over = false;
  const stop = scripts.run(command, timeout / 1000, (ending) => {
    over = true;
    end(resultOf(ending, dynamic));
  });
  return {
    close() {
      if (!over) stop();
      over = true;
    },
  };
}

function resultOf(ending: ScriptEnding, dynamic: boolean): ProbeResult {
  switch (ending.kind) {
    case 'exited':
      return exitResult(ending.status, dynamic);
    case 'signalled':
      return failure('signal', `due to signal ${ending.signal}`);
    case 'timed-out':
      return failure('timeout', 'timed out');
    case 'not-started':
      return err({
        kind: 'not-run',
        code: 'not-started',
        text: `Misc script could not be run: ${ending.error}.`,
        detail: ending.error,
      });
  }
}

function exitResult(status: number, dynamic: boolean): ProbeResult {
  if (status === 0) return ok({});
  if (dynamic && status >= DYNAMIC_FROM) return ok({ weight: status - DYNAMIC_FROM });
  return failure('exit-status', `exited with status ${status}`);
}

const failure = (code: string, text: string): ProbeResult =>
  err({ kind: 'failed', code, text, detail: text });
