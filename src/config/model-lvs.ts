import { type Family, type IpAddress } from '../base/address.js';
import { type IpvsProtocol } from '../lvs/index.js';

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
  /** In the order of the pool's real servers. */
  readonly realServers: readonly RealServerDetails[];
}

/** What a real_server says beyond its destination and checkers. */
export interface RealServerDetails {
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
