import { micros, minus, type Micros } from '../base/units.js';
import { type AdvertVerdict } from './advert-verdict.js';
import { Context } from './context.js';
import { type VrrpEffect } from './effect.js';
import { type AdvertReceived, type InterfaceState, type Reconfigured, type VrrpEvent } from './event.js';
import { type Instance } from './instance.js';
import { chooseInstance } from './matching.js';
import { vridOf } from './reception.js';
import { Roster } from './roster.js';
import { type VrrpSettings } from './settings.js';
import { type RouterSnapshot } from './snapshot.js';
import { StartupDelay } from './startup-delay.js';
import { VridWatch } from './vrid-watch.js';

/**
 * All of VRRP on one host: every instance, sync group and tracking script. Pure: what happened comes in by
 * `step`, what is to be done goes out as effects, and nothing else crosses the door.
 */
export class Router {
  private readonly context = new Context();
  private readonly roster: Roster;
  private readonly startupDelay: StartupDelay;
  private phase: 'new' | 'running' | 'stopped' = 'new';
  private readonly unclaimed = new Map<string, number>();
  /** Unknown VRIDs that the log has already seen, by interface and VRID. */
  private readonly strangers = new Set<string>();
  private readonly vrids: VridWatch;

  constructor(settings: VrrpSettings) {
    this.roster = new Roster(settings, this.context);
    this.vrids = new VridWatch(this.context, () => this.roster.instances);
    this.startupDelay = new StartupDelay(
      this.context,
      () => this.roster.quietPassed(),
      () => this.roster.quietMoved(),
    );
  }

  /**
   * Takes one event and returns the orders that follow from it, to be carried out in this order and completely
   * before the next event.
   * @param now the monotonic clock; never earlier than at the step before.
   */
  step(event: VrrpEvent, now: Micros): readonly VrrpEffect[] {
    this.context.now = now;
    this.context.happenedAt = happenedAt(event, now);
    if (event.type === 'WallClockRead') this.context.wallClockAhead = minus(event.unixTime, now);
    if (this.phase === 'new') this.takeBeforeStart(event);
    else if (this.phase === 'running') this.take(event);
    return this.context.drain();
  }

  /** What became of the advert of the latest step; of no use after any other event. */
  get verdict(): AdvertVerdict {
    return this.context.verdict;
  }

  /**
   * What the router knows at this moment, as plain data.
   * @param from with `count`: only so many instances from that one on, in file order. Thousands at once would take
   *   longer than an advert may wait.
   */
  snapshot(from = 0, count = Infinity): RouterSnapshot {
    return { ...this.roster.snapshot(from, count), unclaimedAdverts: Object.fromEntries(this.unclaimed) };
  }

  /** The instances that are master, by name. */
  get masters(): readonly string[] {
    return this.roster.instances.filter(({ state }) => state === 'MASTER').map(({ name }) => name);
  }

  /** The effective priority of an instance; undefined if there is none of that name. */
  priorityOf(instance: string): number | undefined {
    return this.roster.instance(instance)?.effectivePriority;
  }

  /** Before Started there is nothing but to learn. */
  private takeBeforeStart(event: VrrpEvent): void {
    if (event.type === 'InterfaceChanged') this.context.interfaces.update(event.state);
    else if (event.type === 'InterfaceVanished') this.context.interfaces.remove(event.interface);
    else if (event.type === 'FileChanged') this.context.fileValues.set(event.name, event.value);
    else if (event.type === 'ProcessesCounted') this.context.processCounts.set(event.name, event.count);
    else if (event.type === 'BfdChanged') this.context.bfdUp.set(event.name, event.up);
    else if (event.type === 'VridsDuplicated') this.rememberDuplicates(event.instances);
    else if (event.type === 'Reconfigured') this.reconfigureBeforeStart(event);
    else if (event.type === 'Started') this.start(event);
    else if (event.type === 'StopRequested') this.stop();
  }

  private reconfigureBeforeStart(event: Reconfigured): void {
    this.roster.trackers.adopt(event);
    this.roster.replace(event.settings);
  }

  private take(event: VrrpEvent): void {
    switch (event.type) {
      case 'Started':
      case 'WallClockRead':
        return;
      case 'AdvertReceived': {
        this.receive(event);
        return;
      }
      case 'DeadlinePassed':
        // False for a deadline that was moved or cleared while its passing was on the way here.
        this.context.deadlines.pass(event.name, event.at);
        return;
      case 'AddressLost':
        this.roster.holderOf(event.address, event.interface)?.addressLost(event.address);
        return;
      case 'RouteLost':
      case 'SendFailed':
      case 'AnnouncementRequested':
        this.tell(event);
        return;
      case 'ScriptExited':
        this.context.scripts.get(event.script)?.exited(event);
        return;
      case 'FileChanged': {
        this.roster.trackers.fileChanged(event.name, event.value);
        return;
      }
      case 'ProcessesCounted': {
        this.roster.trackers.processesCounted(event);
        return;
      }
      case 'BfdChanged': {
        this.roster.trackers.bfdChanged(event.name, event.up);
        return;
      }
      case 'SetBySnmp':
        this.roster.set(event);
        return;
      case 'CountersCleared':
        for (const instance of this.roster.instances) instance.counters.clear();
        return;
      case 'Reconfigured': {
        this.startupDelay.reconfigure(event.settings);
        this.roster.reconfigure(event);
        this.vrids.forget();
        return;
      }
      case 'StopRequested': {
        this.stop();
        return;
      }
      default:
        this.takeOfInterfaces(event);
    }
  }

