import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type DesiredAddress, type DesiredRouting } from '../net/index.js';

/** What a vrrp_instance says beyond vrrp/'s settings. */
export interface InstanceDetails {
  /** `state` as configured; members of a sync group may start otherwise. */
  readonly configuredState: 'MASTER' | 'BACKUP';
  readonly strict: boolean;
  /** False: packets to its addresses are dropped while it does not own them. */
  readonly accept: boolean;
  readonly link?: VirtualLink;
  readonly useVmacAddr: boolean;
  readonly vrf?: string;
  readonly unicastFaultNoPeer: boolean;
  readonly trackSourceAddress: boolean;
  readonly noVirtualIpaddress: boolean;
  readonly promoteSecondaries: boolean;
  readonly linkbeatPolling: boolean;
  /** 0-4. */
  readonly debug: number;
  readonly kernelRxBufSize?: number;
  readonly hmac?: HmacSettings;
  readonly smtpAlert: boolean;
  /** garp_extra_if; 0 for none. */
  readonly garpExtraInterval: Micros;
  readonly garpExtraAll: boolean;
  readonly lvsSyncInterface?: string;
}

/** use_vmac or use_ipvlan. */
export type VirtualLink =
  | {
      readonly kind: 'vmac';
      readonly name?: string;
      /** Six octets, or five where the last is the virtual router id. */
      readonly mac?: string;
      readonly group?: number;
      readonly netlinkNotify: boolean;
      readonly transmitOnBase: boolean;
    }
  | {
      readonly kind: 'ipvlan';
      readonly name?: string;
      readonly address?: IpAddress;
      readonly prefixLength?: number;
      readonly mode: 'bridge' | 'private' | 'vepa';
      readonly group?: number;
    };

/** auth_hmac. */
export interface HmacSettings {
  readonly keys: readonly HmacKey[];
  readonly activeKey: number;
  /** Seconds; undefined for anti_replay monotonic. */
  readonly timeWindowS?: number;
  readonly antiReplay: 'time' | 'monotonic';
  readonly mode: 'enforce' | 'permissive' | 'receive-only';
}

export interface HmacKey {
  readonly id: number;
  /** As written: text, hex:DIGITS or file:PATH. */
  readonly source: string;
}

/** What a vrrp_sync_group says beyond vrrp/'s settings. */
export interface GroupDetails {
  readonly smtpAlert: boolean;
}

/** What stands whether this host is master or not: static_ipaddress, static_routes and static_rules. */
export interface StaticSettings extends DesiredRouting {
  readonly addresses: readonly (DesiredAddress & { readonly trackGroup?: string })[];
  /** Instances by track_group. */
  readonly trackGroups: Readonly<Record<string, readonly string[]>>;
}

/** How interfaces are watched and spoken on. */
export interface LinkSettings {
  readonly linkbeat: readonly { readonly interface: string; readonly type?: 'MII' | 'ETHTOOL' | 'IOCTL' }[];
  readonly delays: readonly { readonly interface: string; readonly down: Micros; readonly up: Micros }[];
  readonly garpGroups: readonly GarpGroup[];
}

/** garp_group. */
export interface GarpGroup {
  readonly interfaces: readonly string[];
  readonly garpInterval?: Micros;
  readonly gnaInterval?: Micros;
}
