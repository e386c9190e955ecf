import { type Context } from './context.js';
import { sameData } from './equality.js';
import { type ProcessesCounted, type Reconfigured } from './event.js';
import { type Instance } from './instance.js';
import { ProcessTracker } from './process-tracker.js';
import { ScriptTracker } from './script-tracker.js';
import { type ScriptSettings, type VrrpSettings } from './settings.js';
import { fileShare, isFileFaulty, type TrackedObjects } from './tracking.js';

/** Everything that instances track, but for interfaces: who watches it, and what changes of it lead to. */
export class Trackers {
  /**
   * @param members the instances of this moment.
   */
  constructor(
    private readonly context: Context,
    private readonly members: () => readonly Instance[],
  ) {}

  /**
   * Makes the trackers fit the settings.
   * @param tracked what each instance tracks.
   * @param blocking nobody enters an election before the scripts have spoken.
   * @param changedScripts those that are to begin anew.
   * @returns the scripts that have yet to be started.
   */
  hire(
    settings: VrrpSettings,
    tracked: readonly TrackedObjects[],
    blocking: boolean,
    changedScripts: readonly string[] = [],
  ): readonly ScriptTracker[] {
    this.hireProcesses(settings);
    // Scripts that nobody tracks are not run.
    const used = new Set(tracked.flatMap(({ scripts }) => scripts.map(({ name }) => name)));
    const wanted = settings.scripts.filter(({ name }) => used.has(name));
    this.dismissScripts(wanted, changedScripts);
    return wanted.flatMap((script) => this.hireScript(script, blocking) ?? []);
  }

  /** What a reload has found on looking anew; nobody is told of it yet. */
  adopt({ files = {}, processes = {} }: Reconfigured): void {
    for (const [name, value] of Object.entries(files)) this.context.fileValues.set(name, value);
    for (const [name, count] of Object.entries(processes)) this.context.processCounts.set(name, count);
  }

  fileChanged(name: string, value: number): void {
    const { fileValues } = this.context;
    const before = fileValues.get(name) ?? 0;
    fileValues.set(name, value);
    for (const instance of this.members()) {
      const track = instance.tracks('files', name);
      if (!track) continue;
      const [was, is] = [isFileFaulty(track, before), isFileFaulty(track, value)];
      const tell = (how: string): void => {
        const text = `(${instance.name}): tracked file ${name} ${how} FAULT state`;
        this.context.record('debug', 'file-fault', text, instance.name);
      };
      if (is && !was) tell('now');
      instance.retrack();
      if (was && !is) {
        tell('leaving');
        const text = `Setting effective priority to ${instance.effectivePriority}`;
        if (fileShare(track, value) !== 0) instance.record('debug', 'priority-set', text);
      }
      instance.settle();
    }
  }

  processesCounted(event: ProcessesCounted): void {
    this.context.processCounts.set(event.name, event.count);
    this.context.processes.get(event.name)?.counted(event);
  }

  bfdChanged(name: string, up: boolean): void {
    const { bfdUp } = this.context;
    if ((bfdUp.get(name) ?? false) === up) return;
    bfdUp.set(name, up);
    for (const instance of this.members()) {
      if (!instance.tracks('bfd', name)) continue;
      const text = `VRRP_Instance(${instance.name}) Tracked BFD instance ${name} is ${up ? 'UP' : 'DOWN'}`;
      this.context.record('info', up ? 'session-up' : 'session-down', text, instance.name);
      instance.retrack();
      instance.settle();
    }
  }

  /** Everything tracked is looked at anew. */
  retrack(): void {
    for (const instance of this.members()) {
      instance.retrack();
      instance.settle();
    }
  }

  /** Runs and waits for nothing any more. */
  stop(): void {
    for (const script of this.context.scripts.values()) script.stop();
    for (const process of this.context.processes.values()) process.stop();
  }

  private hireProcesses({ processes: wanted }: VrrpSettings): void {
    const { processes, processCounts } = this.context;
    for (const [name, process] of processes) {
      if (wanted.some((each) => each.name === name)) continue;
      process.stop();
      processes.delete(name);
    }
    for (const settings of wanted) {
      const { name } = settings;
      const count = processCounts.get(name) ?? 0;
      const known = processes.get(name);
      if (known) known.adopt(settings, count);
      else processes.set(name, new ProcessTracker(settings, this.context, count, () => this.retrack()));
    }
  }

  private dismissScripts(wanted: readonly ScriptSettings[], changed: readonly string[]): void {
    const { scripts } = this.context;
    for (const [name, script] of scripts) {
      if (wanted.some((each) => each.name === name) && !changed.includes(name)) continue;
      script.stop();
      scripts.delete(name);
    }
  }

  private hireScript(settings: ScriptSettings, blocking: boolean): ScriptTracker | undefined {
    const { scripts } = this.context;
    const known = scripts.get(settings.name);
    // After a reload nobody in office is held up by a script that has yet to speak, so nobody is.
    if (!blocking) known?.release();
    if (known) {
      if (!sameData(known.settings, settings)) known.reconfigure(settings);
      return undefined;
    }
    const script = new ScriptTracker(settings, this.context, blocking, () => this.retrack());
    scripts.set(settings.name, script);
    return script;
  }
}
