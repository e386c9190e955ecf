import { type IpAddress } from '../base/address.js';
import { minus, type Micros } from '../base/units.js';
import { Advertiser } from './advertiser.js';
import { Announcer } from './announcer.js';
import { type Authenticator } from './authenticator.js';
import { type Context } from './context.js';
import { Counters } from './counters.js';
import { DownTimer } from './down-timer.js';
import { type Cause, type RunNotify, type VrrpState } from './effect.js';
import { type SetBySnmp } from './event.js';
import { Listener } from './listener.js';
import { InstanceHistory } from './instance-history.js';
import { isOverdue } from './overdue.js';
import { type InstanceSettings, type TrackedObject } from './settings.js';
import { type InstanceSnapshot } from './snapshot.js';
import { type SyncGroup } from './sync-group.js';
import { masterDownInterval, PRIORITY_OWNER, secondsOf, skewTime } from './timers.js';
import { findFaults, isWaiting, sharesOf, weightedFaults } from './tracked-states.js';
import {
  effectivePriority,
  isOwner,
  NOTHING_TRACKED,
  sourceInterface,
  type Fault,
  type TrackedObjects,
} from './tracking.js';
import { stepsOf, type Step } from './transitions.js';

interface TransitionOptions {
  /** Adverts of priority 0 to send on leaving MASTER. */
  readonly resignations?: number;
  /** The line for the log; keepalived words the first one differently. */
  readonly text?: string;
}

/** One virtual router: its state, its timers, and what it does about what happens to it. */
export class Instance {
  readonly counters = new Counters();
  readonly advertiser: Advertiser;
  readonly announcer: Announcer;
  readonly downTimer: DownTimer;
  readonly listener: Listener;
  /** The sync group that the instance belongs to; set by the router. */
  group: SyncGroup | undefined;
  /** Would be master if its sync group let it. */
  wantsMaster = false;
  /** What keeps the instance out of the election. */
  faults: readonly Fault[] = [];
  /** A script that could be a fault has no first result yet. */
  waiting = false;
  /** The router whose adverts we follow. */
  master: { readonly address: IpAddress; readonly priority: number } | undefined;
  /** Master_Adver_Interval (RFC 9568, 6.1). */
  masterAdvertInterval: Micros;
  /** preempt_delay: when a master of lower priority will have been tolerated for long enough. */
  preemptAt: Micros | undefined;
  effectivePriority: number;
  /** Something of the settings is not the file's, but set by SNMP. */
  isSet = false;
  private currentSettings: InstanceSettings;
  private currentState: VrrpState = 'INIT';
  private tracked = NOTHING_TRACKED;
  /** What tracked objects add to the priority, before it is cut to its range. */
  private share = 0;
  private weightedFaults = 0;
  private resumed = false;
  private readonly history = new InstanceHistory();

  constructor(
    settings: InstanceSettings,
    readonly context: Context,
  ) {
    this.currentSettings = settings;
    this.announcer = new Announcer(settings, context, this.counters);
    this.advertiser = new Advertiser(this, context, this.counters, settings.name);
    this.downTimer = new DownTimer(this, context, (cause) => this.claim(cause));
    this.listener = new Listener(this);
    this.masterAdvertInterval = settings.advertInterval;
    this.effectivePriority = settings.priority;
  }

  get settings(): InstanceSettings {
    return this.currentSettings;
  }

  get name(): string {
    return this.currentSettings.name;
  }

  get authenticator(): Authenticator | undefined {
    return this.listener.authenticator;
  }

  get state(): VrrpState {
    return this.currentState;
  }

  /** Starts as master without waiting: the owner of the addresses, or a master before a crash. */
  get claimsAtStart(): boolean {
    return this.resumed || (isOwner(this.settings) && this.settings.initialState === 'MASTER');
  }

