import { type GlobalSettings, type ScriptCommand } from '../config/index.js';
import { now } from '../kernel/clock.js';
import { ScriptRunner, type Script } from '../notify/index.js';
import { type Recorder } from '../observe/index.js';
import { type Log } from './log.js';
import { ScriptTally } from './script-tally.js';
import { openUserDatabase, resolveScript, type UserDatabase } from './users.js';

/** How long a stop waits for scripts that tell of it, as keepalived does. */
const FAREWELL_MS = 1000;

/** Runs the scripts that a worker tells of changes, as the users that the configuration names. */
export class ScriptDesk {
  readonly tally = new ScriptTally();
  private readonly runner = new ScriptRunner();
  private readonly farewells: Promise<void>[] = [];
  private users: UserDatabase = openUserDatabase();

  constructor(
    private global: GlobalSettings,
    private readonly log: Log,
    private readonly recorder?: Recorder,
  ) {}

  reconfigure(global: GlobalSettings): void {
    this.global = global;
    this.users = openUserDatabase();
  }

  /** Finds out who runs these commands, so that nobody waits for that when they are run. */
  prepare(commands: readonly ScriptCommand[]): void {
    for (const command of commands) resolveScript(command, this.global, this.users);
  }

  /** A command with its user's numbers; undefined, and a line in the log, if there is no such user. */
  resolve(command: ScriptCommand): Script | undefined {
    const script = resolveScript(command, this.global, this.users);
    if (script.ok) return script.value;
    this.log.error(`${script.error} - not running ${command.argv[0] ?? ''}`);
    return undefined;
  }

  /** Starts a script and lets it be. */
  run(command: ScriptCommand): void {
    const script = this.resolve(command);
    if (!script) return;
    this.recorder?.note('script-started', now(), { argv: command.argv });
    const ended = this.tally.began('notify', command.argv[0] ?? '');
    this.runner.run(script, {
      onEnd: (end) => {
        ended();
        this.recorder?.note('script-ended', now(), { argv: command.argv, end });
        if (end.kind !== 'not-started') return;
        this.log.error(`Error exec-ing command '${command.argv[0] ?? ''}': ${end.error}`);
      },
    });
  }

  /** Starts a script that tells of the daemon's stop: it is waited for, but not for long. */
  runFarewell(command: ScriptCommand): void {
    const script = this.resolve(command);
    if (!script) return;
    const ended = new Promise<void>((resolve) => {
      this.runner.run(script, { timeoutMs: FAREWELL_MS, onEnd: () => resolve() });
      setTimeout(resolve, FAREWELL_MS + 100);
    });
    this.farewells.push(ended);
  }

  /** Resolves when those that tell of the stop have ended, or when their time is over. */
  async farewellsEnded(): Promise<void> {
    await Promise.all(this.farewells);
  }
}
