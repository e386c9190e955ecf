import { type IpAddress } from '../base/address.js';
import { type Context } from './context.js';
import { type AdvertReceived, type Reconfigured, type SetBySnmp } from './event.js';
import { type Cause } from './effect.js';
import { sameData } from './equality.js';
import { Instance } from './instance.js';
import { groupBy, identityOf, VridIndex } from './matching.js';
import { type ScriptTracker } from './script-tracker.js';
import { type InstanceSettings, type VrrpSettings } from './settings.js';
import { type RouterSnapshot } from './snapshot.js';
import { SyncGroup } from './sync-group.js';
import { Trackers } from './trackers.js';
import { trackedObjects, type TrackedObjects } from './tracking.js';

/** Who is in the file: the instances, groups and scripts of one router, from start through reloads to stop. */
export class Roster {
  /** What the instances track. */
  readonly trackers: Trackers;
  private current: VrrpSettings;
  private members: readonly Instance[];
  private groups: readonly SyncGroup[];
  private byVrid: VridIndex;

  constructor(
    settings: VrrpSettings,
    private readonly context: Context,
  ) {
    this.trackers = new Trackers(context, () => this.members);
    this.current = settings;
    context.pacer.configure(settings.announcementPacing);
    this.members = settings.instances.map((each) => new Instance(each, context));
    this.groups = this.formGroups();
    this.byVrid = new VridIndex(this.members);
  }

  get settings(): VrrpSettings {
    return this.current;
  }

  /** In file order. */
  get instances(): readonly Instance[] {
    return this.members;
  }

  /** Those that an advert with this VRID may be for. */
  withVrid(event: AdvertReceived, vrid: number): readonly Instance[] {
    return this.byVrid.find(event, vrid);
  }

  instance(name: string): Instance | undefined {
    return this.members.find((member) => member.name === name);
  }

  /** The master that has installed this VIP. */
  holderOf(address: IpAddress, port: string): Instance | undefined {
    return this.members.find(
      ({ state, settings }) =>
        state === 'MASTER' &&
        settings.addresses.some((vip) => vip.address === address && vip.interface === port),
    );
  }

  /** New settings before anything has begun. */
  replace(settings: VrrpSettings): void {
    this.current = settings;
    this.context.pacer.configure(settings.announcementPacing);
    this.members = settings.instances.map((each) => new Instance(each, this.context));
    this.groups = this.formGroups();
    this.byVrid = new VridIndex(this.members);
  }

  /** Everything begins. @param resume names of instances that were master before a crash. */
  begin(resume: ReadonlySet<string>): void {
    // A master that carries on does not wait for scripts: it had heard them.
    const scripts = this.hire(resume.size === 0);
    this.prepare(this.members, resume);
    this.beginInstances(this.members, this.groups);
    for (const script of scripts) script.start();
  }

  /** Something tracked has changed. */
  retrack(): void {
    this.trackers.retrack();
  }

  /** What SNMP sets; of an instance that a reload has removed meanwhile, nothing. */
  set(event: SetBySnmp): void {
    this.instance(event.instance)?.set(event, (settings) => this.trackedBy(settings));
  }

  /** vrrp_startup_delay has passed. */
  quietPassed(): void {
    for (const instance of this.members) instance.quietPassed();
  }

  /** A reload has changed how long vrrp_startup_delay lasts: who waits for a master waits from its new end. */
  quietMoved(): void {
    for (const instance of this.members) if (instance.state === 'BACKUP') instance.downTimer.restart();
  }

  /** Masters resign first, all of them; then all are told (RFC 9568, 6.4.3; keepalived's order). */
  stop(): void {
    const cause = { code: 'stop-requested', text: 'the daemon stops' };
    for (const instance of this.members) instance.stop(cause);
    this.trackers.stop();
    for (const instance of this.members) instance.notify('STOP');
    for (const group of this.groups) group.stop();
  }

  snapshot(from: number, count: number): Omit<RouterSnapshot, 'unclaimedAdverts'> {
    return {
      instances: this.members.slice(from, from + count).map((instance) => instance.snapshot()),
      syncGroups: this.groups.map((group) => group.snapshot()),
      scripts: [...this.context.scripts.values()].map((script) => script.snapshot()),
      processes: [...this.context.processes.values()].map((process) => process.snapshot()),
      files: Object.fromEntries(this.context.fileValues),
      bfd: Object.fromEntries(this.context.bfdUp),
    };
  }