  /** Skew_Time (RFC 9568, 6.1) with the priority of this moment. */
  get skewTime(): Micros {
    // An owner that has yielded to another one still skews as an owner.
    const priority = isOwner(this.settings) ? PRIORITY_OWNER : this.effectivePriority;
    return skewTime(this.settings.version, priority, this.masterAdvertInterval);
  }

  /** Active_Down_Interval (RFC 9568, 6.1) with the priority of this moment. */
  get masterDownInterval(): Micros {
    return masterDownInterval(this.settings.downTimerAdverts, this.masterAdvertInterval, this.skewTime);
  }

  /** Where our adverts come from, if there is such an address. */
  get source(): IpAddress | undefined {
    const { transport, family } = this.settings;
    return transport.source ?? this.context.interfaces.primaryAddress(sourceInterface(this.settings), family);
  }

  /** How the instance tracks something, if it does. */
  tracks(kind: keyof TrackedObjects, name: string): TrackedObject | undefined {
    return this.tracked[kind].find((track) => track.name === name);
  }

  /** A line for the log, in keepalived's form. */
  record(level: 'debug' | 'info' | 'warning', code: string, text: string): void {
    this.context.record(level, code, `(${this.name}) ${text}`, this.name);
  }

  /** Looks at what is tracked before the instance begins. @param resumed it was master before a crash. */
  prepare(tracked: TrackedObjects, resumed: boolean): void {
    this.resumed = resumed;
    if (resumed) this.authenticator?.resume();
    this.retrack(tracked);
  }

  /** Takes its first state; in fault or with its group in fault, that is FAULT. */
  beginFaulty(cause: Cause): void {
    this.removeAddresses();
    this.transition('FAULT', cause, { text: `(${this.name}) entering FAULT state` });
  }

  /** Takes its first state, if nothing holds it in INIT. */
  begin(): void {
    if (this.waiting || this.group?.held === true) {
      this.removeAddresses();
      return;
    }
    if (this.takesOfficeAtOnce()) return;
    this.removeAddresses();
    this.transition(
      'BACKUP',
      { code: 'started', text: 'started' },
      { text: `(${this.name}) Entering BACKUP STATE (init)` },
    );
  }

  /** vrrp_startup_delay has passed: who waited for it to be master at once waits no longer. */
  quietPassed(): void {
    if (this.state === 'INIT' && this.faults.length === 0) this.begin();
  }

  /**
   * Looks anew at everything tracked; the state is left to `settle`.
   * @param tracked what to track from now on, if that has changed.
   */
  retrack(tracked = this.tracked): void {
    this.tracked = tracked;
    this.faults = findFaults(this.settings, tracked, this.context);
    this.waiting = isWaiting(tracked, this.context);
    const shares = sharesOf(tracked, this.context);
    const before = this.weightedFaults;
    this.weightedFaults = weightedFaults(tracked, this.context);
    // An owner that has yielded to another one keeps its lowered priority until the other one is gone.
    if (isOwner(this.settings)) return;
    // A file with a weight that becomes a fault leaves the priority as it is until something else changes it, and
    // when it is none any more that is no change to be told of (keepalived).
    const share = shares.reduce((sum, each) => sum + each, 0);
    const newlyFaulty = this.state !== 'INIT' && this.weightedFaults > before;
    const stillFaulty = before > 0 && this.weightedFaults === before && share === this.share;
    this.share = share;
    if (newlyFaulty || stillFaulty) return;
    this.setPriority(effectivePriority(this.settings.priority, shares), this.weightedFaults >= before);
  }

  /** Leaves the election if there is a fault, comes back if there is none and nothing else holds it. */
  settle(): void {
    if (this.faults.length > 0) this.fail();
    else if (this.state === 'INIT' && this.group?.state === 'FAULT') this.joinFault(this.group);
    else if ((this.state === 'FAULT' || this.state === 'INIT') && !this.waiting) this.recover();
  }

