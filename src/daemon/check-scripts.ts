import { type GlobalSettings, type ScriptCommand } from '../config/index.js';
import { ScriptRunner } from '../notify/index.js';
import { type ScriptEnding, type ScriptHost } from '../probe/index.js';
import { openUserDatabase, resolveScript, type UserDatabase } from './users.js';

/** Runs the scripts of MISC_CHECK, as the users that the configuration names. */
export class CheckScripts implements ScriptHost {
  private readonly runner = new ScriptRunner();
  private users: UserDatabase = openUserDatabase();

  constructor(private global: GlobalSettings) {}

  reconfigure(global: GlobalSettings): void {
    this.global = global;
    this.users = openUserDatabase();
  }

  run(command: ScriptCommand, timeoutMs: number, end: (ending: ScriptEnding) => void): () => void {
    const script = resolveScript(command, this.global, this.users);
    if (script.ok) return this.runner.run(script.value, { timeoutMs, onEnd: end });
    const handle = setImmediate(() => end({ kind: 'not-started', error: script.error }));
    return () => clearImmediate(handle);
  }
}
