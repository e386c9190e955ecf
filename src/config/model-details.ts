import { type BfdDetails } from './model-bfd.js';
import { type DaemonSettings } from './model-daemon.js';
import { type ScriptCommand } from './model.js';
import { type PoolDetails, type ServerGroup } from './model-lvs.js';
import { type GroupDetails, type InstanceDetails, type LinkSettings } from './model-vrrp.js';

/**
 * What the configuration says beyond what this release acts on. Each part moves to where it is acted upon when
 * that is built; `understudy config` and `understudy diff` show all of it from the start.
 */
export interface Details {
  readonly daemon: DaemonSettings;
  /** By vrrp_instance name. */
  readonly instances: Readonly<Record<string, InstanceDetails>>;
  /** By vrrp_script name: the weight of those that track it without one of their own. */
  readonly scripts: Readonly<Record<string, ScriptWeight>>;
  /** By vrrp_sync_group name. */
  readonly groups: Readonly<Record<string, GroupDetails>>;
  readonly links: LinkSettings;
  /** By name. */
  readonly bfd: Readonly<Record<string, BfdDetails>>;
  /** By pool id. */
  readonly pools: Readonly<Record<string, PoolDetails>>;
  /** By name. */
  readonly serverGroups: Readonly<Record<string, ServerGroup>>;
}

/** How much a vrrp_script counts; 0 for a fault. */
export interface ScriptWeight {
  readonly weight: number;
  readonly reverse: boolean;
}

/** A script run at start or stop, and how long it may take. */
export interface TimedScript {
  readonly command: ScriptCommand;
  readonly timeoutS: number;
}