  /** After a standstill of this host somebody else must be master: leaves it at that, where timer_expired_backup says so. */
  yieldIfOverdue(): boolean {
    const { now } = this.context;
    const { sentAt } = this.advertiser;
    if (this.state !== 'MASTER' || !isOverdue(this.settings, sentAt, now)) return false;
    const silence = secondsOf(minus(now, sentAt ?? now));
    this.record(
      'info',
      'timer-expired',
      `VRRP thread timer expired, last advert sent ${silence} seconds ago`,
    );
    this.stepBack({ code: 'timer-expired', text: `this host sent no advert for ${silence} s` });
    return true;
  }

  /** The kernel would not send an advert. */
  sendFailed(error: string): void {
    this.counters.count('sendErrors');
    this.listener.complain({ code: 'send-failed', text: `send advert error ${error}` });
  }

  /** One of our VIPs has been taken from us: steps back, and comes again as soon as the protocol lets it. */
  addressLost(address: IpAddress): void {
    this.robbed({ code: 'address-lost', text: `${address} was removed by somebody else` });
  }

  /** The same for a route or rule. */
  routeLost(what: string): void {
    if (this.state === 'MASTER')
      this.robbed({ code: 'route-lost', text: `${what} was removed by somebody else` });
  }

  private robbed(cause: Cause): void {
    this.yieldBriefly(cause);
    this.group?.yieldFor(this, cause);
  }

  /** Resigns, to be master again after the skew. */
  yieldBriefly(cause: Cause): void {
    if (this.state !== 'MASTER') return;
    this.transition('BACKUP', cause, { resignations: 1 });
    this.downTimer.listen('reinstate');
  }

  /** Goes where its sync group goes. */
  follow(state: 'MASTER' | 'BACKUP' | 'FAULT', cause: Cause, resignations: number): void {
    this.transition(state, cause, { resignations });
  }

  /** Steps back for a better master. */
  stepBack(cause: Cause): void {
    this.transition('BACKUP', cause);
    this.group?.followToBackup(this);
  }

  /** Resigns if it is master, and takes part in nothing any more. */
  stop(cause: Cause): void {
    if (this.state !== 'INIT') this.transition('INIT', cause, { resignations: 1 });
    this.fallSilent();
  }

  /** Tells neighbours once more where the VIPs are. */
  announceAgain(): void {
    if (this.state === 'MASTER') this.announcer.asked();
  }

  /** Tells scripts, FIFOs and mail. */
  notify(state: RunNotify['state'], wasFault = false): void {
    const { name, effectivePriority: priority } = this;
    const fault = wasFault ? { wasFault } : {};
    this.context.emit({ type: 'RunNotify', subject: 'INSTANCE', name, state, priority, ...fault });
  }

  /** Changes the effective priority; a wait for the master changes by as much as the skew does. */
  setPriority(priority: number, announced = true): void {
    if (priority === this.effectivePriority) return;
    const text = `Changing effective priority from ${this.effectivePriority} to ${priority}`;
    if (announced) this.record('info', 'priority-changed', text);
    this.downTimer.adjust(() => (this.effectivePriority = priority));
    if (announced) this.notify(this.state === 'MASTER' ? 'MASTER_PRIORITY' : 'BACKUP_PRIORITY');
  }

  /** SNMP sets the priority or preemption. Timers go on; the next advert tells the priority. */
  set(
    { priority = this.settings.priority, preempt = this.settings.preempt }: SetBySnmp,
    trackedBy: (settings: InstanceSettings) => TrackedObjects,
  ): void {
    const before = this.settings;
    const priorities = `from ${before.priority} to ${priority}`;
    if (priority !== before.priority)
      this.record('info', 'priority-set', `base priority changed ${priorities} via SNMP.`);
    if (preempt !== before.preempt)
      this.record('info', 'preempt-set', `preemption ${preempt ? 'enabled' : 'disabled'} with SNMP`);
    this.isSet = true;
    this.currentSettings = { ...before, priority, preempt };
    const tracked = trackedBy(this.currentSettings);
    this.setPriority(effectivePriority(priority, sharesOf(tracked, this.context)));
    this.retrack(tracked);
  }

