import { type IpAddress } from '../../base/address.js';
import { type BodyRegex, type TlsFiles } from '../model-probe.js';
import { type SourceHost } from '../source-host.js';

/**
 * What the passes need to know of this machine. All of it is asked for by name and answered at once, so that a
 * test, another machine's configuration or the simulator can answer instead of the kernel.
 */
export interface PassHost extends Pick<SourceHost, 'readFile' | 'list'> {
  /** gethostname(2). */
  readonly hostName: string;
  /** How many CPUs are online. */
  readonly cpuCount: number;
  /** $PATH. */
  readonly searchPath: string;
  /** The user that the daemon runs as. */
  readonly ourUser: { readonly name: string; readonly uid: number; readonly gid: number };
  /** The kernel can tell about processes (CONFIG_PROC_EVENTS). */
  readonly hasProcessEvents: boolean;
  /** Changes in this directory can be heard of (inotify), and be made. */
  canWatch(directory: string): boolean;
  /** /proc/sys/net/ipv4/igmp_link_local_mcast_reports can be written. */
  readonly hasIgmpLinkLocalReports: boolean;
  /** All interfaces that exist. */
  interfaces(): readonly HostInterface[];
  /** A login name; undefined if there is none. */
  user(name: string): { readonly uid: number; readonly gid: number } | undefined;
  /** A group's number; undefined if there is none. */
  group(name: string): number | undefined;
  /** Whether the name service knows this host name. */
  resolves(name: string): boolean;
  /** realpath(3); undefined if a component is missing or not accessible. */
  canonical(path: string): string | undefined;
  /** What is wrong with a regular expression of PCRE2's, in words; undefined if nothing. */
  regexTrouble(regex: Pick<BodyRegex, 'pattern' | 'options'>): string | undefined;
  /** Why these files cannot be used for TLS, in words; undefined if they can. */
  tlsTrouble(files: TlsFiles): string | undefined;
  /** lstat(2); undefined if there is nothing. */
  permissions(path: string): FilePermissions | undefined;
}

export interface HostInterface {
  readonly name: string;
  readonly mtu: number;
  readonly multicast: boolean;
  readonly loopback: boolean;
  readonly ethernet: boolean;
  /** Its own addresses. */
  readonly addresses: readonly IpAddress[];
  /** macvlan, ipvlan or vrf; undefined for others. */
  readonly kind?: 'macvlan' | 'ipvlan' | 'vrf';
  /** Somebody has made it (IFLA_INFO_KIND): it may be made anew as something else. */
  readonly virtual?: boolean;
  /** The routing table of a VRF. */
  readonly vrfTable?: number;
}

/** What decides who may run or change a file. */
export interface FilePermissions {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits, with set-uid, set-gid and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}
