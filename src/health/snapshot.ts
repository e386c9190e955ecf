/** What the monitor knows at one moment, as plain data: for status, dumps, metrics and lvs/desired-from-pool. */
export interface HealthSnapshot {
  readonly pools: readonly PoolState[];
}

export interface PoolState {
  readonly id: string;
  readonly quorumUp: boolean;
  /** The sorry server takes the traffic now. */
  readonly sorryServerInUse: boolean;
  /** inhibit_on_failure of the sorry server: it stays in the kernel with weight 0 while not in use. */
  readonly sorryServerInhibit: boolean;
  /** In the order of the settings. */
  readonly realServers: readonly RealServerState[];
}

export interface RealServerState {
  readonly id: string;
  readonly alive: boolean;
  /** What the kernel is told while it is alive: the configured weight and what checks made of it. */
  readonly weight: number;
  readonly inhibitOnFailure: boolean;
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
}
