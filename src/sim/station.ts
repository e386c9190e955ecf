import { micros, plus, type Micros } from '../base/units.js';
import {
  type AdvertReceived,
  type InterfaceState,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpSettings,
  type VrrpState,
} from '../vrrp/index.js';
import { type TrackedEvent } from './fault.js';
import { Host } from './host.js';

/** A router as the simulation is given it. */
export interface SimulatedRouter {
  readonly name: string;
  readonly settings: VrrpSettings;
  /** Its interfaces and their own addresses. */
  readonly interfaces: readonly InterfaceState[];
  /** What it knows of things tracked before it starts: BFD sessions that are up, processes that run. */
  readonly tracked?: readonly TrackedEvent[];
  /** How much faster its clock runs than the others', in millionths; may be negative. */
  readonly clockDriftPpm?: number;
}

/** What a station tells the simulation of: everything that it does, at the simulation's time. */
export type StationListener = (effect: VrrpEffect, now: Micros) => void;

/**
 * One host on the virtual network: power, cables, a clock that drifts, a process that may stall, and what its kernel holds.
 * Around it all times are the simulation's; inside the host they are those of its own clock.
 */
export class Station {
  /** By instance; kept apart from the router's own view, so that the two can be compared. */
  readonly states = new Map<string, VrrpState>();
  /** Instances whose addresses the kernel holds. */
  readonly held = new Set<string>();
  settings: VrrpSettings;
  private host: Host | undefined;
  private stalledUntil = micros(0);
  private inbox: VrrpEvent[] = [];
  private readonly interfaces = new Map<string, InterfaceState>();
  /** How what is tracked is, by what it is. */
  private readonly tracked = new Map<string, TrackedEvent>();
  private readonly failingScripts = new Set<string>();
  private readonly rate: number;
  /** Of the event being taken. */
  private now = micros(0);

  constructor(
    readonly router: SimulatedRouter,
    private readonly listener: StationListener,
  ) {
    this.settings = router.settings;
    this.rate = 1 + (router.clockDriftPpm ?? 0) / 1_000_000;
    for (const state of router.interfaces) this.interfaces.set(state.name, state);
    for (const event of router.tracked ?? []) this.tracked.set(`${event.type} ${event.name}`, event);
  }

  get name(): string {
    return this.router.name;
  }

  /** True while the daemon runs. */
  get running(): boolean {
    return this.host !== undefined;
  }

  /** True while the process does not get to run. */
  isStalled(now: Micros): boolean {
    return now < this.stalledUntil;
  }

  /** The interface as it is, if there is one of that name. */
  interfaceState(name: string): InterfaceState | undefined {
    return this.interfaces.get(name);
  }

  /** Starts the daemon, if it does not run. @param resume instances that were master before a crash. */
  start(now: Micros, resume: readonly string[] = []): void {
    if (this.host) return;
    this.now = now;
    this.host = new Host({
      settings: this.settings,
      interfaces: [...this.interfaces.values()],
      known: this.tracked.values(),
      runScript: (script) => ({ success: !this.failingScripts.has(script), duration: micros(1000) }),
      emit: (effect) => this.observe(effect),
    });
    this.host.start(this.toLocal(now), resume);
  }

  /** The power goes. */
  kill(): void {
    this.host = undefined;
    this.inbox = [];
    this.states.clear();
    this.held.clear();
    this.stalledUntil = micros(0);
  }

  /** The worker dies and is respawned; what the kernel holds stays. */
  crashWorker(now: Micros): void {
    if (!this.host) return;
    const masters = [...this.held];
    this.host = undefined;
    this.inbox = [];
    this.stalledUntil = micros(0);
    this.states.clear();
    this.start(now, masters);
  }

  /** The process does not run until `until`. */
  stall(until: Micros): void {
    this.stalledUntil = micros(Math.max(this.stalledUntil, until));
  }

  /** Something happens to the router; a stalled one takes it when it runs again. */
  take(event: VrrpEvent, now: Micros): void {
    if (!this.host) return;
    if (this.isStalled(now)) {
      this.inbox.push(event);
      return;
    }
    this.now = now;
    this.host.take(event, this.toLocal(now));
    if (event.type === 'StopRequested') this.host = undefined;
  }

  /** A packet arrives; it is lost if the link is down or nobody listens. */
  receive(packet: AdvertReceived, now: Micros): void {
    if (this.interfaces.get(packet.interface)?.up !== true) return;
    this.take({ ...packet, receivedAt: this.toLocal(now) }, now);
  }

  /** The carrier of an interface comes or goes. */
  setLink(name: string, up: boolean, now: Micros): void {
    const state = this.interfaces.get(name);
    if (!state || state.up === up) return;
    const changed = { ...state, up };
    this.interfaces.set(name, changed);
    this.take({ type: 'InterfaceChanged', state: changed }, now);
  }

  /** How runs of this script end from now on. */
  setScript(script: string, success: boolean): void {
    if (success) this.failingScripts.delete(script);
    else this.failingScripts.add(script);
  }

  /** Something tracked is so from now on, also for a daemon that is started later. */
  setTracked(event: TrackedEvent, now: Micros): void {
    this.tracked.set(`${event.type} ${event.name}`, event);
    this.take(event, now);
  }

  /** New settings for the daemon, running or not. */
  reload(settings: VrrpSettings, now: Micros): void {
    this.settings = settings;
    this.take({ type: 'Reconfigured', settings }, now);
  }

  /** When this station wants to run next, in the simulation's time. */
  next(): Micros | undefined {
    if (!this.host) return undefined;
    if (this.inbox.length > 0) return this.stalledUntil;
    const local = this.host.next();
    return local === undefined ? undefined : micros(Math.max(this.toGlobal(local), this.stalledUntil));
  }

  /**
   * Runs whatever is due. After a stall the receive queue comes first: what others have said meanwhile is older than our own
   * deadline (DESIGN.md, Style 2).
   */
  wake(now: Micros): void {
    if (this.isStalled(now)) return;
    const waiting = this.inbox;
    this.inbox = [];
    for (const event of waiting) this.take(event, now);
    this.now = now;
    this.host?.wake(this.toLocal(now));
  }

  /** The effective priority of an instance; undefined while it does not run. */
  priorityOf(instance: string): number | undefined {
    return this.host?.priorityOf(instance);
  }

  private observe(effect: VrrpEffect): void {
    if (effect.type === 'StateChanged') this.states.set(effect.instance, effect.to);
    else if (effect.type === 'AddAddresses') this.held.add(effect.instance);
    else if (effect.type === 'RemoveAddresses') this.held.delete(effect.instance);
    this.listener(effect, this.now);
  }

  private toLocal(now: Micros): Micros {
    return micros(Math.floor(now * this.rate));
  }

  /** The first instant of the simulation at which the own clock has reached `local`. */
  private toGlobal(local: Micros): Micros {
    if (this.rate === 1) return local;
    let at = micros(Math.floor(local / this.rate));
    while (this.toLocal(at) < local) at = plus(at, micros(1));
    return at;
  }
}
