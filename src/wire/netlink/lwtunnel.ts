import { addressBytes, type IpAddress } from '../../base/address.js';
import { AttributeWriter } from './attribute.js';

/*
 * Lightweight tunnels of routes (linux/lwtunnel.h): RTA_ENCAP holds attributes of the kind that RTA_ENCAP_TYPE
 * names.
 */
const LWTUNNEL_ENCAP = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;

const LWTUNNEL_IP_ID = 1;
const LWTUNNEL_IP_DST = 2;
const LWTUNNEL_IP_SRC = 3;
const LWTUNNEL_IP_TTL = 4;
const LWTUNNEL_IP_TOS = 5;
const LWTUNNEL_IP_FLAGS = 6;
const MPLS_IPTUNNEL_DST = 1;
const ILA_ATTR_LOCATOR = 1;

/** `encap` of a route: what packets that take it are put into. */
export type Encapsulation =
  | {
      readonly kind: 'ip' | 'ip6';
      /** Key of the tunnel, in decimal: it has 64 bits. */
      readonly id?: string;
      readonly destination?: IpAddress;
      readonly source?: IpAddress;
      /** `tos` (IPv4) or `tc` (IPv6), 0-255. */
      readonly trafficClass?: number;
      /** `ttl` (IPv4) or `hoplimit` (IPv6), 0-255. */
      readonly hopLimit?: number;
      /** 16 bits, in the byte order of the host. */
      readonly flags?: number;
    }
  /** RFC 3032; labels of 20 bits, the outermost first. */
  | { readonly kind: 'mpls'; readonly labels: readonly number[] }
  /** Identifier-locator addressing; four groups of hexadecimal digits with colons. */
  | { readonly kind: 'ila'; readonly locator: string };

/** RTA_ENCAP_TYPE of it. */
export const encapsulationType = ({ kind }: Encapsulation): number => LWTUNNEL_ENCAP[kind];

/** The attributes inside RTA_ENCAP. */
export function encodeEncapsulation(encap: Encapsulation): AttributeWriter {
  const writer = new AttributeWriter();
  switch (encap.kind) {
    case 'mpls':
      return writer.bytes(MPLS_IPTUNNEL_DST, labelStack(encap.labels));
    case 'ila':
      return writer.bytes(ILA_ATTR_LOCATOR, locatorBytes(encap.locator));
    case 'ip':
    case 'ip6': {
      const { id, destination, source, trafficClass, hopLimit, flags } = encap;
      if (id !== undefined) writer.bytes(LWTUNNEL_IP_ID, bigEndian64(id));
      if (destination !== undefined) writer.bytes(LWTUNNEL_IP_DST, addressBytes(destination));
      if (source !== undefined) writer.bytes(LWTUNNEL_IP_SRC, addressBytes(source));
      if (trafficClass !== undefined) writer.u8(LWTUNNEL_IP_TOS, trafficClass);
      if (hopLimit !== undefined) writer.u8(LWTUNNEL_IP_TTL, hopLimit);
      if (flags !== undefined) writer.u16(LWTUNNEL_IP_FLAGS, flags);
      return writer;
    }
  }
}

/*
 * RFC 3032, 2.1: one label stack entry after another, S set in the last one.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Label                  |  TC |S|      TTL      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
function labelStack(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * 4);
  const view = new DataView(bytes.buffer);
  labels.forEach((label, index) => {
    const bottom = index === labels.length - 1 ? 0x100 : 0;
    view.setUint32(index * 4, (label * 0x1000 + bottom) >>> 0);
  });
  return bytes;
}

function locatorBytes(locator: string): Uint8Array {
  const groups = locator.split(':').map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** A decimal number of up to 64 bits in network order. */
export function bigEndian64(decimal: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(decimal));
  return bytes;
}
