import { type InstanceSettings, type ProcessSettings } from '../../vrrp/index.js';
import { type CompletedInstance, checkMinimum, completeInstance } from './complete-instance.js';
import { vipLease } from './vip-lease.js';
import { desiredAddress, instanceSettings, placeAddresses, stateNotify } from './build-vrrp.js';
import { type Configuration, type ScriptCommand } from '../model.js';
import { type TrackProcessSettings } from '../model-track.js';
import { announcementPacing } from './announcing.js';
import { firewallSettings } from './firewall.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { readInstance } from './instance.js';
import { type InstanceDraft } from './instance-draft.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { ScriptSecurity } from './script-security.js';
import {
  groupDetails,
  groupSettings,
  joinMembers,
  readSyncGroup,
  settleGroupTracking,
  type SyncGroupDraft,
} from './sync-group.js';
import { carriersOf } from './carriers.js';
import { type StaticReader } from './statics.js';
import { readTrackedScript } from './tracked-scripts.js';
import { checkVridConflicts } from './vrid-conflicts.js';

/** The VRRP share of the model. */
export type VrrpShare = Pick<
  Configuration,
  'vrrp' | 'vrrpAddresses' | 'vrrpFirewall' | 'vrrpRoutes' | 'vrrpScripts'
> & {
  readonly notify: Pick<Configuration['notify'], 'instances' | 'groups'>;
  readonly details: Pick<Configuration['details'], 'instances' | 'scripts' | 'groups'>;
};

/** Everything of VRRP as it is read from top to bottom. */
export class VrrpReader {
  private readonly instances: InstanceDraft[] = [];
  private groups: SyncGroupDraft[] = [];
  private readonly names = {
    vrrp_instance: new Map<string, Reading>(),
    vrrp_sync_group: new Map<string, Reading>(),
  };

  constructor(
    private readonly context: PassContext,
    private readonly globals: Globals,
    private readonly registry: Registry,
  ) {}

  /** Takes a top-level block; blocks that are not VRRP's are left alone. */
  read(block: Reading): void {
    const keyword = block.statement.keyword.text;
    if (keyword === 'vrrp_script') this.readScript(block);
    else if (keyword === 'vrrp_instance' && this.isNew(keyword, block)) {
      this.instances.push(readInstance(this.context, this.globals, this.registry, block));
    } else if (keyword === 'vrrp_sync_group' && this.isNew(keyword, block)) {
      const group = readSyncGroup(this.context, this.globals, this.registry, block);
      if (group) this.groups.push(group);
    }
  }

  private readScript(block: Reading): void {
    const script = readTrackedScript(this.context, this.globals, block);
    if (!script) return;
    const { name } = script.settings;
    const earlier = this.registry.scripts.get(name);
    if (!earlier) this.registry.scripts.set(name, script);
    else {
      const notes = [{ text: 'first given here', span: earlier.span }];
      this.context.note(
        'unused-script',
        `vrrp_script '${name}' is already given; this one is never used`,
        script.span,
        { notes },
      );
    }
  }

  private isNew(keyword: 'vrrp_instance' | 'vrrp_sync_group', block: Reading): boolean {
    const name = block.values[0] as string;
    const earlier = this.names[keyword].get(name);
    if (!earlier) this.names[keyword].set(name, block);
    else {
      const notes = [{ text: 'first given here', span: earlier.statement.span }];
      this.context.error(
        'already-given',
        `${keyword} '${name}' is already given; this one is ignored`,
        block.statement.span,
        { notes },
      );
    }
    return !earlier;
  }

  /** Names of the instances read so far. */
  get instanceNames(): ReadonlySet<string> {
    return new Set(this.instances.map((instance) => instance.name));
  }

  /** Completes what was read, in keepalived's order. */
  complete(statics: StaticReader): VrrpShare {
    const { context } = this;
    if (context.fatal) context.counting = false;
    this.secureScripts();
    const minimal = this.instances.map((each) => this.step(checkMinimum(context, each)));
    const groupOf = joinMembers(context, this.groups, this.instances);
    this.groups = this.groups.filter((group) => group.members.length > 0);
    const completed = minimal.every(Boolean) ? this.completeAll(groupOf) : [];
    this.step(checkVridConflicts(context, completed, this.globals.daemon.interfaces.dynamicChanges));
    for (const group of this.groups) settleGroupTracking(context, group);
    this.noteUnusedScripts(completed);
    context.counting = true;
    return this.build(completed, groupOf, statics);
  }

  /** After the first step that makes keepalived give up, problems no longer change the exit status. */
  private step(passed: boolean): boolean {
    if (!passed) this.context.counting = false;
    return passed;
  }

  private secureScripts(): void {
    if (this.instances.length === 0) return;
    const security = new ScriptSecurity(this.context, this.globals);
    for (const script of this.registry.scripts.values()) security.checkTracked(script);
    for (const owner of [...this.instances, ...this.groups]) {
      security.checkNotify(owner.notify);
      owner.track.scripts = owner.track.scripts.filter(
        ({ name }) => this.registry.scripts.get(name)?.disabled === false,
      );
    }
    security.checkGlobal(this.globals.scripts, ['notify_fifo_script', 'vrrp_notify_fifo_script']);
    security.conclude();
  }