  /** An owner that had yielded to another one is the owner again. */
  restoreOwnerPriority(because: string): void {
    if (!isOwner(this.settings) || this.effectivePriority === PRIORITY_OWNER) return;
    this.record('info', 'owner-restored', `Restoring our priority to ${PRIORITY_OWNER} since ${because}`);
    this.effectivePriority = PRIORITY_OWNER;
  }

  /**
   * A reload has changed the settings, or what is tracked; the state stays. A master tells the segment at once.
   */
  reconfigure(settings: InstanceSettings, tracked: TrackedObjects): void {
    const before = this.currentSettings;
    this.isSet = false;
    this.advertiser.reconfigure(settings);
    this.currentSettings = settings;
    this.listener.reconfigure(before.authentication.type);
    if (settings.priority !== before.priority) {
      this.setPriority(effectivePriority(settings.priority, sharesOf(tracked, this.context)), false);
    }
    this.retrack(tracked);
    // What the master of version 3 told of its interval still holds for who follows it.
    if (this.state !== 'BACKUP' || settings.version === 2 || before.version === 2) {
      this.masterAdvertInterval = settings.advertInterval;
    }
    if (this.state === 'MASTER') this.reconfigureMaster(settings);
    else this.announcer.adopt(settings);
    if (this.state === 'BACKUP') this.downTimer.listen('master');
  }

  snapshot(): InstanceSnapshot {
    const { lastProtocolError } = this.counters;
    return {
      name: this.name,
      state: this.state,
      effectivePriority: this.effectivePriority,
      configuredPriority: this.settings.priority,
      preempt: this.settings.preempt,
      ...(this.master && this.state !== 'MASTER' && { master: this.master }),
      masterAdvertInterval: this.masterAdvertInterval,
      skewTime: this.skewTime,
      masterDownInterval: this.masterDownInterval,
      ...(this.downTimer.share && { masterDownShare: this.downTimer.share }),
      ...(lastProtocolError && { lastProtocolError }),
      ...this.history.snapshot(),
      faults: this.faults.map((fault) => fault.text),
      counters: this.counters.snapshot(),
    };
  }

  private reconfigureMaster(settings: InstanceSettings): void {
    if (this.faults.length > 0) {
      this.announcer.adopt(settings);
      return;
    }
    this.advertiser.advertise();
    this.context.emit({ type: 'AddAddresses', instance: this.name });
    this.announcer.reconfigured(settings);
  }

  /** Becomes master without waiting for another, where that is right; true if nothing else is to be done. */
  private takesOfficeAtOnce(): boolean {
    const { group } = this;
    if (group ? group.claimsAtStart : this.claimsAtStart) this.claimAtStart();
    else if (group?.state === 'MASTER') {
      this.follow('MASTER', { code: 'sync-group', text: `sync group ${group.name} is MASTER` }, 0);
    } else return false;
    return true;
  }

  private claimAtStart(): void {
    if (this.context.quiet && !this.resumed) return;
    const cause = this.resumed
      ? { code: 'resumed', text: 'was master before the worker died' }
      : { code: 'address-owner', text: 'owns the addresses (priority 255)' };
    this.wantsMaster = true;
    this.transition('MASTER', cause);
    this.group?.followToMaster(this);
  }

  /** Nobody better is there: becomes master, if its sync group may. */
  private claim(cause: Cause): void {
    this.wantsMaster = true;
    if (this.group?.mayBecomeMaster(this) === false) {
      this.downTimer.listen('master');
      return;
    }
    this.transition('MASTER', cause);
    this.group?.followToMaster(this);
  }

  private fail(): void {
    const cause = this.faultCause();
    // keepalived resigns twice on a fault of its own; the second packet makes up for a lost one.
    if (this.state !== 'FAULT') this.transition('FAULT', cause, { resignations: 2 });
    this.group?.followToFault(this);
  }

