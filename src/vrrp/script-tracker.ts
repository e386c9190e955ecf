import { type Micros } from '../base/units.js';
import { type Context } from './context.js';
import { type ScriptSettings } from './settings.js';
import { type ScriptSnapshot } from './snapshot.js';
import { nextDueAt } from './timers.js';

/** The end of one run. */
export interface ScriptResult {
  readonly success: boolean;
  /** How it ended, for example `exited with status 1`; may be empty. */
  readonly detail: string;
  readonly status?: number;
}

/**
 * One vrrp_script: runs it at every interval and decides by rise and fall what it says. The first result of all
 * decides at once, unless init_fail has it start down.
 */
export class ScriptTracker {
  private currentSettings: ScriptSettings;
  private current: ScriptSnapshot['state'];
  private run = 0;
  private running = false;
  private lastDetail: string | undefined;
  private lastStatus = 0;

  /**
   * @param blocking nobody who tracks it may enter an election before the first result.
   * @param changed called after the state has changed.
   */
  constructor(
    settings: ScriptSettings,
    private readonly context: Context,
    private blocking: boolean,
    private readonly changed: () => void,
  ) {
    this.currentSettings = settings;
    this.current = settings.initFail ? 'down' : 'init';
  }

  get name(): string {
    return this.currentSettings.name;
  }

  get settings(): ScriptSettings {
    return this.currentSettings;
  }

  get state(): ScriptSnapshot['state'] {
    return this.current;
  }

  /** True until the first result, if that has to be waited for. */
  get blocks(): boolean {
    return this.blocking && this.current === 'init';
  }

  /** Holds nobody up any more. */
  release(): void {
    this.blocking = false;
  }

  /** Starts the first run, now. */
  start(): void {
    this.runDue(this.context.now);
  }

  /** Runs no more; a run under way is not waited for. */
  stop(): void {
    this.context.deadlines.clear(this.deadline);
  }

  /** Takes changed settings: what was found out so far still holds, the next run starts now. */
  reconfigure(settings: ScriptSettings): void {
    this.currentSettings = settings;
    this.start();
  }

  /** Takes the end of a run. */
  exited(result: ScriptResult): void {
    this.running = false;
    this.lastDetail = result.detail;
    this.reportStatus(result.status);
    if (this.decide(result.success)) {
      this.context.record('info', `script-${this.current}`, `VRRP_Script(${this.name}) ${wording(result)}`);
      this.changed();
    }
  }

  snapshot(): ScriptSnapshot {
    const { name, current: state, run, running, lastDetail } = this;
    return { name, state, run, running, ...(lastDetail !== undefined && { lastDetail }) };
  }

  private get deadline(): string {
    return `script ${this.name}`;
  }

  private runDue(due: Micros): void {
    const { interval, timeout } = this.currentSettings;
    const { now } = this.context;
    this.context.setDeadline(this.deadline, nextDueAt(due, interval, now), (at) => this.runDue(at));
    if (this.running) {
      const text = `Track script ${this.name} is already running, expect idle - skipping run`;
      this.context.record('info', 'script-still-running', text);
      return;
    }
    this.running = true;
    this.context.emit({ type: 'RunScript', script: this.name, timeout: timeout === 0 ? interval : timeout });
  }

  private reportStatus(status: number | undefined): void {
    if (status === undefined || status === this.lastStatus) return;
    this.lastStatus = status;
    this.context.record('info', 'script-status', `Script \`${this.name}\` now returning ${status}`);
  }

  /** Counts one result; true if the state changed by it. */
  private decide(success: boolean): boolean {
    const towards = success ? 'up' : 'down';
    if (towards === this.current) {
      this.run = 0;
      return false;
    }
    this.run += 1;
    const { rise, fall } = this.currentSettings;
    if (this.current !== 'init' && this.run < (success ? rise : fall)) return false;
    this.current = towards;
    this.run = 0;
    return true;
  }
}

/** keepalived's words for the end of a run. */
function wording({ success, detail }: ScriptResult): string {
  if (success) return 'succeeded';
  if (detail === 'timed out') return 'timed_out';
  return detail === '' ? 'failed' : `failed (${detail})`;
}
