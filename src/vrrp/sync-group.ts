import { type Cause, type VrrpState } from './effect.js';
import { type Context } from './context.js';
import { type Instance } from './instance.js';
import { type SyncGroupSettings } from './settings.js';
import { type SyncGroupSnapshot } from './snapshot.js';

/**
 * A vrrp_sync_group: its members are master together or not at all. A member leads, by its own election or its
 * own fault; the others follow. The group has a state of its own, which it tells only once all have followed.
 */
export class SyncGroup {
  private current: VrrpState = 'INIT';

  constructor(
    readonly settings: SyncGroupSettings,
    readonly members: readonly Instance[],
    private readonly context: Context,
  ) {}

  get name(): string {
    return this.settings.name;
  }

  get state(): VrrpState {
    return this.current;
  }

  /** True while a member is in fault or waits for a script: then none may leave FAULT or INIT. */
  get held(): boolean {
    return this.members.some((member) => member.faults.length > 0 || member.waiting);
  }

  /** True if some member is in fault of its own. */
  get faulty(): boolean {
    return this.members.some((member) => member.faults.length > 0);
  }

  /** A group becomes master when all of its members want to be: backup is preferred to thrashing. */
  mayBecomeMaster(candidate: Instance): boolean {
    return this.members.every((member) => member === candidate || member.wantsMaster);
  }

  /** True if all members start as master: owners of their addresses, or masters before a crash. */
  get claimsAtStart(): boolean {
    return this.members.every((member) => member.claimsAtStart);
  }

  /** The state that the group starts in, before its members take theirs; told if it is FAULT or BACKUP. */
  begin(): void {
    if (this.faulty) this.enter('FAULT');
    else if (!this.held && !this.claimsAtStart) this.enter('BACKUP');
  }

  /** Takes the state of the group of the same name and members before a reload. */
  resume(state: VrrpState): void {
    this.current = state;
  }

  /** A member has become master: so do all. */
  followToMaster(leader: Instance): void {
    this.follow('MASTER', leader, 0);
  }

  /** A member has become backup, or has left FAULT: so do all. */
  followToBackup(leader: Instance): void {
    this.follow('BACKUP', leader, 0);
  }

  /** A member is in fault: so are all. Masters among them resign. */
  followToFault(leader: Instance): void {
    this.follow('FAULT', leader, 1);
  }

  /** A member has lost a VIP and steps back for a moment: so do all, and the group does not tell. */
  yieldFor(leader: Instance, cause: Cause): void {
    for (const member of this.members) if (member !== leader) member.yieldBriefly(this.caused(cause.text));
    this.current = 'BACKUP';
  }

  /** Brings members that a reload has put together into one state. */
  settle(before: VrrpState | undefined): void {
    const state = this.stateAfterReload();
    const cause = this.caused('reload');
    for (const member of this.members) {
      // A newcomer is begun by the router, once its group knows its state.
      if (member.state !== 'INIT' && member.state !== state) {
        member.follow(state, cause, state === 'FAULT' ? 1 : 0);
      }
    }
    this.current = state;
    if (state !== before) this.notify();
  }

  /** The daemon stops, and all members have. */
  stop(): void {
    this.context.emit({ type: 'RunNotify', subject: 'GROUP', name: this.name, state: 'STOP', priority: 0 });
  }

  snapshot(): SyncGroupSnapshot {
    const { name, state } = this;
    return { name, state, members: this.members.map((member) => member.name) };
  }

  private stateAfterReload(): 'FAULT' | 'MASTER' | 'BACKUP' {
    if (this.faulty) return 'FAULT';
    const kept = this.members.filter((member) => member.state !== 'INIT');
    const allMasters = kept.length > 0 && kept.every((member) => member.state === 'MASTER');
    return allMasters ? 'MASTER' : 'BACKUP';
  }

  private follow(state: 'MASTER' | 'BACKUP' | 'FAULT', leader: Instance, resignations: number): void {
    if (this.current === state) return;
    const text = `VRRP_Group(${this.name}) Syncing instances to ${state} state`;
    this.context.record('info', `group-${state.toLowerCase()}`, text);
    const cause = this.caused(`${leader.name} is ${state}`);
    for (const member of this.members) {
      if (member !== leader && member.state !== state) member.follow(state, cause, resignations);
    }
    this.enter(state);
  }

  private caused(text: string): Cause {
    return { code: 'sync-group', text: `sync group ${this.name}: ${text}` };
  }

  private enter(state: 'MASTER' | 'BACKUP' | 'FAULT'): void {
    this.current = state;
    this.notify();
  }

  private notify(): void {
    const { current: state } = this;
    if (state === 'INIT') return; // A group tells only of what it has become.
    this.context.emit({ type: 'RunNotify', subject: 'GROUP', name: this.name, state, priority: 0 });
  }
}
