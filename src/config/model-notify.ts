import { type ScriptCommand } from './model.js';

/** Who is told of which state change. */
export interface NotifySettings {
  /** By vrrp_instance name. */
  readonly instances: Readonly<Record<string, StateNotify>>;
  /** By vrrp_sync_group name. */
  readonly groups: Readonly<Record<string, StateNotify>>;
  /** By real server: `${pool id} ${real server id}`. */
  readonly realServers: Readonly<
    Record<string, { readonly up?: ScriptCommand; readonly down?: ScriptCommand }>
  >;
  /** By pool id. */
  readonly pools: Readonly<
    Record<string, { readonly quorumUp?: ScriptCommand; readonly quorumDown?: ScriptCommand }>
  >;
}

/** notify_master and its siblings, and the general notify that follows each of them. */
export interface StateNotify {
  readonly master?: ScriptCommand;
  readonly backup?: ScriptCommand;
  readonly fault?: ScriptCommand;
  readonly stop?: ScriptCommand;
  readonly deleted?: ScriptCommand;
  /** notify_deleted, with or without a command: a removal by a reload is DELETED; otherwise it is told as FAULT. */
  readonly tellsDeleted: boolean;
  readonly masterRxLowerPri?: ScriptCommand;
  /** Called with INSTANCE|GROUP, name, state and priority appended. */
  readonly any?: ScriptCommand;
  readonly priorityChanges: boolean;
}
