import { type IpAddress } from '../base/address.js';
import { type PoolStanding } from '../health/index.js';
import { type Cause, type RunNotify, type VrrpState } from '../vrrp/index.js';

/** Something that happened, for those outside who want to hear of it. Told once, after it was acted upon. */
export type News = NewsBody & {
  /** When, in milliseconds since the Unix epoch. */
  readonly at: number;
};

export type NewsBody = VrrpNews | HealthNews | DaemonNews;

export type VrrpNews =
  /** A vrrp_instance took another state. */
  | {
      readonly type: 'InstanceChanged';
      readonly instance: string;
      /** INIT at a start; `to` is INIT when it stops. */
      readonly from: VrrpState;
      readonly to: VrrpState;
      /** Effective priority then, 1-255; 0 if a reload has taken the instance away. */
      readonly priority: number;
      /** `code` is stable: what SNMP's reasons are made of. */
      readonly cause: Cause;
    }
  /**
   * What notify scripts are told, at the same point: an instance or a sync group has a new state, or an instance a new
   * priority. Unlike InstanceChanged it leaves out what keepalived leaves out: a member that follows its group at the
   * start, for one.
   */
  | ({ readonly type: 'Notified' } & Omit<RunNotify, 'type'>)
  /** An advert was not believed (RFC 2787's vrrpTrapAuthFailure, RFC 6527's vrrpv3ProtoError). */
  | {
      readonly type: 'AdvertRefused';
      /** Absent for an advert that belongs to no instance. */
      readonly instance?: string;
      readonly interface: string;
      readonly source: IpAddress;
      /** As in the counters of `understudy status`, for example `advert-bad-checksum`. */
      readonly code: string;
    };

export type HealthNews =
  /** A checker came to another verdict. */
  | {
      readonly type: 'CheckerTurned';
      readonly pool: string;
      readonly realServer: string;
      /** By the id of its probe (Configuration.probes). */
      readonly checker: string;
      readonly up: boolean;
      /** Whether its real server went up or down with it. */
      readonly realServerTurned: boolean;
      /** Why it is down, in the log's words; absent if it is up. */
      readonly failure?: { readonly code: string; readonly text: string };
    }
  /** A real server came into a pool or left it: what notify_up and notify_down are told. */
  | {
      readonly type: 'RealServerChanged';
      readonly pool: string;
      readonly realServer: string;
      readonly up: boolean;
      /** `removed`: a reload took it away; `stopping`: the daemon stops. */
      readonly because: 'checked' | 'removed' | 'stopping';
      readonly weight: number;
      readonly standing: PoolStanding;
    }
  /** A virtual server gained or lost its quorum: what quorum_up and quorum_down are told. */
  | {
      readonly type: 'QuorumChanged';
      readonly pool: string;
      readonly up: boolean;
      /** `starting`: judged for the first time, at a start or reload. */
      readonly because: 'checked' | 'starting' | 'stopping';
      readonly standing: PoolStanding;
    };

/** What the supervisor tells of its own. */
export type DaemonNews =
  /** Not told of those that start with the daemon. */
  | { readonly type: 'WorkerStarted'; readonly worker: string; readonly pid: number }
  | { readonly type: 'WorkerDied'; readonly worker: string }
  | { readonly type: 'Reloaded' }
  | { readonly type: 'Stopping' }
  /** So many of the news before this one did not fit into the queue. */
  | { readonly type: 'NewsLost'; readonly count: number };
