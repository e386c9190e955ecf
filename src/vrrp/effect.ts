import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

/** VRRP states (RFC 9568, 6.4) and keepalived's FAULT. */
export type VrrpState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

/**
 * Orders, as data. The driver carries them out in this order, completely, before the next event; the simulator
 * and the conformance runner read them instead.
 */
export type VrrpEffect =
  | SendAdvert
  /** Install / remove everything that moves with the instance (net/ knows what that is). */
  | { readonly type: 'AddAddresses'; readonly instance: string }
  | { readonly type: 'RemoveAddresses'; readonly instance: string }
  /** One gratuitous ARP (IPv4) or unsolicited NA (IPv6). */
  | {
      readonly type: 'SendGratuitousArp';
      readonly instance: string;
      readonly interface: string;
      readonly address: IpAddress;
    }
  /**
   * Set or replace the deadline of that name; absolute, on the monotonic clock. With `slack` it may pass so much
   * earlier if another one passes then: what is due together is done together.
   */
  | {
      readonly type: 'SetDeadline';
      readonly name: string;
      readonly at: Micros;
      readonly slack?: Micros;
    }
  | { readonly type: 'ClearDeadline'; readonly name: string }
  /** Start a tracking script; its end comes back as ScriptExited. */
  | { readonly type: 'RunScript'; readonly script: string; readonly timeout: Micros }
  | RunNotify
  /** A state was entered; emitted by the one function that makes transitions, with what caused it. */
  | {
      readonly type: 'StateChanged';
      readonly instance: string;
      readonly from: VrrpState;
      readonly to: VrrpState;
      readonly cause: Cause;
    }
  /** A line for the log (keepalived's wording where it has one) and the recorder. */
  | {
      readonly type: 'Record';
      readonly level: 'debug' | 'info' | 'notice' | 'warning' | 'error';
      /** Stable and greppable, for example 'advert-bad-checksum'. */
      readonly code: string;
      readonly instance?: string;
      readonly text: string;
      /** Whose MAC address is worth knowing: the log names it behind `source` in the text. */
      readonly offender?: Offender;
    }
  /** StopRequested has been carried out. */
  | { readonly type: 'Stopped' };

/** A router that uses a VRID which it should not. */
export interface Offender {
  readonly interface: string;
  readonly source: IpAddress;
  readonly vrid: number;
}

/** Send one advert from `source` on `interface` to each destination, in order. */
export interface SendAdvert {
  readonly type: 'SendAdvert';
  readonly instance: string;
  readonly interface: string;
  readonly source: IpAddress;
  /** The multicast group, or every unicast peer. */
  readonly destinations: readonly IpAddress[];
  /** Undefined for the kernel's default hop limit: IPv6 unicast without unicast_ttl. */
  readonly ttl: number | undefined;
  /** IPv4: Identification of the IP header, 1-65535, the same for all destinations. */
  readonly identification?: number;
  /** IP protocol: 51 with AH in front of the message; 112 unless told. */
  readonly protocol?: 51;
  /** The priority it carries; 0 means that we resign. */
  readonly priority: number;
  /**
   * The encoded message for each destination (checksums of version 3 cover the destination, RFC 9568, 5.2.8).
   * Equal destinations share one array; and an advert that differs from the one before in its Identification at most
   * has the same list of them: whoever sends it need not put it together again.
   */
  readonly payloads: readonly Uint8Array[];
}

/** Tell scripts, FIFOs, mail and SNMP; notify/ knows who listens. */
export interface RunNotify {
  readonly type: 'RunNotify';
  readonly subject: 'INSTANCE' | 'GROUP';
  readonly name: string;
  /** DELETED comes for every instance that a reload has removed; who did not ask for it hears something else. */
  readonly state:
    | 'MASTER'
    | 'BACKUP'
    | 'FAULT'
    | 'STOP'
    | 'DELETED'
    | 'MASTER_RX_LOWER_PRI'
    | 'MASTER_PRIORITY'
    | 'BACKUP_PRIORITY';
  /** Effective priority at that moment, 0-255. */
  readonly priority: number;
  /** With DELETED: the instance was in FAULT. */
  readonly wasFault?: boolean;
}

/** Why a state changed. */
export interface Cause {
  /** Stable and greppable, for example 'master-down-interval-passed'. */
  readonly code: string;
  /** For people: who and what, with numbers. */
  readonly text: string;
}