  /** A reload has put it, before it had a state, into a group that is in fault. */
  private joinFault({ name }: SyncGroup): void {
    this.transition('FAULT', { code: 'sync-group', text: `sync group ${name}: a member is in fault` });
  }

  private faultCause(): Cause {
    const [first] = this.faults;
    return { code: first?.code ?? 'fault', text: this.faults.map((fault) => fault.text).join(', ') };
  }

  private recover(): void {
    if (this.group?.held === true) return;
    if (this.state === 'INIT' && this.takesOfficeAtOnce()) return;
    this.transition('BACKUP', { code: 'recovered', text: 'nothing tracked is down any more' });
    this.refreshNeighbours();
    this.group?.followToBackup(this);
  }

  /** A unicast master may have lost our MAC meanwhile, and its adverts would wait for an ARP reply of ours. */
  private refreshNeighbours(): void {
    const { transport, name, family, interface: port } = this.settings;
    const { source } = this;
    if (transport.kind !== 'unicast' || source === undefined || this.context.quiet) return;
    const what = family === 'inet' ? 'ARP' : 'NA';
    this.context.record('debug', 'announcing', `${name}: sending gratuitous ${what} for ${source}`, name);
    this.announcer.announceNow({ address: source, interface: port });
  }

  /** The one place where the state changes. */
  private transition(to: VrrpState, cause: Cause, options: TransitionOptions = {}): void {
    for (const step of stepsOf(this.state, to)) this.take(step, to, cause, options);
  }

  private take(step: Step, to: VrrpState, cause: Cause, options: TransitionOptions): void {
    switch (step) {
      case 'advertise':
        this.advertiser.sendOwn();
        return;
      case 'resign':
        this.resign(options.resignations ?? 0);
        return;
      case 'enter':
        this.enter(to, cause, options.text);
        return;
      case 'add-addresses':
        this.context.emit({ type: 'AddAddresses', instance: this.name });
        return;
      case 'remove-addresses':
        this.removeAddresses();
        return;
      case 'announce':
        this.announcer.becameMaster();
        return;
      case 'notify':
        this.notify(to === 'INIT' ? 'STOP' : to);
        return;
      case 'keep-advertising':
        this.advertiser.startTimer();
        return;
      case 'listen':
        this.downTimer.listen('master');
        return;
      case 'fall-silent':
        this.fallSilent();
        return;
    }
  }

  private enter(to: VrrpState, cause: Cause, text = `(${this.name}) Entering ${to} STATE`): void {
    const from = this.currentState;
    this.currentState = to;
    this.history.entered({ from, to, at: this.context.now, cause });
    this.resumed = false;
    this.listener.forgetComplaints();
    if (from === 'MASTER') this.counters.count('releasedMaster');
    if (to === 'MASTER') this.entersMaster();
    else this.wantsMaster = false;
    if (to === 'BACKUP') this.preemptAt = undefined;
    if (from === 'FAULT') this.masterAdvertInterval = this.settings.advertInterval;
    if (to !== 'INIT') this.context.record('info', `entering-${to.toLowerCase()}`, text, this.name);
    this.context.emit({ type: 'StateChanged', instance: this.name, from, to, cause });
  }

  private entersMaster(): void {
    this.counters.count('becameMaster');
    this.downTimer.stop();
    this.master = undefined;
    this.masterAdvertInterval = this.settings.advertInterval;
    this.restoreOwnerPriority('other address owner has disappeared');
  }

  private resign(times: number): void {
    this.advertiser.resign(times);
    if (times > 0) this.record('debug', 'resigned', 'sent 0 priority');
  }

  private removeAddresses(): void {
    this.context.emit({ type: 'RemoveAddresses', instance: this.name });
  }

  /** Gives up every deadline. */
  fallSilent(): void {
    this.advertiser.stop();
    this.downTimer.stop();
    this.announcer.stop();
  }
}
