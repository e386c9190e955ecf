import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type MasterDownShare } from './down-timer.js';
import { type Cause, type VrrpState } from './effect.js';

/** What a Router shows of itself, for status, dumps and metrics. Plain data; nothing in it is live. */
export interface RouterSnapshot {
  /** In file order. */
  readonly instances: readonly InstanceSnapshot[];
  readonly syncGroups: readonly SyncGroupSnapshot[];
  readonly scripts: readonly ScriptSnapshot[];
  readonly processes: readonly ProcessSnapshot[];
  /** The numbers in track_files, by name, as far as they were reported. */
  readonly files: Readonly<Record<string, number>>;
  /** Whether BFD sessions are up, by name, as far as they were reported. */
  readonly bfd: Readonly<Record<string, boolean>>;
  /** Adverts that belonged to no instance, by reason. */
  readonly unclaimedAdverts: Readonly<Record<string, number>>;
}

/** One virtual router (RFC 9568, 6.1). */
export interface InstanceSnapshot {
  readonly name: string;
  readonly state: VrrpState;
  /** Priority after tracking, 1-255. */
  readonly effectivePriority: number;
  /** That of the file, or what SNMP has set since. */
  readonly configuredPriority: number;
  /** The same of `nopreempt`. */
  readonly preempt: boolean;
  /** Source and priority of the advert that we last accepted as the master's; absent while we are master. */
  readonly master?: { readonly address: IpAddress; readonly priority: number };
  /** Master_Adver_Interval (RFC 9568, 6.1): learned in version 3, our own in version 2. */
  readonly masterAdvertInterval: Micros;
  readonly skewTime: Micros;
  readonly masterDownInterval: Micros;
  /** How near a takeover has been; absent before two adverts of a master in a row. */
  readonly masterDownShare?: MasterDownShare;
  readonly lastTransition?: Transition;
  /** Since when it is neither in INIT nor in FAULT; absent while it is. */
  readonly upSince?: Micros;
  /** The code of what last made it master; absent if it never was. */
  readonly becameMasterBy?: string;
  /** The code of the last advert that was dropped for its TTL, its version or its checksum. */
  readonly lastProtocolError?: ProtocolError;
  /** How often the state has changed, by what caused it. */
  readonly transitions: readonly TransitionCount[];
  /** What holds the instance in FAULT, for example `interface eth0`. */
  readonly faults: readonly string[];
  readonly counters: InstanceCounters;
}

/** What RFC 6527 calls a protocol error, as far as an instance can be told whose it is. */
export type ProtocolError =
  'advert-bad-ttl' | 'advert-wrong-version' | 'advert-unknown-version' | 'advert-bad-checksum';

/** Changes of state of one kind. */
export interface TransitionCount {
  readonly from: VrrpState;
  readonly to: VrrpState;
  /** The code of the cause. */
  readonly cause: string;
  readonly count: number;
}

/** One change of state, and why. */
export interface Transition {
  readonly from: VrrpState;
  readonly to: VrrpState;
  readonly at: Micros;
  readonly cause: Cause;
}

/** Counters since the instance was started, as in RFC 6527's vrrpv3StatisticsTable. */
export interface InstanceCounters {
  readonly advertsSent: number;
  /** Valid ones, those of priority 0 included. */
  readonly advertsReceived: number;
  readonly priorityZeroSent: number;
  readonly priorityZeroReceived: number;
  readonly becameMaster: number;
  readonly releasedMaster: number;
  readonly sendErrors: number;
  readonly gratuitousArpsSent: number;
  /** Adverts dropped, by the verdict's code (reception.ts), for example `advert-bad-ttl`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** What was wrong with adverts that were believed all the same, by its code, for example `advert-interval-differs`. */
  readonly complaints: Readonly<Record<string, number>>;
}

export interface SyncGroupSnapshot {
  readonly name: string;
  readonly state: VrrpState;
  readonly members: readonly string[];
}

/** One vrrp_track_process. */
export interface ProcessSnapshot {
  readonly name: string;
  /** How many processes there are. */
  readonly count: number;
  /** As it counts, after any delay. */
  readonly hasQuorum: boolean;
}

export interface ScriptSnapshot {
  readonly name: string;
  /** `init` until the first result. */
  readonly state: 'init' | 'up' | 'down';
  /** Results in a row towards the other state. */
  readonly run: number;
  /** A run of it is under way. */
  readonly running: boolean;
  readonly lastDetail?: string;
}
