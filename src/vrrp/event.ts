import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type VrrpSettings } from './settings.js';

/**
 * Past facts, as the driver (or the simulator, or a conformance file) reports them to Router.step. An event
 * names interfaces, scripts and deadlines by the names that the settings and effects gave them.
 */
export type VrrpEvent =
  /**
   * The first event but for those that say how interfaces, files, processes and BFD sessions are. `resume` names
   * instances that were master when this worker's predecessor died; `uptime` is how long ago the host was booted, for
   * vrrp_delay_after_boot, and counts as long ago unless told.
   */
  | { readonly type: 'Started'; readonly resume?: readonly string[]; readonly uptime?: Micros }
  /** What the clock on the wall shows now; told before Started, and when it was set. auth_hmac and AH need it. */
  | { readonly type: 'WallClockRead'; readonly unixTime: Micros }
  | AdvertReceived
  /** A deadline set by an effect has passed; `at` is when it was due, so now - at is our own lateness. */
  | { readonly type: 'DeadlinePassed'; readonly name: string; readonly at: Micros }
  /**
   * State of an interface as it is now: sent once for each interface of the host before Started, then on change.
   * An interface that was never reported counts as down.
   */
  | { readonly type: 'InterfaceChanged'; readonly state: InterfaceState }
  | { readonly type: 'InterfaceVanished'; readonly interface: string }
  /** Somebody else removed an address from an interface. Not sent for removals that an effect asked for. */
  | { readonly type: 'AddressLost'; readonly interface: string; readonly address: IpAddress }
  /**
   * Somebody else removed a route or rule that the instance holds; `text` says which. Not sent for removals that an
   * effect asked for, nor where nobody is to mind (no_track).
   */
  | { readonly type: 'RouteLost'; readonly instance: string; readonly text: string }
  /**
   * A run started by RunScript ended. A run that was killed for its timeout is a failure. `detail` stands in the
   * log behind "failed", in keepalived's words: `exited with status 1`, `due to signal 9`, `timed out`; or empty.
   */
  | {
      readonly type: 'ScriptExited';
      readonly script: string;
      readonly success: boolean;
      readonly detail: string;
      /** Its exit status, if it ended by exiting: a change of it is worth a line. */
      readonly status?: number;
    }
  /** The number in a track_file; 0 if it is missing or holds none. A file never reported has 0. */
  | { readonly type: 'FileChanged'; readonly name: string; readonly value: number }
  | ProcessesCounted
  /** A BFD session came up or went down, for whatever reason. One never reported is down. */
  | { readonly type: 'BfdChanged'; readonly name: string; readonly up: boolean }
  /**
   * Which instances have come to share interface, family and VRID with another one that was there first, and with
   * which one, in words: all of them, each time one comes or goes. They must not take part.
   */
  | { readonly type: 'VridsDuplicated'; readonly instances: Readonly<Record<string, string>> }
  /** The kernel refused to send (for example ENETDOWN); counted and recorded, never fatal. */
  | { readonly type: 'SendFailed'; readonly instance: string; readonly error: string }
  /** Somebody asks for one more round of gratuitous ARP and NA of an instance; only a master has something to tell. */
  | { readonly type: 'AnnouncementRequested'; readonly instance: string }
  | SetBySnmp
  /** Somebody wants counters to begin at 0 again. */
  | { readonly type: 'CountersCleared' }
  | Reconfigured
  /** The daemon stops: masters resign with priority 0 (RFC 9568, 6.4.3). */
  | { readonly type: 'StopRequested' };

/** A manager has set something of an instance (KEEPALIVED-MIB): it stands in place of the file's until the next reload. */
export interface SetBySnmp {
  readonly type: 'SetBySnmp';
  readonly instance: string;
  /** vrrpInstanceBasePriority, 1-255; 255 makes it the owner of its addresses. */
  readonly priority?: number;
  /** vrrpInstancePreempt. */
  readonly preempt?: boolean;
}

/** A validated reload. Instances that are equal in old and new settings must not notice. */
export interface Reconfigured {
  readonly type: 'Reconfigured';
  readonly settings: VrrpSettings;
  /** Scripts of which something other than ScriptSettings has changed: what they said before is forgotten. */
  readonly changedScripts?: readonly string[];
  /** What is tracked from now on, looked at anew: numbers in files and of processes, by name. */
  readonly files?: Readonly<Record<string, number>>;
  readonly processes?: Readonly<Record<string, number>>;
}

/** How many processes of a vrrp_track_process there are now; none before the first report. */
export interface ProcessesCounted {
  readonly type: 'ProcessesCounted';
  readonly name: string;
  readonly count: number;
  /**
   * What changed the number: delays hold for `fork`, `exit` and `scan` (all were counted anew), not for `exec`
   * (a process has become another program, or has renamed itself).
   */
  readonly by: 'scan' | 'fork' | 'exec' | 'exit';
}

/** One protocol-112 packet, its IP header stripped to what the protocol looks at. */
export interface AdvertReceived {
  readonly type: 'AdvertReceived';
  readonly interface: string;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit; undefined where the socket could not tell (then the check fails). */
  readonly ttl: number | undefined;
  /** The VRRP message: all after the IP header (and, with AH, from the AH header on). */
  readonly payload: Uint8Array;
  /** IPv4 only: the whole IP header, needed by AH. */
  readonly ipHeader?: Uint8Array;
  /** When it reached this host, on the monotonic clock: a wait for the next one counts from then. Now if absent. */
  readonly receivedAt?: Micros;
}

/** What the protocol needs to know of an interface. */
export interface InterfaceState {
  readonly name: string;
  readonly index: number;
  /** IFF_UP and IFF_RUNNING (and the link beat, where configured). */
  readonly up: boolean;
  /** It was asked for its state, which netlink does not tell. */
  readonly polled?: true;
  /** Its own addresses in kernel order, VIPs of ours left out; the first of a family is the primary. */
  readonly addresses: readonly IpAddress[];
}
