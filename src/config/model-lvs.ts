import { type Family, type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type ForwardingMethod, type IpvsProtocol } from '../lvs/index.js';

/** What a virtual_server says beyond its service and pool. */
export interface PoolDetails {
  readonly haSuspend: boolean;
  /** Absent for a service by firewall marks only. */
  readonly protocol?: IpvsProtocol;
  /** serve_when_master: the vrrp_instance that must be MASTER for its services to stand. */
  readonly serveWhenMaster?: string;
  readonly smtpAlert: boolean;
  readonly snmpName?: string;
  readonly virtualHost?: string;
  /** The group that it serves, if it is `virtual_server group NAME`. */
  readonly group?: string;
  /** What it says for the real servers and checkers in it; each of them has it resolved as well. */
  readonly usual: PoolDefaults;
  /** In the order of the pool's real servers. */
  readonly realServers: readonly RealServerDetails[];
}

/** What holds for the checkers of a virtual_server or real_server that do not say otherwise. */
export interface CheckerDefaults {
  readonly alpha?: boolean;
  readonly delayLoop?: Micros;
  readonly retry?: number;
  readonly delayBeforeRetry?: Micros;
  readonly warmup?: Micros;
  readonly connectTimeout?: Micros;
}

export interface PoolDefaults extends CheckerDefaults {
  readonly weight: number;
  readonly inhibitOnFailure: boolean;
  readonly forwarding: ForwardingMethod;
}

/** What a real_server says beyond its destination and checkers. */
export interface RealServerDetails {
  /** Beyond what its virtual_server says. */
  readonly usual?: CheckerDefaults;
  readonly smtpAlert: boolean;
  readonly snmpName?: string;
  readonly virtualHost?: string;
}

/** virtual_server_group. */
export interface ServerGroup {
  readonly ranges: readonly AddressRange[];
  readonly marks: readonly { readonly mark: number; readonly family?: Family }[];
}

/** Addresses from first to last, both included; port 0 for all. */
export interface AddressRange {
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly port: number;
}
