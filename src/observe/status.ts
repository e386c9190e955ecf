import { type IpAddress } from '../base/address.js';
import { type SessionSnapshot } from '../bfd/index.js';
import { type PoolState } from '../health/index.js';
import { type Cause, type InstanceCounters, type SyncGroupSnapshot, type VrrpState } from '../vrrp/index.js';
import { type JournalExtent } from './journal.js';
import { type FifoState, type WorkerLateness, type WorkerStalls } from './worker-state.js';

/** A point in time on the wall clock, as ISO 8601 has it: `2026-05-04T14:03:07.123Z`. */
export type WallTime = string;

/** How a daemon is: what `GET /status` answers and `understudy status` shows. Fields are added, never renamed. */
export interface StatusDocument {
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly configFile: string;
  readonly startedAt: WallTime;
  /** When this was put together. */
  readonly at: WallTime;
  readonly workers: readonly WorkerStatus[];
  readonly instances: readonly InstanceStatus[];
  readonly syncGroups: readonly SyncGroupSnapshot[];
  /** What is tracked, by kind: `scripts` and the like. */
  readonly trackers: Readonly<Record<string, readonly TrackerStatus[]>>;
  readonly pools: readonly PoolState[];
  readonly bfdSessions: readonly SessionSnapshot[];
  /** Adverts that belonged to no instance, by reason. */
  readonly unclaimedAdverts: Readonly<Record<string, number>>;
}

export interface WorkerStatus {
  /** `vrrp`, `checkers`, `bfd`. */
  readonly kind: string;
  /** 0 while it does not run. */
  readonly pid: number;
  readonly startedAt: WallTime;
  readonly respawns: number;
  /** Why it did not answer; absent if it did. */
  readonly silent?: string;
  readonly lateness?: WorkerLateness;
  readonly stalls?: WorkerStalls;
  readonly journal?: JournalExtent;
  readonly fifos?: readonly FifoState[];
}

export interface InstanceStatus {
  readonly name: string;
  readonly interface: string;
  readonly family: 'inet' | 'inet6';
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly state: VrrpState;
  /** Absent before the first transition. */
  readonly since?: WallTime;
  readonly effectivePriority: number;
  readonly configuredPriority: number;
  readonly master?: { readonly address: IpAddress; readonly priority: number };
  readonly addresses: readonly IpAddress[];
  readonly masterDownIntervalUs: number;
  readonly lastTransition?: {
    readonly from: VrrpState;
    readonly to: VrrpState;
    readonly at: WallTime;
    readonly cause: Cause;
  };
  readonly faults: readonly string[];
  readonly counters: InstanceCounters;
}

/** Something tracked: its name, its state, and whatever else is known of its kind. */
export interface TrackerStatus {
  readonly name: string;
  readonly state?: string;
  readonly lastDetail?: string;
}
