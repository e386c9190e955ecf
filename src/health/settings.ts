import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

/**
 * What check policy needs to know of the pools: immutable plain data, defaults and inheritance resolved by
 * config/. What a probe sends and expects is probe/'s business (config/model.ts joins the two by checker id).
 */
export interface HealthSettings {
  /** rs_init_notifies: real servers that are up from the start are notified too. */
  readonly rsInitNotifies: boolean;
  readonly pools: readonly PoolSettings[];
}

/** A virtual_server and its real servers. */
export interface PoolSettings {
  /** Unique: how keepalived names it in logs, for example '[192.0.2.1]:tcp:80' or 'FWM 5'. */
  readonly id: string;
  /** On a graceful stop, take down real servers and quorum with their notifications. */
  readonly omega: boolean;
  /** Total weight of live servers needed, 1 or more. */
  readonly quorum: number;
  /** 0 to quorum - 1. */
  readonly hysteresis: number;
  readonly realServers: readonly RealServerSettings[];
  /** Takes the traffic while quorum is lost. */
  readonly sorryServer?: SorryServerSettings;
}

export interface SorryServerSettings {
  /** As a real server's id. */
  readonly id: string;
  readonly address: IpAddress;
  readonly port: number;
  /** sorry_server_inhibit: it stays in the kernel with weight 0 while it is not in use. */
  readonly inhibit: boolean;
}

export interface RealServerSettings {
  /** Unique within the pool, for example '[192.0.2.10]:tcp:80'. */
  readonly id: string;
  readonly address: IpAddress;
  readonly port: number;
  /** 0 to 2^31 - 1. */
  readonly weight: number;
  /** inhibit_on_failure: weight 0 instead of removal. */
  readonly inhibitOnFailure: boolean;
  readonly checkers: readonly CheckerSettings[];
}

/** The checkers that probe; each has its own wording in the log (health/wording.ts). */
export type ProbingKind =
  | 'TCP_CHECK'
  | 'HTTP_GET'
  | 'SSL_GET'
  | 'SMTP_CHECK'
  | 'DNS_CHECK'
  | 'UDP_CHECK'
  | 'PING_CHECK'
  | 'MISC_CHECK';

/** All checker keywords; those that do not probe are told of what they follow. */
export type CheckerKind = ProbingKind | 'BFD_CHECK' | 'FILE_CHECK';

/** When to check, and how many results make a verdict; the same for every kind of checker. */
export interface CheckerSettings {
  /** Unique in the file; config/ makes it up from pool, real server and position. */
  readonly id: string;
  readonly kind: CheckerKind;
  /** Equal for two checkers exactly if they probe the same thing: such a checker survives a reload. */
  readonly identity: string;
  /** BFD_CHECK: the bfd_instance whose state is the verdict. Such a checker probes nothing, and has no schedule. */
  readonly follows?: string;
  /** FILE_CHECK: the track_file whose number is the verdict, or a weight. It has no schedule either. */
  readonly file?: FollowedFile;
  /** MISC_CHECK: the script, as log lines name it. */
  readonly script?: string;
  /** How many checks in a row make a whole one: the urls of HTTP_GET and SSL_GET, one a delay_loop; else 1. */
  readonly steps: number;
  /** fast_recovery: the steps of a first or recovering check follow one another without delay. */
  readonly fastRecovery: boolean;
  /** delay_loop: from the end of one check to the start of the next. */
  readonly delayLoop: Micros;
  /** Further tries before a failure counts. */
  readonly retry: number;
  readonly delayBeforeRetry: Micros;
  /** The first check comes one second after the start and a random part of this. */
  readonly warmup: Micros;
  /** Counts as failed until it has succeeded once. Inherited from real server and virtual server by config/. */
  readonly alpha: boolean;
  /** log_all_failures, or checker_log_all_failures of global_defs. */
  readonly logAllFailures: boolean;
}

/** What a number in a track_file means for a real server. */
export interface FollowedFile {
  /** track_file NAME. */
  readonly name: string;
  /**
   * The number is multiplied with it, and the product moves the real server's weight. With 0, any number but 0 is a
   * failure.
   */
  readonly weight: number;
  /** The product counts negatively; with weight 0, only 0 is a failure. */
  readonly reverse: boolean;
}