  private completeAll(groupOf: ReadonlyMap<InstanceDraft, SyncGroupDraft>): readonly CompletedInstance[] {
    const completed: CompletedInstance[] = [];
    for (const draft of this.instances) {
      const one = completeInstance(this.context, this.globals, draft, groupOf.get(draft));
      this.step(one !== undefined);
      if (!one) continue;
      placeAddresses(this.context, draft);
      completed.push(one);
    }
    return completed;
  }

  private noteUnusedScripts(completed: readonly CompletedInstance[]): void {
    const users = [...completed, ...this.groups].flatMap((each) => each.track.scripts);
    for (const { name } of users) {
      const script = this.registry.scripts.get(name);
      if (script) script.used = true;
    }
    for (const script of this.registry.scripts.values()) {
      if (script.used || script.disabled) continue;
      this.context.note(
        'unused-script',
        `vrrp_script '${script.settings.name}' is not tracked by anything; it will not run`,
        script.span,
      );
    }
  }

  private build(
    completed: readonly CompletedInstance[],
    groupOf: ReadonlyMap<InstanceDraft, SyncGroupDraft>,
    statics: StaticReader,
  ): VrrpShare {
    const scripts = [...this.registry.scripts.values()].filter((script) => script.used && !script.disabled);
    const started = startStates(completed, groupOf);
    const { notifyPriorityChanges, smtpAlert = false } = this.globals.vrrp;
    const { startupDelay, delayAfterBoot, logUnknownVrids } = this.globals.vrrp;
    const inGroup = ({ draft }: CompletedInstance) =>
      groupOf.get(draft)?.section.flag('notify_priority_changes');
    const instances = completed.map((each): InstanceSettings =>
      instanceSettings(
        this.globals,
        each,
        started.get(each) ?? each.state,
        carriersOf(each.draft, statics.interfacesFor(each.draft.name)),
      ),
    );
    const vrrpAddresses = Object.fromEntries(
      completed.map((each) => {
        const { name, vips, excluded } = each.draft;
        const leaseS = vipLease(each);
        return [name, [...vips, ...excluded].map((address) => desiredAddress(address, leaseS))];
      }),
    );
    const vrrpFirewall = firewallSettings(this.globals.daemon.firewall, completed, vrrpAddresses);
    return {
      vrrp: {
        instances,
        syncGroups: this.groups.map(groupSettings),
        scripts: scripts.map((script) => script.settings),
        processes: [...this.registry.trackProcesses].map(processSettings),
        startupDelay,
        delayAfterBoot,
        logUnknownVrids,
        announcementPacing: announcementPacing(statics.links.garpGroups, this.globals.daemon.vrrp, instances),
      },
      vrrpAddresses,
      ...(vrrpFirewall && { vrrpFirewall }),
      vrrpRoutes: Object.fromEntries(
        completed
          .filter(({ draft: { routes, rules } }) => routes.length + rules.length > 0)
          .map(({ draft: { name, routes, rules } }) => [name, { routes, rules }]),
      ),
      vrrpScripts: Object.fromEntries(
        scripts.map((script): [string, ScriptCommand] => [script.settings.name, script.command]),
      ),
      details: {
        instances: Object.fromEntries(
          completed.map(({ draft, state, details }) => [draft.name, { ...details, configuredState: state }]),
        ),
        scripts: Object.fromEntries(
          scripts.map(({ settings, weight, reverse }) => [settings.name, { weight, reverse }]),
        ),
        groups: Object.fromEntries(this.groups.map((group) => [group.name, groupDetails(group, smtpAlert)])),
      },
      notify: {
        instances: Object.fromEntries(
          completed.map((each) => {
            const { name, notify, section } = each.draft;
            return [name, stateNotify(notify, section, inGroup(each) ?? notifyPriorityChanges)];
          }),
        ),
        groups: Object.fromEntries(
          this.groups.map(({ name, notify, section }) => [
            name,
            stateNotify(notify, section, notifyPriorityChanges),
          ]),
        ),
      },
    };
  }
}

/** Unless all members of a group start as owners of their addresses, none starts as MASTER. */
function startStates(
  completed: readonly CompletedInstance[],
  groupOf: ReadonlyMap<InstanceDraft, SyncGroupDraft>,
): ReadonlyMap<CompletedInstance, 'MASTER' | 'BACKUP'> {
  const states = new Map<CompletedInstance, 'MASTER' | 'BACKUP'>();
  const membersOf = new Map<SyncGroupDraft, CompletedInstance[]>();
  for (const each of completed) {
    const group = groupOf.get(each.draft);
    const members = group && membersOf.get(group);
    if (members) members.push(each);
    else if (group) membersOf.set(group, [each]);
  }
  for (const members of membersOf.values()) {
    const anyBackup = members.some(({ state, priority }) => state === 'BACKUP' || priority !== 255);
    if (anyBackup) for (const member of members) states.set(member, 'BACKUP');
  }
  return states;
}

const processSettings = ([name, process]: readonly [string, TrackProcessSettings]): ProcessSettings => ({
  name,
  quorum: process.quorum,
  ...(process.quorumMax !== undefined && { quorumMax: process.quorumMax }),
  terminateDelay: process.terminateDelay,
  forkDelay: process.forkDelay,
});