  /** What concerns one instance, which a reload may have removed meanwhile. */
  private tell(
    event: Extract<VrrpEvent, { type: 'RouteLost' | 'SendFailed' | 'AnnouncementRequested' }>,
  ): void {
    const instance = this.roster.instance(event.instance);
    if (event.type === 'RouteLost') instance?.routeLost(event.text);
    else if (event.type === 'SendFailed') instance?.sendFailed(event.error);
    else instance?.announceAgain();
  }

  private takeOfInterfaces(
    event: Extract<VrrpEvent, { type: 'InterfaceChanged' | 'InterfaceVanished' | 'VridsDuplicated' }>,
  ): void {
    if (event.type === 'InterfaceChanged') this.interfaceChanged(event.state);
    else if (event.type === 'InterfaceVanished') this.interfaceGone(event.interface);
    else this.vridsDuplicated(event.instances);
  }

  private start({ resume = [], uptime }: Extract<VrrpEvent, { type: 'Started' }>): void {
    this.phase = 'running';
    // A master that carries on cannot wait.
    if (resume.length === 0) this.startupDelay.start(this.roster.settings, uptime);
    this.roster.begin(new Set(resume));
  }

  private stop(): void {
    this.phase = 'stopped';
    this.roster.stop();
    this.context.deadlines.clearAll();
    this.context.emit({ type: 'Stopped' });
  }

  private receive(event: AdvertReceived): void {
    const vrid = vridOf(event);
    if (vrid === undefined) {
      this.countUnclaimed('advert-truncated');
      const text = `VRRP packet from ${event.source} too short - ${event.payload.length} bytes`;
      this.recordOnce(`short ${event.interface}`, 'advert-truncated', text);
      return;
    }
    this.vrids.heard(event, vrid);
    const sameVrid = this.roster.withVrid(event, vrid);
    const instance = chooseInstance(sameVrid, event);
    if (instance) {
      this.hear(instance, event);
      return;
    }
    this.countUnclaimed('advert-unknown-vrid');
    // Several unicast instances may have the VRID, but none of them this peer.
    const from = sameVrid.length > 0 ? ` from ${event.source}` : '';
    const text = `Unknown VRID(${vrid}) received on interface(${event.interface})${from}. ignoring...`;
    if (this.roster.settings.logUnknownVrids) this.context.record('info', 'advert-unknown-vrid', text);
    else this.recordOnce(`${vrid} ${event.interface}`, 'advert-unknown-vrid', text);
  }

  private hear(instance: Instance, event: AdvertReceived): void {
    this.context.complaints = [];
    instance.listener.receive(event);
    const { verdict, complaints } = this.context;
    if (verdict.code === 'not-listening') return;
    this.vrids.judged({ instance, event, believed: verdict.code === 'accepted', complaints });
  }

  private countUnclaimed(code: string): void {
    this.context.verdict = { code };
    this.unclaimed.set(code, (this.unclaimed.get(code) ?? 0) + 1);
  }

  private recordOnce(key: string, code: string, text: string): void {
    if (this.strangers.has(key)) return;
    this.strangers.add(key);
    this.context.record('debug', code, text);
  }

  private interfaceChanged(state: InterfaceState): void {
    const changed = this.context.interfaces.update(state);
    if (changed) this.reportInterface(state.name, state.up, state.polled ? 'Linkbeat' : 'Netlink');
    this.roster.retrack();
  }

  private vridsDuplicated(instances: Readonly<Record<string, string>>): void {
    this.rememberDuplicates(instances);
    this.roster.retrack();
  }

  private rememberDuplicates(instances: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(instances)) {
      if (this.context.duplicates.get(name) !== text)
        this.context.record('warning', 'vrid-duplicated', `(${name}) ${text}`, name);
    }
    this.context.duplicates = new Map(Object.entries(instances));
  }

  private interfaceGone(name: string): void {
    if (this.context.interfaces.remove(name)) this.reportInterface(name, false, 'Netlink');
    this.roster.retrack();
  }

  private reportInterface(name: string, up: boolean, reporter: 'Netlink' | 'Linkbeat'): void {
    if (!this.roster.instances.some((instance) => instance.tracks('interfaces', name))) return;
    const state = up ? 'up' : 'down';
    this.context.record('info', `interface-${state}`, `${reporter} reports ${name} ${state}`);
  }
}

/** No clock may claim that an advert has yet to come. */
const happenedAt = (event: VrrpEvent, now: Micros): Micros =>
  event.type === 'AdvertReceived' ? micros(Math.min(event.receivedAt ?? now, now)) : now;
