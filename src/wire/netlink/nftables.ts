import { type Family } from '../../base/address.js';

/*
 * The part of nf_tables that this project speaks (linux/netfilter/nf_tables.h): tables, chains, sets and rules are
 * created and deleted within one transaction, which the kernel takes as a whole or not at all.
 */

/** Orders to nf_tables, as data. */
export type NftCommand =
  | { readonly kind: 'add-table' | 'delete-table'; readonly table: NftTable }
  | {
      readonly kind: 'add-chain';
      readonly table: NftTable;
      readonly chain: string;
      /** Where packets enter it; absent for a chain that only rules lead to. Its policy is to accept. */
      readonly hook?: { readonly at: 'input' | 'output'; readonly priority: number };
    }
  | { readonly kind: 'add-set'; readonly table: NftTable; readonly set: NftSet }
  | {
      readonly kind: 'add-elements' | 'delete-elements';
      readonly table: NftTable;
      readonly set: string;
      /** At most a thousand: they share an attribute of 64 kB. */
      readonly elements: readonly NftElement[];
    }
  | {
      readonly kind: 'add-rule';
      readonly table: NftTable;
      readonly chain: string;
      readonly expressions: readonly NftExpression[];
    };

export interface NftTable {
  readonly family: Family;
  readonly name: string;
}

/** A named set, or a map if it has a data type. */
export interface NftSet {
  readonly name: string;
  /** Unique within a transaction. */
  readonly id: number;
  /** One type, or the parts of a concatenation. */
  readonly key: readonly NftType[];
  readonly data?: NftType;
  /** Its elements never change once it is bound. */
  readonly constant?: boolean;
  /** Each part of an element may be a range (Linux 5.6). */
  readonly ranges?: boolean;
  /** Each element counts the packets that it was found for. */
  readonly counters?: boolean;
}

/** Types of set elements; nft shows them by these. */
export type NftType =
  'ipv4_addr' | 'ipv6_addr' | 'iface_index' | 'ifname' | 'icmpv6_type' | 'inet_service' | 'mark';

export interface NftElement {
  /** The parts of a concatenation, each padded to 4 bytes. */
  readonly key: Uint8Array;
  /** Where a range ends, this included; only in a set of ranges. */
  readonly end?: Uint8Array;
  readonly data?: Uint8Array;
}

/** Registers of 16 bytes, 1 to 4; 9 is the second four bytes of the first. */
export type NftRegister = 1 | 2 | 3 | 4 | 9;

/** One step of a rule: it loads registers, compares them, or decides. */
export type NftExpression =
  | {
      readonly kind: 'payload';
      readonly header: 'network' | 'transport';
      readonly offset: number;
      readonly length: number;
      readonly to: NftRegister;
    }
  | { readonly kind: 'meta'; readonly key: NftMetaKey; readonly to: NftRegister }
  | { readonly kind: 'mask'; readonly register: NftRegister; readonly mask: Uint8Array }
  | { readonly kind: 'equals'; readonly register: NftRegister; readonly value: Uint8Array }
  | {
      readonly kind: 'lookup';
      readonly set: string;
      readonly register: NftRegister;
      /** Of a map: where the data goes. */
      readonly to?: NftRegister;
    }
  | { readonly kind: 'counter' }
  /** Marks the packet with what is in the register. */
  | { readonly kind: 'set-mark'; readonly register: NftRegister }
  | { readonly kind: 'duplicate'; readonly address: NftRegister; readonly device: NftRegister }
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'goto'; readonly chain: string };

export type NftMetaKey = 'iif' | 'oif' | 'iifname' | 'oifname' | 'l4proto' | 'oifkind';
