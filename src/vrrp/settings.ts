import { type Family, type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

/**
 * What the protocol needs to know of the configuration: immutable, plain data (it crosses a process boundary),
 * every default resolved and every reference checked by config/. Times are microseconds.
 */
export interface VrrpSettings {
  readonly instances: readonly InstanceSettings[];
  readonly syncGroups: readonly SyncGroupSettings[];
  readonly scripts: readonly ScriptSettings[];
  readonly processes: readonly ProcessSettings[];
  /** vrrp_startup_delay: no timer and no election before this has passed since start. 0 for none. */
  readonly startupDelay: Micros;
  /** vrrp_delay_after_boot: nor before this has passed since the host was booted. 0 for none. */
  readonly delayAfterBoot: Micros;
  /** log_unknown_vrids: a line in the log for every advert that no instance here takes. */
  readonly logUnknownVrids: boolean;
  /** garp_group, vrrp_garp_interval and vrrp_gna_interval. An interface is in one of them, or in none. */
  readonly announcementPacing: readonly AnnouncementPacing[];
}

/** How fast announcements may follow one another. */
export interface AnnouncementPacing {
  /** They share one pace. */
  readonly interfaces: readonly string[];
  /** From one gratuitous ARP to the next; 0 for no limit. */
  readonly garpInterval: Micros;
  /** From one unsolicited neighbour advertisement to the next; 0 for no limit. */
  readonly gnaInterval: Micros;
}

/** VRRP protocol version: 2 (RFC 3768) or 3 (RFC 9568). IPv6 is always 3. */
export type VrrpVersion = 2 | 3;

export interface InstanceSettings {
  readonly name: string;
  readonly family: Family;
  readonly version: VrrpVersion;
  /** virtual_router_id, 1-255. */
  readonly vrid: number;
  /** The interface that adverts are sent and received on; '' for a unicast instance that leaves it to the routes. */
  readonly interface: string;
  /** Where the source address is looked for if that is not `interface`: IPv4 on a VMAC takes it from what it lies on. */
  readonly sourceInterface?: string;
  /**
   * Further interfaces that the instance cannot do without: what its VMAC or IPVLAN lies on, the link itself where
   * adverts do not leave by it, and those of its addresses. `dontTrackPrimary` has been applied to them.
   */
  readonly carriers?: readonly string[];
  /**
   * `state`: with MASTER the address owner (priority 255) is master at once. Of any other router it changes
   * nothing, as in keepalived: it waits out the whole master-down interval.
   */
  readonly initialState: 'MASTER' | 'BACKUP';
  /** Configured priority, 1-255; 255 is the address owner, which tracking cannot change. */
  readonly priority: number;
  /** Our own advert interval: whole seconds in version 2, 10 ms to 40.95 s in version 3. */
  readonly advertInterval: Micros;
  /** False with `nopreempt`. */
  readonly preempt: boolean;
  /** preempt_delay: how long a lower-priority master is tolerated, from its first advert on. 0 for none. */
  readonly preemptDelay: Micros;
  readonly transport: Transport;
  readonly authentication: Authentication;
  /** The VIPs in file order: those of virtual_ipaddress, then those of virtual_ipaddress_excluded. */
  readonly addresses: readonly VirtualAddress[];
  readonly garp: GarpSettings;
  /** down_timer_adverts, 1-100, 3 unless told: adverts missed before the master is taken for dead. */
  readonly downTimerAdverts: number;
  readonly trackInterfaces: readonly TrackedObject[];
  readonly trackScripts: readonly TrackedObject[];
  /** By the names of their track_file, vrrp_track_process and bfd_instance blocks. */
  readonly trackFiles: readonly TrackedObject[];
  readonly trackProcesses: readonly TrackedObject[];
  readonly trackBfd: readonly TrackedObject[];
  /** dont_track_primary: the state of `interface` itself does not put the instance in FAULT. */
  readonly dontTrackPrimary: boolean;
  /** Do not answer an advert of lower priority with one of ours. */
  readonly lowerPriorityNoAdvert: boolean;
  /** Send one more advert when a master hears one of higher priority, before it steps back. */
  readonly higherPrioritySendAdvert: boolean;
  /** Compare the VIP list only with the first advert of each master. */
  readonly skipCheckAdvertAddresses: boolean;
  /** Version 3 on IPv4: leave the pseudo-header out of the checksum that we send. */
  readonly checksumAsV2: boolean;
  /** owner_ignore_adverts: with priority 255, adverts of others are not looked at. */
  readonly ownerIgnoresAdverts: boolean;
  /**
   * timer_expired_backup, 1-254: the highest priority of the other routers. A master that was held up for so long that
   * one of them must have taken over goes to BACKUP; absent: it does not look.
   */
  readonly timerExpiredBackup?: number;
  /** Room for adverts of this instance in the receive buffer; absent: the system's default. */
  readonly receiveBuffer?: ReceiveBuffer;
  /** What is wrong with its configuration, for people: the instance stays in FAULT. Empty if nothing is. */
  readonly configFaults: readonly string[];
}

/** kernel_rx_buf_size and vrrp_rx_bufs_policy: instances that share a socket add up. */
export type ReceiveBuffer =
  | { readonly by: 'bytes'; readonly bytes: number }
  /** As many times an advert of ours, or the MTU of the interface. */
  | { readonly by: 'advert' | 'mtu'; readonly times: number };

/** How adverts travel. */
export type Transport =
  | {
      readonly kind: 'multicast';
      /** 224.0.0.18 or ff02::12 unless configured. */
      readonly group: IpAddress;
      /** mcast_src_ip; otherwise the interface's primary (IPv6: link-local) address. */
      readonly source?: IpAddress;
      /** track_src_ip: without that address on any interface the instance is in FAULT. */
      readonly tracksSource?: boolean;
    }
  | {
      readonly kind: 'unicast';
      readonly peers: readonly UnicastPeer[];
      /** unicast_src_ip; otherwise the interface's primary address. */
      readonly source?: IpAddress;
      /** The VRF that adverts use, where the instance names no interface. */
      readonly vrf?: string;
      /** check_unicast_src: drop adverts whose source is no configured peer. */
      readonly checkSource: boolean;
      /** unicast_ttl, 0-255: the TTL that we send with; absent with IPv6: the kernel's default, as keepalived has it. */
      readonly ttl?: number;
      /** old_unicast_checksum; absent where the checksum leaves the pseudo-header out, or the family is IPv6. */
      readonly oldChecksum?: OldUnicastChecksum;
    };

/**
 * Before keepalived 1.3.6 the checksum of version 3 on IPv4 was made for the multicast group, also in unicast.
 * `learn`: use that as soon as an advert comes that has it.
 */
export interface OldUnicastChecksum {
  readonly use: 'always' | 'never' | 'learn';
  readonly group: IpAddress;
}

export interface UnicastPeer {
  readonly address: IpAddress;
  /** Adverts with a TTL outside [minTtl, maxTtl] are dropped; both absent means no check. */
  readonly minTtl?: number;
  readonly maxTtl?: number;
}

/** Version 2 authentication (RFC 2338, 5.3.6; dropped by RFC 3768 but kept by keepalived). */
export type Authentication =
  | { readonly type: 'none' }
  /** auth_pass: its first 8 bytes in UTF-8. */
  | { readonly type: 'pass'; readonly password: string }
  /** IPsec AH, HMAC-MD5-96 with a replay counter. */
  | { readonly type: 'ah'; readonly password: string }
  | HmacAuthentication;

/** auth_hmac, in either version and family: HMAC-SHA256 in a trailer behind the message. */
export interface HmacAuthentication {
  readonly type: 'hmac';
  /** At least one; each is believed. */
  readonly keys: readonly HmacKey[];
  /** The id of the key that signs ours. */
  readonly activeKey: number;
  /** anti_replay time: by how many seconds clocks may differ, 1-300; absent with anti_replay monotonic. */
  readonly timeWindowS?: number;
  /**
   * `enforce`: ours are signed, unsigned ones dropped. `permissive`: ours are signed, unsigned ones believed.
   * `receive-only`: ours are not signed. A signature that does not hold is never believed.
   */
  readonly mode: 'enforce' | 'permissive' | 'receive-only';
}

/** A key of auth_hmac. */
export interface HmacKey {
  /** 1-255. */
  readonly id: number;
  /** 32 to 64 bytes as hexadecimal digits. Not to be shown to anybody. */
  readonly secret: string;
}

/** One VIP, as far as the protocol is concerned; its mask, label and scope are net/'s business. */
export interface VirtualAddress {
  readonly address: IpAddress;
  /** Where it is installed, and where gratuitous ARP / unsolicited NA are sent. */
  readonly interface: string;
  /** False for virtual_ipaddress_excluded: installed, but not listed in adverts. */
  readonly advertised: boolean;
}

/** Gratuitous ARP (RFC 5227, 3) and unsolicited neighbour advertisements (RFC 4861, 7.2.6). */
export interface GarpSettings {
  /** garp_master_delay: the second round comes this long after becoming master; 0 for no second round. */
  readonly masterDelay: Micros;
  /** garp_master_repeat: messages an address in each round, 1 or more. */
  readonly masterRepeat: number;
  /** garp_master_refresh: repeat while master, every so often; 0 for never. */
  readonly masterRefresh: Micros;
  /** 0 for none, which vrrp_min_garp makes of it. */
  readonly masterRefreshRepeat: number;
  /** garp_lower_prio_delay and _repeat: a round after a lower-priority advert; repeat 0 for none. */
  readonly lowerPriorityDelay: Micros;
  readonly lowerPriorityRepeat: number;
  /** garp_extra_if: announces `extraAddresses` every so often while master; 0 for never. */
  readonly extraInterval: Micros;
  /** One VIP for each interface that its adverts do not keep known to bridges. */
  readonly extraAddresses: readonly VirtualAddress[];
}

/** A reference to something tracked. */
export interface TrackedObject {
  readonly name: string;
  /**
   * -253 to 253 (of a file and a process 254); 0 means that its failure is a fault, not a change of priority.
   * That of a file is multiplied with its number.
   */
  readonly weight: number;
  /** `reverse`: the object counts as up while it is down. */
  readonly reverse: boolean;
}

export interface SyncGroupSettings {
  readonly name: string;
  /** Instance names in file order; at least one. */
  readonly members: readonly string[];
  readonly trackInterfaces: readonly TrackedObject[];
  readonly trackScripts: readonly TrackedObject[];
  readonly trackFiles: readonly TrackedObject[];
  readonly trackProcesses: readonly TrackedObject[];
  readonly trackBfd: readonly TrackedObject[];
  /** sync_group_tracking_weight: members keep their own tracking weights. */
  readonly trackingWeight: boolean;
}

/** vrrp_script, without what it executes: the driver knows that. */
export interface ScriptSettings {
  readonly name: string;
  /** From one start to the next, more than 0. */
  readonly interval: Micros;
  /** After this the run has failed; 0 means the interval. */
  readonly timeout: Micros;
  /** Successes in a row needed to be up, 1 or more. */
  readonly rise: number;
  /** Failures in a row needed to be down, 1 or more. */
  readonly fall: number;
  /** init_fail: taken for down until it has risen. */
  readonly initFail: boolean;
}

/** vrrp_track_process, without how its processes are recognised: the driver counts them. */
export interface ProcessSettings {
  readonly name: string;
  /** How many processes there must be: 0 only together with quorumMax 0. */
  readonly quorum: number;
  /** How many there may be; undefined for no limit. */
  readonly quorumMax?: number;
  /** How long an exit has to stand before it counts, unless a fork makes up for it; 0 for not at all. */
  readonly terminateDelay: Micros;
  /** The same of a fork, unless an exit undoes it. */
  readonly forkDelay: Micros;
}
