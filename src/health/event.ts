import { type Marks } from './marks.js';
import { type HealthSettings } from './settings.js';

/** Past facts, as the driver (or the simulator, or a conformance file) reports them to HealthMonitor.step. */
export type HealthEvent =
  /** The first event. `resume` says what a predecessor had left in the kernel when it died. */
  | {
      readonly type: 'Started';
      readonly resume?: readonly ResumedPool[];
      /** What operators had ordered of a predecessor. */
      readonly marks?: Marks;
      /** Ids of the pools whose checks stand still from the start (ha_suspend). */
      readonly suspended?: readonly string[];
      /** The numbers in track_files, by name; 0 for one that is not told. */
      readonly files?: FileNumbers;
    }
  /** The check (or the step of a check) that StartCheck asked for succeeded. */
  | {
      readonly type: 'CheckSucceeded';
      readonly checker: string;
      /** The weight that the check found for its real server (misc_dynamic); absent leaves the configured one. */
      readonly weight?: number;
      /** What was right, in keepalived's words ('MD5 digest'), and of which url. */
      readonly found?: string;
      readonly url?: string;
    }
  /** It failed: a verdict on the server. */
  | {
      readonly type: 'CheckFailed';
      readonly checker: string;
      /** Stable and greppable, for example 'timeout' or 'connection-refused'. */
      readonly code: string;
      /** keepalived's words for it where it has some, for example 'Timeout connecting'. */
      readonly text: string;
    }
  /** It could not be run at all (no descriptor, bindto not ours): says nothing of the server. */
  | { readonly type: 'CheckNotRun'; readonly checker: string; readonly text: string }
  /** A BFD session is up, or is not: told when it changes, and again whenever somebody asks. */
  | { readonly type: 'SessionChanged'; readonly session: string; readonly up: boolean }
  /** A track_file has another number. */
  | { readonly type: 'FileChanged'; readonly name: string; readonly value: number }
  /** A deadline set by an effect has passed. */
  | { readonly type: 'DeadlinePassed'; readonly name: string }
  /** A validated reload. What is equal in old and new settings must not notice. */
  | {
      readonly type: 'Reconfigured';
      readonly settings: HealthSettings;
      /** Ids of all pools whose checks stand still from now on. */
      readonly suspended?: readonly string[];
      /** As at Started; without it, as they were last told. */
      readonly files?: FileNumbers;
    }
  /** ha_suspend: the pool's address has come to this host, or left it. */
  | { readonly type: 'SuspensionChanged'; readonly pool: string; readonly suspended: boolean }
  /** All that operators want of real servers from now on; what is not named is unmarked. */
  | { readonly type: 'Marked'; readonly marks: Marks }
  /** A manager has set a real server's weight by SNMP (realServerWeight): it stands until the next reload. */
  | {
      readonly type: 'WeightSet';
      readonly pool: string;
      readonly realServer: string;
      readonly weight: number;
    }
  /**
   * The daemon stops: services leave the kernel, with omega's notifications. With --dont-release-ipvs they stay,
   * and nobody is notified.
   */
  | {
      readonly type: 'StopRequested';
      readonly releaseServices: boolean;
      /** lvs_flush_on_stop: services go as a whole, and nobody is notified of each real server. */
      readonly wholesale?: boolean;
    };

/** The numbers in track_files, by name. */
export type FileNumbers = Readonly<Record<string, number>>;

/** One pool as the kernel still held it. */
export interface ResumedPool {
  readonly id: string;
  /** Ids of the real servers that were present with a weight above 0. */
  readonly realServersUp: readonly string[];
  readonly sorryServerInUse: boolean;
}
