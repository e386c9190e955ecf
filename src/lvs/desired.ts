import { type Family, type IpAddress } from '../base/address.js';

/** L4 protocols that IPVS balances. */
export type IpvsProtocol = 'TCP' | 'UDP' | 'SCTP';

/** What identifies a virtual service in the kernel: protocol, address and port, or a firewall mark. */
export type ServiceKey =
  | {
      readonly kind: 'address';
      readonly protocol: IpvsProtocol;
      readonly address: IpAddress;
      /** 0 only with persistence: all ports. */
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly family: Family; readonly mark: number };

/** Packet forwarding method, as ipvsadm names them: masq (-m), route (-g), tunnel (-i). */
export type ForwardingMethod =
  | { readonly kind: 'masq' }
  | { readonly kind: 'route' }
  | { readonly kind: 'tunnel'; readonly type: 'ipip' }
  | {
      readonly kind: 'tunnel';
      readonly type: 'gue';
      readonly port: number;
      readonly checksum: TunnelChecksum;
    }
  | { readonly kind: 'tunnel'; readonly type: 'gre'; readonly checksum: Exclude<TunnelChecksum, 'remcsum'> };

export type TunnelChecksum = 'nocsum' | 'csum' | 'remcsum';

/** A virtual service as it should stand in the kernel. */
export interface DesiredService {
  readonly key: ServiceKey;
  /** Scheduler module, for example 'wlc'. */
  readonly scheduler: string;
  /** IP_VS_SVC_F_* beyond persistence, hashed and one-packet: flag-1..3, meaning by scheduler. */
  readonly schedulerFlags: number;
  readonly hashed: boolean;
  readonly onePacket: boolean;
  /** Seconds, 0 for no persistence. */
  readonly persistenceTimeoutS: number;
  /** persistence_granularity: netmask bits, 1-32 or 1-128; the host length unless told. */
  readonly persistencePrefix: number;
  /** For example 'sip'. */
  readonly persistenceEngine?: string;
  readonly destinations: readonly DesiredDestination[];
}

/** A real server of a service. */
export interface DesiredDestination {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: ForwardingMethod;
  /** 0-65535 here; the kernel takes more. 0 takes no new connections. */
  readonly weight: number;
  /** Upper and lower connection thresholds, 0 for none. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}
