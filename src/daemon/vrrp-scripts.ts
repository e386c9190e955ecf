import { type Micros } from '../base/units.js';
import { type GlobalSettings, type NotifySettings, type ScriptCommand } from '../config/index.js';
import { ScriptRunner, stateScripts, type Script, type ScriptEnd } from '../notify/index.js';
import { type RunNotify } from '../vrrp/index.js';
import { type Log } from './log.js';
import { readUserDatabase, resolveScript, type UserDatabase } from './users.js';

/** How long a stop waits for scripts that tell of it, as keepalived does. */
const STOP_SCRIPT_MS = 1000;

/** What scripts take from the configuration. */
export interface ScriptSettings {
  readonly global: GlobalSettings;
  readonly notify: NotifySettings;
  readonly vrrpScripts: Readonly<Record<string, ScriptCommand>>;
}

/** The scripts of the vrrp worker: those that track, and those that are told of changes. */
export class VrrpScripts {
  private readonly trackers = new ScriptRunner();
  private readonly notifiers = new ScriptRunner();
  private readonly farewells = new Set<Promise<void>>();
  private users: UserDatabase = readUserDatabase();

  constructor(
    private settings: ScriptSettings,
    private readonly log: Log,
  ) {}

  reconfigure(settings: ScriptSettings): void {
    this.settings = settings;
    this.users = readUserDatabase();
  }

  /** Runs a tracking script once; `onEnd` says whether it succeeded and, in keepalived's words, how it ended. */
  track(name: string, timeout: Micros, onEnd: (success: boolean, detail: string) => void): void {
    const command = this.settings.vrrpScripts[name];
    const script = command && this.resolve(command);
    if (!script) {
      setImmediate(() => onEnd(false, 'cannot be run'));
      return;
    }
    this.trackers.run(script, {
      timeoutMs: timeout / 1000,
      onEnd: (end) => onEnd(end.kind === 'exited' && end.status === 0, describeEnd(end)),
    });
  }

  /** Tells the scripts that want to know of a change. */
  notify(event: RunNotify): void {
    const { instances, groups } = this.settings.notify;
    const listeners = event.subject === 'GROUP' ? groups[event.name] : instances[event.name];
    for (const command of stateScripts(listeners, event)) {
      const script = this.resolve(command);
      if (!script) continue;
      if (event.state === 'STOP') this.farewell(script);
      else this.notifiers.run(script, { onEnd: (end) => this.sayIfNotStarted(command, end) });
    }
  }

  /** Ends tracking scripts, and resolves when those that tell of the stop have ended, or after a second. */
  async stop(): Promise<void> {
    this.trackers.signalAll('SIGTERM');
    await Promise.all(this.farewells);
  }

  private farewell(script: Script): void {
    const ended = new Promise<void>((resolve) => {
      this.notifiers.run(script, { timeoutMs: STOP_SCRIPT_MS, onEnd: () => resolve() });
      setTimeout(resolve, STOP_SCRIPT_MS + 100);
    });
    this.farewells.add(ended);
  }

  private resolve(command: ScriptCommand): Script | undefined {
    const script = resolveScript(command, this.settings.global, this.users);
    if (script.ok) return script.value;
    this.log.error(`${script.error} - not running ${command.argv[0] ?? ''}`);
    return undefined;
  }

  private sayIfNotStarted(command: ScriptCommand, end: ScriptEnd): void {
    if (end.kind === 'not-started')
      this.log.error(`Error exec-ing command '${command.argv[0] ?? ''}': ${end.error}`);
  }
}

function describeEnd(end: ScriptEnd): string {
  switch (end.kind) {
    case 'exited':
      return `exited with status ${end.status}`;
    case 'signalled':
      return `due to signal ${end.signal}`;
    case 'timed-out':
      return 'timed out';
    case 'not-started':
      return end.error;
  }
}
