import { type Micros } from '../base/units.js';
import { type OperatorMark } from './marks.js';

/** What the monitor knows at one moment, as plain data: for status, dumps, metrics and lvs/desired-from-pool. */
export interface HealthSnapshot {
  readonly pools: readonly PoolState[];
}

/** Which part of all pools one page of a snapshot shows. */
export interface SnapshotPage {
  /** The first real server, counted over all pools in the order of the settings. A pool without any counts as one. */
  readonly from: number;
  /** How many of them, 1 or more. */
  readonly count: number;
}

/** A pool as it is at the moment when it is read: for those who need a little of it, often. */
export interface PoolView {
  readonly id: string;
  readonly quorumUp: boolean;
  readonly sorryServerInUse: boolean;
  readonly sorryServerInhibit: boolean;
  readonly realServers: readonly RealServerView[];
}

export interface RealServerView {
  readonly id: string;
  readonly alive: boolean;
  readonly weight: number;
  readonly inhibitOnFailure: boolean;
  readonly mark?: OperatorMark | undefined;
  readonly checkers: readonly CheckerView[];
}

export interface CheckerView {
  readonly up: boolean;
  readonly lastFailure?: CheckerState['lastFailure'] | undefined;
}

export interface PoolState {
  readonly id: string;
  readonly quorumUp: boolean;
  /** The sorry server takes the traffic now. */
  readonly sorryServerInUse: boolean;
  /** inhibit_on_failure of the sorry server: it stays in the kernel with weight 0 while not in use. */
  readonly sorryServerInhibit: boolean;
  /** Checks stand still (ha_suspend): the address is not on this host. */
  readonly suspended: boolean;
  /** serve_when_master: the vrrp_instance that is not MASTER, wherefore nothing of this stands in the kernel. */
  readonly waitsFor?: string;
  /** In the order of the settings; of a page, those that are on it. */
  readonly realServers: readonly RealServerState[];
}

export interface RealServerState {
  readonly id: string;
  readonly alive: boolean;
  /** What the kernel is told while it is alive: the configured weight and what checks made of it. */
  readonly weight: number;
  readonly inhibitOnFailure: boolean;
  /** What an operator has ordered; absent if nothing. */
  readonly mark?: OperatorMark;
  readonly checkers: readonly CheckerState[];
}

export interface CheckerState {
  readonly id: string;
  readonly up: boolean;
  /** False until the first check has come to a verdict. */
  readonly hasRun: boolean;
  /** Failures in a row that have not yet counted. */
  readonly retries: number;
  /** The last failure's code and text; absent after a success. */
  readonly lastFailure?: { readonly code: string; readonly text: string };
  /** How long the last check took, in microseconds; absent if none has ended. */
  readonly latency?: Micros;
  /** How many checks took how long: by LATENCY_BOUNDS, the last count being of those beyond them all. */
  readonly latencies?: readonly number[];
  /** The sum of what all of them took, in microseconds. */
  readonly latencySum?: Micros;
}
