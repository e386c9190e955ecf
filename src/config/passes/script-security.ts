import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { examineScript, type ScriptDraft } from './scripts.js';
import { type TrackedScriptDraft } from './tracked-scripts.js';
import { type Span } from '../tree.js';

/**
 * Looks at the files of scripts as keepalived does before it runs any: scripts that are missing, that their user
 * cannot run or (with enable_script_security) that others could change do not run.
 */
export class ScriptSecurity {
  private anyScript: Span | undefined;
  private anyInsecure: string | undefined;

  constructor(
    private readonly context: PassContext,
    private readonly globals: Globals,
  ) {}

  /** A script that is told of changes: removed without further ado if it cannot run. */
  checkNotify(scripts: Record<string, ScriptDraft>): void {
    for (const [name, script] of Object.entries(scripts)) {
      if (!this.mayRun(script)) Reflect.deleteProperty(scripts, name);
    }
  }

  /** The same for scripts of global_defs: readers of FIFOs, and those of start and stop. */
  checkGlobal(scripts: Record<string, ScriptDraft>, keywords: readonly string[]): void {
    for (const keyword of keywords) {
      const script = scripts[keyword];
      if (script && !this.mayRun(script)) Reflect.deleteProperty(scripts, keyword);
    }
  }

  /** True if the script can run; otherwise says why not. */
  mayRun(script: ScriptDraft): boolean {
    const found = examineScript(this.context, script.command, this.globals.scriptUser);
    this.remember(found, script.span);
    const [name = ''] = script.command.argv;
    if (found.notFound !== undefined)
      this.context.note('script-not-found', `${found.notFound}; it will not run`, script.span);
    else if (!found.executable && !found.opensFile)
      this.context.note(
        'script-not-executable',
        `'${name}' is not executable for its user; it will not run`,
        script.span,
      );
    else {
      if (found.throughLink !== undefined)
        this.noteLink('notify-through-link', name, found.throughLink, script.span);
      return !this.inhibits(found.insecure, script.span);
    }
    return false;
  }

  /** A tracked script; a missing or unsafe one is an error, since a priority depends on it. */
  checkTracked(script: TrackedScriptDraft): void {
    const found = examineScript(this.context, script.command, this.globals.scriptUser);
    this.remember(found, script.span);
    const [name = ''] = script.command.argv;
    if (found.throughLink !== undefined)
      this.noteLink('script-through-link', name, found.throughLink, script.span);
    if (found.insecure !== undefined && this.globals.settings.enableScriptSecurity) {
      this.context.error(
        'insecure-script',
        `vrrp_script '${script.settings.name}' is disabled: ${found.insecure}`,
        script.span,
      );
      script.disabled = true;
    } else if (found.notFound !== undefined) {
      this.context.error(
        'tracked-script-not-found',
        `vrrp_script '${script.settings.name}' is disabled: ${found.notFound}`,
        script.span,
      );
      script.disabled = true;
    } else if (!found.executable && !found.opensFile) {
      this.context.note(
        'script-not-executable',
        `vrrp_script '${script.settings.name}' is not executable for its user; it is disabled`,
        script.span,
      );
      script.disabled = true;
    }
  }

  private noteLink(code: string, name: string, link: string, span: Span): void {
    const text = `keepalived 2.4.3 does not run '${name}' as root, since '${link}' is a symbolic link; Understudy does`;
    if (code === 'notify-through-link') this.context.note(code, text, span);
    else this.context.warning(code, text, span);
  }

  /** The warning that keepalived ends with where scripts run without enable_script_security. */
  conclude(): void {
    if (!this.anyScript || this.globals.settings.enableScriptSecurity) return;
    const insecure = this.anyInsecure === undefined ? '' : `, and ${this.anyInsecure}`;
    this.context.warning(
      'script-security',
      `scripts run, but enable_script_security is not set${insecure}`,
      this.anyScript,
    );
  }

  private remember(found: { isScript: boolean; insecure?: string }, span: Span): void {
    if (found.isScript) this.anyScript ??= span;
    if (found.insecure !== undefined) this.anyInsecure ??= found.insecure;
  }

  private inhibits(insecure: string | undefined, span: Span): boolean {
    if (insecure === undefined || !this.globals.settings.enableScriptSecurity) return false;
    this.context.note('insecure-notify', `${insecure}; the script will not run`, span);
    return true;
  }
}
