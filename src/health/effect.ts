import { type Micros } from '../base/units.js';

/** Orders, as data. The driver carries them out in this order, completely, before the next event. */
export type HealthEffect =
  /** Run the checker's probe once; its end comes back as CheckSucceeded, CheckFailed or CheckNotRun. */
  | {
      readonly type: 'StartCheck';
      readonly checker: string;
      /** 0 to steps - 1: which url. */
      readonly step: number;
    }
  /** Forget the check that is under way (reload, stop): nothing may come back from it. */
  | { readonly type: 'CancelCheck'; readonly checker: string }
  /** Set or replace the deadline of that name; absolute, on the monotonic clock. */
  | { readonly type: 'SetDeadline'; readonly name: string; readonly at: Micros }
  | { readonly type: 'ClearDeadline'; readonly name: string }
  /**
   * What the pool wants in the kernel has changed: derive it anew (lvs/desired-from-pool) and apply the plan.
   * Sent before the notification of the same change, once however many servers changed in the step.
   */
  | {
      readonly type: 'PoolChanged';
      readonly pool: string;
      /** Only these real servers, by their positions in the pool, and nothing else of it; absent means all of it. */
      readonly realServers?: readonly number[];
    }
  /** The pool is gone from the configuration, or the daemon stops: its services leave the kernel. */
  | { readonly type: 'PoolRemoved'; readonly pool: string }
  | HealthNotify
  /** A checker changed its mind; mail alerts follow this one, because they quote the checker. */
  | {
      readonly type: 'CheckerTurned';
      readonly pool: string;
      readonly realServer: string;
      readonly checker: string;
      readonly up: boolean;
      /** Whether its real server went up or down with it. */
      readonly realServerTurned: boolean;
      /** Why it is down, in the log's words; absent if it is up. */
      readonly failure?: { readonly code: string; readonly text: string };
    }
  /** A line for the log (keepalived's wording where it has one) and the recorder. */
  | {
      readonly type: 'Record';
      readonly level: 'debug' | 'info' | 'notice' | 'warning' | 'error';
      /** Stable and greppable, for example 'real-server-down'. */
      readonly code: string;
      readonly pool?: string;
      readonly realServer?: string;
      readonly checker?: string;
      readonly text: string;
    }
  /** StopRequested has been carried out. */
  | { readonly type: 'Stopped' };

/** Tell scripts, FIFOs, mail and SNMP; notify/ knows who listens. */
export type HealthNotify =
  | {
      readonly type: 'RunNotify';
      /** A real server: notify_up, notify_down. */
      readonly subject: 'RS';
      readonly pool: string;
      readonly realServer: string;
      readonly state: 'UP' | 'DOWN';
      /** Called while stopping: keepalived waits for such a script, at most a second. */
      readonly stopping: boolean;
      /** A reload, or the stop, takes the server away. */
      readonly removed: boolean;
      readonly weight: number;
      readonly standing: PoolStanding;
    }
  | {
      readonly type: 'RunNotify';
      /** A virtual server: quorum_up, quorum_down. */
      readonly subject: 'VS';
      readonly pool: string;
      readonly state: 'UP' | 'DOWN';
      readonly stopping: boolean;
      /** Judged for the first time, or after a reload. */
      readonly initially: boolean;
      readonly standing: PoolStanding;
    };

/** How a virtual server stands right after a change. */
export interface PoolStanding {
  /** Real servers that serve, of how many. */
  readonly alive: number;
  readonly total: number;
  /** The weights of those that serve, together. */
  readonly aliveWeight: number;
  readonly quorum: number;
  readonly hysteresis: number;
}