  /** A reload: who is unchanged does not notice, who is changed keeps its state, the others go or come. */
  reconfigure(event: Reconfigured): void {
    const { settings, changedScripts = [] } = event;
    this.trackers.adopt(event);
    const isSet = this.members.some((member) => member.isSet);
    if (!isSet && sameData(settings, this.current) && changedScripts.length === 0) {
      this.hire(false);
      this.retrack();
      return;
    }
    const tracked = new Map(this.members.map((each) => [each, this.trackedBy(each.settings)]));
    const kept = this.keep(settings);
    const staying = new Set(kept.values());
    this.retire(this.members.filter((member) => !staying.has(member)));
    const groupsBefore = this.groups;
    if (!sameData(settings.announcementPacing, this.current.announcementPacing)) {
      this.context.pacer.configure(settings.announcementPacing);
    }
    this.current = settings;
    this.members = settings.instances.map((each) => kept.get(each) ?? new Instance(each, this.context));
    this.groups = this.formGroups();
    const scripts = this.hire(false, changedScripts);
    // All of them first, for two may swap their names, and deadlines go by these.
    for (const [each, member] of kept) if (each.name !== member.name) member.fallSilent();
    for (const [each, member] of kept) this.adopt(member, each, tracked.get(member));
    this.byVrid = new VridIndex(this.members);
    const added = this.members.filter((member) => !tracked.has(member));
    this.prepare(added, new Set());
    this.settleGroups(groupsBefore);
    this.beginInstances(added, []);
    for (const member of kept.values()) member.settle();
    for (const script of scripts) script.start();
  }

  /** Which instance goes on under which of the new settings. */
  private keep(settings: VrrpSettings): ReadonlyMap<InstanceSettings, Instance> {
    const free = groupBy(this.members, identityOf);
    const kept = new Map<InstanceSettings, Instance>();
    const claim = (each: InstanceSettings, fits: (instance: Instance) => boolean): void => {
      const candidates = free.get(identityOf(each)) ?? [];
      const index = kept.has(each) ? -1 : candidates.findIndex(fits);
      for (const found of index < 0 ? [] : candidates.splice(index, 1)) kept.set(each, found);
    };
    // Names first: unicast instances may share all that a virtual router is known by.
    for (const each of settings.instances) claim(each, ({ name }) => name === each.name);
    for (const each of settings.instances) claim(each, () => true);
    return kept;
  }

  private retire(instances: readonly Instance[]): void {
    for (const instance of instances) {
      const wasFault = instance.state === 'FAULT';
      instance.stop({ code: 'removed', text: 'removed by a reload' });
      instance.notify('DELETED', wasFault);
    }
  }

  private adopt(instance: Instance, settings: InstanceSettings, before: TrackedObjects | undefined): void {
    const tracked = this.trackedBy(settings);
    if (sameData(settings, instance.settings) && sameData(tracked, before)) instance.retrack();
    else instance.reconfigure(settings, tracked);
  }

  /** Groups of the same name and members go on as they are; others find a state that all members can share. */
  private settleGroups(before: readonly SyncGroup[]): void {
    for (const group of this.groups) {
      const old = before.find(({ name }) => name === group.name);
      if (old && sameList(group.members, old.members)) group.resume(old.state);
      else group.settle(old?.state);
    }
  }

  private prepare(instances: readonly Instance[], resume: ReadonlySet<string>): void {
    for (const each of instances) each.prepare(this.trackedBy(each.settings), resume.has(each.name));
  }

  private beginInstances(instances: readonly Instance[], groups: readonly SyncGroup[]): void {
    for (const each of instances) {
      if (each.faults.length > 0 || each.group?.faulty === true) each.beginFaulty(faultOf(each));
    }
    for (const group of groups) group.begin();
    for (const each of instances) if (each.state === 'INIT') each.begin();
  }

  private trackedBy(settings: InstanceSettings): TrackedObjects {
    const group = this.current.syncGroups.find(({ members }) => members.includes(settings.name));
    if (!group) return trackedObjects(settings, undefined, []);
    const siblings = this.current.instances.filter(({ name }) => group.members.includes(name));
    return trackedObjects(settings, group, siblings);
  }

  private formGroups(): readonly SyncGroup[] {
    for (const member of this.members) member.group = undefined;
    return this.current.syncGroups.map((settings) => {
      const members = settings.members.flatMap((name) => this.instance(name) ?? []);
      const group = new SyncGroup(settings, members, this.context);
      for (const member of members) member.group = group;
      return group;
    });
  }

  private hire(blocking: boolean, changed?: readonly string[]): readonly ScriptTracker[] {
    const tracked = this.current.instances.map((each) => this.trackedBy(each));
    return this.trackers.hire(this.current, tracked, blocking, changed);
  }
}

const sameList = (a: readonly Instance[], b: readonly Instance[]): boolean =>
  a.length === b.length && a.every((instance, index) => instance === b[index]);

function faultOf(instance: Instance): Cause {
  const [first] = instance.faults;
  const group = instance.group?.name ?? '';
  if (!first) return { code: 'sync-group', text: `sync group ${group}: a member is in fault` };
  return { code: first.code, text: instance.faults.map((fault) => fault.text).join(', ') };
}
