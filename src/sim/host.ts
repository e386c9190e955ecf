import { DeadlineQueue } from '../base/deadline-queue.js';
import { plus, secondsToMicros, type Micros } from '../base/units.js';
import {
  Router,
  type InterfaceState,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpSettings,
} from '../vrrp/index.js';

/** How a run of a tracking script will end, and how long it takes. */
export interface ScriptRun {
  readonly success: boolean;
  readonly duration: Micros;
}

/** What the clock on the wall shows when a simulation begins: in January 2027. */
const EPOCH = secondsToMicros(1_800_000_000);

/** What a simulated host is made of. */
export interface HostOptions {
  readonly settings: VrrpSettings;
  /** As they are before the daemon starts. */
  readonly interfaces: readonly InterfaceState[];
  /** How what is tracked is before the daemon starts. */
  readonly known?: Iterable<VrrpEvent>;
  /** Asked each time a script is started. */
  readonly runScript: (script: string) => ScriptRun;
  /** Told every effect, after the host has taken what is its own business (deadlines, scripts). */
  readonly emit: (effect: VrrpEffect, now: Micros) => void;
  /** Told each event with all that followed from it. */
  readonly onStep?: (event: VrrpEvent, effects: readonly VrrpEffect[], now: Micros) => void;
}

/**
 * The daemon's driver without a kernel: a Router, its deadlines and its scripts on a virtual clock. One event is
 * taken at a time and all of its effects are carried out before the next, as the core contract demands.
 */
export class Host {
  private readonly router: Router;
  private readonly deadlines = new DeadlineQueue();
  private readonly scriptEnds = new DeadlineQueue();
  private readonly outcomes = new Map<string, boolean>();

  constructor(private readonly options: HostOptions) {
    this.router = new Router(options.settings);
  }

  /**
   * Tells the router its interfaces, then that it has started.
   * @param resume masters before a crash.
   * @param uptime since the host was booted; long ago unless told.
   */
  start(now: Micros, resume: readonly string[] = [], uptime?: Micros): void {
    for (const state of this.options.interfaces) this.take({ type: 'InterfaceChanged', state }, now);
    for (const event of this.options.known ?? []) this.take(event, now);
    this.take({ type: 'WallClockRead', unixTime: plus(now, EPOCH) }, now);
    const boot = uptime === undefined ? {} : { uptime };
    this.take({ type: 'Started', ...(resume.length > 0 && { resume }), ...boot }, now);
  }

  /** Hands one event to the router and carries out what follows from it. */
  take(event: VrrpEvent, now: Micros): void {
    const effects = this.router.step(event, now);
    for (const effect of effects) this.carryOut(effect, now);
    this.options.onStep?.(event, effects, now);
  }

  /** When something of its own falls due: a deadline or the end of a script. */
  next(): Micros | undefined {
    const deadlineAt = this.deadlines.next();
    const endAt = this.scriptEnds.next();
    if (deadlineAt === undefined || endAt === undefined) return deadlineAt ?? endAt;
    return deadlineAt <= endAt ? deadlineAt : endAt;
  }

  /** Takes everything that is due at `now`, earliest first, and what comes due by it. */
  wake(now: Micros): void {
    for (let event = this.takeDue(now); event; event = this.takeDue(now)) this.take(event, now);
  }

  /** The effective priority of an instance, if there is one of that name. */
  priorityOf(instance: string): number | undefined {
    return this.router.priorityOf(instance);
  }

  private takeDue(now: Micros): VrrpEvent | undefined {
    const deadlineAt = this.deadlines.next();
    const endAt = this.scriptEnds.next();
    if (endAt !== undefined && (deadlineAt === undefined || endAt <= deadlineAt)) {
      const end = this.scriptEnds.takeDue(now);
      return end && this.scriptExited(end.name);
    }
    const due = this.deadlines.takeDue(now);
    return due && { type: 'DeadlinePassed', name: due.name, at: due.at };
  }

  private scriptExited(script: string): VrrpEvent {
    const success = this.outcomes.get(script) ?? false;
    return { type: 'ScriptExited', script, success, detail: success ? '' : 'exited with status 1' };
  }

  private carryOut(effect: VrrpEffect, now: Micros): void {
    if (effect.type === 'SetDeadline') this.deadlines.set(effect.name, effect.at);
    else if (effect.type === 'ClearDeadline') this.deadlines.clear(effect.name);
    else if (effect.type === 'RunScript') this.startScript(effect.script, effect.timeout, now);
    this.options.emit(effect, now);
  }

  /** A run that would outlast its timeout is killed then, which is a failure. */
  private startScript(script: string, timeout: Micros, now: Micros): void {
    const run = this.options.runScript(script);
    const killed = run.duration > timeout;
    this.outcomes.set(script, run.success && !killed);
    this.scriptEnds.set(script, plus(now, killed ? timeout : run.duration));
  }
}
