import { spawn, type ChildProcess } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { startUndelayed } from '../kernel/process.js';
import { isStillLauncher, launchOf, whyNotExecuted, type Launch } from './script-launch.js';

/** A command to execute, and as whom. */
export interface Script {
  /** At least one word. Executed without a shell, except that a first word like `</run/flag` is a redirection. */
  readonly argv: readonly string[];
  /** What to execute, if it is not the first word by that name: of scripts only, for a program goes by its first word. */
  readonly path?: string;
  /** Our own user and group if absent. */
  readonly identity?: {
    readonly uid: number;
    readonly gid: number;
    /** All groups of the user; without them it has `gid` alone. */
    readonly groups?: readonly number[];
  };
}

/** How a script ended. */
export type ScriptEnd =
  | { readonly kind: 'exited'; readonly status: number }
  /** Signal number; not by us. */
  | { readonly kind: 'signalled'; readonly signal: number }
  /** It outlived its timeout and was killed. */
  | { readonly kind: 'timed-out' }
  /** It could not be executed; what the system said. */
  | { readonly kind: 'not-started'; readonly error: string };

export interface ScriptOptions {
  /** Milliseconds until its whole process group is sent TERM, and KILL two seconds later; for ever if absent. */
  readonly timeoutMs?: number;
  /** Called once, when it has ended. */
  readonly onEnd?: (end: ScriptEnd) => void;
}

/** What an overdue script may still do between TERM and KILL, as in keepalived. */
const KILL_AFTER_TERM_MS = 2000;

/** Variables that would change what a script executes are not handed on (keepalived does the same). */
const WITHHELD = new Set(['IFS', 'LD_PRELOAD', 'LD_LIBRARY_PATH']);

/** A script that was asked for. */
interface Request {
  readonly script: Script;
  readonly options: ScriptOptions;
  givenUp: boolean;
  /** Once it runs: ends it. */
  stop?: () => void;
}

interface Running {
  readonly child: ChildProcess;
}

/** How often, and how many times, it is looked whether a script is being executed before the next one is started. */
const LOOK_EVERY_MS = 1;
const LOOKS = 1000;

/**
 * Executes scripts, each in a session and process group of its own, and never makes its caller wait: starting a
 * process takes about a millisecond, so that they start one a turn of the event loop, in the order asked for, and
 * adverts and deadlines go in between. Each is being executed before the next one is started. All get TERM when this
 * process dies, and run at normal priority.
 */
export class ScriptRunner {
  private readonly waiting: Request[] = [];
  private readonly running = new Set<Running>();
  private readonly whenIdle: (() => void)[] = [];
  private starting = false;
  private readonly environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !WITHHELD.has(name)),
  );

  /** Scripts that were asked for and have not ended. */
  get pending(): number {
    return this.waiting.length + this.running.size;
  }

  /**
   * Asks for a script; it starts soon, after those that were asked for before it.
   * @returns gives it up: one that has not started never will, one that runs is sent TERM, and KILL two seconds later,
   *   with its group. What it comes to is not told.
   */
  run(script: Script, options: ScriptOptions = {}): () => void {
    const request: Request = { script, options, givenUp: false };
    this.waiting.push(request);
    if (!this.starting) {
      this.starting = true;
      setImmediate(() => this.startNext());
    }
    return () => {
      request.givenUp = true;
      request.stop?.();
    };
  }

  /** Sends a signal to the process groups of all running scripts. */
  signalAll(signal: NodeJS.Signals): void {
    for (const { child } of this.running) signalGroup(child, signal);
  }

  /** Resolves when every script has ended, those still to be started included, or after `withinMs`. */
  async idle(withinMs: number): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private startNext(): void {
    const next = this.waiting.shift();
    this.starting = next !== undefined;
    if (!next) return;
    const launch = launchOf(next.script);
    const pid = next.givenUp ? undefined : this.start(next, launch);
    this.tellIfIdle();
    if (pid === undefined) setImmediate(() => this.startNext());
    else this.startNextAfter(pid, launch, LOOKS);
  }

  private startNextAfter(pid: number, launch: Launch, looks: number): void {
    if (this.waiting.length > 0 && looks > 0 && isStillLauncher(pid, launch)) {
      setTimeout(() => this.startNextAfter(pid, launch, looks - 1), LOOK_EVERY_MS);
    } else setImmediate(() => this.startNext());
  }

  /** @returns its process id, if there is a process. */
  private start(request: Request, launch: Launch): number | undefined {
    const { script, options } = request;
    const { timeoutMs } = options;
    const onEnd = (how: ScriptEnd): void => {
      if (!request.givenUp) options.onEnd?.(how);
    };
    let child: ChildProcess;
    try {
      child = this.spawn(launch);
    } catch (error) {
      // Node throws what it does not expect of a program: ENOTDIR, ETXTBSY, E2BIG, EPERM for a user that we may not be.
      onEnd({ kind: 'not-started', error: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
    let overdue = timeoutMs === undefined ? NEVER_OVERDUE : watchTime(child, timeoutMs);
    request.stop = () => {
      if (!this.running.has(entry) || overdue.passed()) return;
      overdue.stop();
      overdue = watchTime(child, 0);
    };
    const entry = { child };
    this.running.add(entry);
    const end = (how: ScriptEnd): void => {
      if (!this.running.delete(entry)) return;
      overdue.stop();
      onEnd(how);
      this.tellIfIdle();
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end({ kind: 'not-started', error: error.message });
    });
    child.once('exit', (status, signal) => {
      if (overdue.passed()) signalGroup(child, 'SIGKILL'); // what it has left behind
      const error = status === null ? undefined : whyNotExecuted(script, launch, status);
      end(
        error === undefined ? howItEnded(status, signal, overdue.passed()) : { kind: 'not-started', error },
      );
    });
    return child.pid;
  }

  /** @throws whatever Node makes of a refusal. */
  private spawn({ argv: [file = '', ...args], identity }: Launch): ChildProcess {
    const child = startUndelayed(() =>
      spawn(file, args, { detached: true, stdio: 'ignore', env: this.environment, ...(identity ?? {}) }),
    );
    if (child.pid !== undefined) runNormally(child.pid);
    return child;
  }

  private tellIfIdle(): void {
    if (this.pending === 0) for (const tell of this.whenIdle.splice(0)) tell();
  }
}

/** vrrp_priority and its like are ours; real-time priority is not inherited anyway. */
function runNormally(pid: number): void {
  try {
    if (getPriority() < 0) setPriority(pid, 0);
  } catch {
    return; // It is another user's already, which takes a capability that we have not.
  }
}

interface TimeWatch {
  readonly passed: () => boolean;
  readonly stop: () => void;
}

const NEVER_OVERDUE: TimeWatch = { passed: () => false, stop: () => undefined };

/** TERM to the group when the time has passed, KILL if that does not help. */
function watchTime(child: ChildProcess, timeoutMs: number): TimeWatch {
  let passed = false;
  let timer = setTimeout(() => {
    passed = true;
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_TERM_MS);
  }, timeoutMs);
  return { passed: () => passed, stop: () => clearTimeout(timer) };
}

/** A group that is already gone is what was wanted. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    return;
  }
}

function howItEnded(status: number | null, signal: NodeJS.Signals | null, overdue: boolean): ScriptEnd {
  if (status !== null) return { kind: 'exited', status };
  if (overdue) return { kind: 'timed-out' };
  return { kind: 'signalled', signal: signal === null ? 0 : constants.signals[signal] };
}
