import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import { type NetlinkErrorCode } from './message.js';

/*
 * rtnetlink(7): payloads of RTM_*LINK (struct ifinfomsg), attributes after it.
 *
 *     +---------------+---------------+-------------------------------+
 *     |   Family 0    |    Padding    |  Hardware type (ARPHRD_*)     |
 *     +---------------+---------------+-------------------------------+
 *     |                  Index of the interface                       |
 *     |                  Flags (IFF_*)                                |
 *     |                  Mask of changed flags                        |
 *     +---------------------------------------------------------------+
 */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

/** Multicast group, as a bit of the mask that a socket binds to. */
export const RTMGRP_LINK = 0x1;

export const IFF_UP = 0x1;
export const IFF_RUNNING = 0x40;

/** linux/if_link.h: MACVLAN_MODE_PRIVATE, the mode of a VMAC: what others on the same base send is not for it. */
export const MACVLAN_MODE_PRIVATE = 1;
/** IPVLAN_MODE_L2 and the flags that make it a bridge (the default), private or a VEPA. */
export const IPVLAN_MODE_L2 = 0;
export const IPVLAN_FLAGS = { bridge: 0, private: 1, vepa: 2 } as const;
/** IN6_ADDR_GEN_MODE_NONE: the kernel gives the link no link-local address of its own. */
export const ADDR_GEN_MODE_NONE = 1;

const LINK_HEADER = 16;
const AF_INET = 2;
const AF_INET6 = 10;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_AF_SPEC = 26;
const IFLA_GROUP = 27;
const IFLA_EXT_MASK = 29;
const IFLA_CARRIER = 33;
const IFLA_LINK_NETNSID = 37;
const RTEXT_FILTER_SKIP_STATS = 0x8;

const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_MACVLAN_MODE = 1;
const IFLA_IPVLAN_MODE = 1;
const IFLA_IPVLAN_FLAGS = 2;
const IFLA_INET_CONF = 1;
const IFLA_INET6_ADDR_GEN_MODE = 8;

/** Settings of net.ipv4.conf.INTERFACE by their numbers in linux/ip.h, IPV4_DEVCONF_*. */
const IPV4_SETTING_NUMBERS = {
  rpFilter: 8,
  arpFilter: 13,
  arpIgnore: 19,
  promoteSecondaries: 20,
  acceptLocal: 23,
} as const;

/** Those of net.ipv4.conf.INTERFACE that we read and set. */
export type Ipv4Settings = Readonly<Record<keyof typeof IPV4_SETTING_NUMBERS, number>>;

const IPV4_SETTING_NAMES = Object.keys(IPV4_SETTING_NUMBERS) as readonly (keyof Ipv4Settings)[];

/** A link (interface) as RTM_NEWLINK and RTM_DELLINK tell of it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_* flags. */
  readonly flags: number;
  /** IFF_UP: set up by an administrator. */
  readonly adminUp: boolean;
  /** IFF_RUNNING: able to pass packets (RFC 2863 operational state). VRRP needs adminUp and running. */
  readonly running: boolean;
  /** ARPHRD_*: 1 Ethernet, 772 loopback. */
  readonly hardwareType: number;
  /** Hardware address; empty if it has none. */
  readonly hardwareAddress: Uint8Array;
  readonly mtu: number;
  /** IF_OPER_* (0 unknown … 6 up). */
  readonly operState: number;
  /** IFLA_CARRIER, where told. */
  readonly carrier?: boolean;
  /** IFLA_INFO_KIND: 'veth', 'macvlan', 'vlan', 'bridge' … */
  readonly kind?: string;
  /** IFLA_LINK: index of the lower device (macvlan, vlan) or the peer (veth). */
  readonly lowerIndex?: number;
  /** The lower device is in another network namespace; its index means nothing here. */
  readonly lowerIsElsewhere?: boolean;
  /** IFLA_MASTER: bridge, bond or VRF that it is enslaved to. */
  readonly masterIndex?: number;
  /** IFLA_GROUP, where told and not 0: what `ip link set … group` set. */
  readonly group?: number;
  /** MACVLAN_MODE_* of a macvlan. */
  readonly macvlanMode?: number;
  /** IPVLAN_MODE_* and flags of an ipvlan. */
  readonly ipvlan?: { readonly mode: number; readonly flags: number };
  /** Absent in messages that leave IFLA_AF_SPEC out. */
  readonly ipv4Settings?: Ipv4Settings;
  /** IN6_ADDR_GEN_MODE_*; absent where IPv6 is off. */
  readonly addrGenMode?: number;
}

/** What a link can be made with. */
export interface NewLink {
  readonly name: string;
  /** The link that it lies on. */
  readonly lowerIndex: number;
  readonly type:
    | { readonly kind: 'macvlan'; readonly mode: number }
    | { readonly kind: 'ipvlan'; readonly mode: number; readonly flags: number };
  readonly hardwareAddress?: Uint8Array;
  readonly group?: number;
  readonly masterIndex?: number;
  readonly up?: boolean;
}

/** What can be changed of a link that exists. */
export interface LinkChanges {
  /** True to set it up. */
  readonly up?: true;
  readonly macvlanMode?: number;
  readonly hardwareAddress?: Uint8Array;
  readonly group?: number;
  /** 0 for none. */
  readonly masterIndex?: number;
  readonly ipv4Settings?: Partial<Ipv4Settings>;
  readonly addrGenMode?: number;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type Decoded<T> = Result<T, DecodeError<NetlinkErrorCode>>;

/** Decodes the payload of RTM_NEWLINK or RTM_DELLINK. */
export function decodeLink(payload: Uint8Array): Decoded<Link> {
  if (payload.length < LINK_HEADER) {
    return err({ code: 'netlink-truncated', text: `link message of ${payload.length} bytes` });
  }
  const attributes = Attributes.parse(payload.subarray(LINK_HEADER));
  const name = attributes?.text(IFLA_IFNAME);
  if (!attributes || name === undefined) return err({ code: 'netlink-bad-attributes', text: 'link message' });
  const view = viewOf(payload);
  const flags = view.getUint32(8, HOST_LITTLE_ENDIAN);
  return ok({
    index: view.getInt32(4, HOST_LITTLE_ENDIAN),
    name,
    flags,
    adminUp: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    hardwareType: view.getUint16(2, HOST_LITTLE_ENDIAN),
    hardwareAddress: attributes.bytes(IFLA_ADDRESS)?.slice() ?? new Uint8Array(0),
    mtu: attributes.u32(IFLA_MTU) ?? 0,
    operState: attributes.u8(IFLA_OPERSTATE) ?? 0,
    ...readPlace(attributes),
    ...readKind(attributes.nested(IFLA_LINKINFO)),
    ...readFamilies(attributes.nested(IFLA_AF_SPEC)),
  });
}

function readPlace(attributes: Attributes): Partial<Link> {
  const carrier = attributes.u8(IFLA_CARRIER);
  const lowerIndex = attributes.u32(IFLA_LINK);
  const masterIndex = attributes.u32(IFLA_MASTER);
  const group = attributes.u32(IFLA_GROUP) ?? 0;
  return {
    ...(carrier === undefined ? {} : { carrier: carrier !== 0 }),
    ...(lowerIndex === undefined ? {} : { lowerIndex }),
    ...(attributes.bytes(IFLA_LINK_NETNSID) ? { lowerIsElsewhere: true } : {}),
    ...(masterIndex === undefined ? {} : { masterIndex }),
    ...(group === 0 ? {} : { group }),
  };
}

function readKind(info: Attributes | undefined): Partial<Link> {
  const kind = info?.text(IFLA_INFO_KIND);
  if (!info || kind === undefined) return {};
  const data = info.nested(IFLA_INFO_DATA);
  if (kind === 'macvlan' || kind === 'macvtap') {
    const macvlanMode = data?.u32(IFLA_MACVLAN_MODE);
    return macvlanMode === undefined ? { kind } : { kind, macvlanMode };
  }
  if (kind === 'ipvlan' || kind === 'ipvtap') {
    const mode = data?.u16(IFLA_IPVLAN_MODE);
    const flags = data?.u16(IFLA_IPVLAN_FLAGS) ?? 0;
    return mode === undefined ? { kind } : { kind, ipvlan: { mode, flags } };
  }
  return { kind };
}

function readFamilies(families: Attributes | undefined): Partial<Link> {
  // An array of 32-bit values, the first for setting number 1.
  const values = families?.nested(AF_INET)?.bytes(IFLA_INET_CONF);
  const addrGenMode = families?.nested(AF_INET6)?.u8(IFLA_INET6_ADDR_GEN_MODE);
  return {
    ...(values && { ipv4Settings: readIpv4Settings(values) }),
    ...(addrGenMode === undefined ? {} : { addrGenMode }),
  };
}

/** A kernel too old to know a setting behaves as with 0. */
function readIpv4Settings(values: Uint8Array): Ipv4Settings {
  const view = viewOf(values);
  const read = (number: number): number =>
    number * 4 <= values.length ? view.getUint32((number - 1) * 4, HOST_LITTLE_ENDIAN) : 0;
  const entries = IPV4_SETTING_NAMES.map((name) => [name, read(IPV4_SETTING_NUMBERS[name])]);
  return Object.fromEntries(entries) as Ipv4Settings;
}

/** Payload of an RTM_GETLINK dump, statistics left out. */
export const encodeGetLinks = (): Uint8Array =>
  new AttributeWriter(new Uint8Array(LINK_HEADER)).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).finish();

/** Payload of RTM_GETLINK for the link of that name. */
export const encodeGetLink = (name: string): Uint8Array =>
  new AttributeWriter(new Uint8Array(LINK_HEADER))
    .u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
    .text(IFLA_IFNAME, name)
    .finish();

/** Payload of RTM_NEWLINK (with NLM_F_CREATE) that makes a link, as `ip link add` does. */
export function encodeNewLink(link: NewLink): Uint8Array {
  const writer = new AttributeWriter(linkHeader(0, link.up === true))
    .nested(IFLA_LINKINFO, linkInfo(link.type))
    .u32(IFLA_LINK, link.lowerIndex)
    .text(IFLA_IFNAME, link.name);
  if (link.group !== undefined) writer.u32(IFLA_GROUP, link.group);
  if (link.hardwareAddress) writer.bytes(IFLA_ADDRESS, link.hardwareAddress);
  if (link.masterIndex !== undefined) writer.u32(IFLA_MASTER, link.masterIndex);
  return writer.finish();
}

/** Payload of RTM_NEWLINK (without NLM_F_CREATE) that changes the link of that index, as `ip link set` does. */
export function encodeChangeLink(index: number, changes: LinkChanges): Uint8Array {
  const writer = new AttributeWriter(linkHeader(index, changes.up === true));
  if (changes.macvlanMode !== undefined) {
    writer.nested(IFLA_LINKINFO, linkInfo({ kind: 'macvlan', mode: changes.macvlanMode }));
  }
  if (changes.group !== undefined) writer.u32(IFLA_GROUP, changes.group);
  if (changes.hardwareAddress) writer.bytes(IFLA_ADDRESS, changes.hardwareAddress);
  if (changes.masterIndex !== undefined) writer.u32(IFLA_MASTER, changes.masterIndex);
  if (changes.ipv4Settings || changes.addrGenMode !== undefined) {
    writer.nested(IFLA_AF_SPEC, familySettings(changes));
  }
  return writer.finish();
}

/** Payload of RTM_DELLINK. */
export const encodeDeleteLink = (index: number): Uint8Array => linkHeader(index, false);

function linkHeader(index: number, up: boolean): Uint8Array {
  const header = new Uint8Array(LINK_HEADER);
  const view = viewOf(header);
  view.setInt32(4, index, HOST_LITTLE_ENDIAN);
  if (!up) return header;
  view.setUint32(8, IFF_UP, HOST_LITTLE_ENDIAN);
  view.setUint32(12, IFF_UP, HOST_LITTLE_ENDIAN);
  return header;
}

function linkInfo(type: NewLink['type']): AttributeWriter {
  const data = new AttributeWriter();
  if (type.kind === 'macvlan') data.u32(IFLA_MACVLAN_MODE, type.mode);
  else data.u16(IFLA_IPVLAN_MODE, type.mode).u16(IFLA_IPVLAN_FLAGS, type.flags);
  return new AttributeWriter().text(IFLA_INFO_KIND, type.kind).nested(IFLA_INFO_DATA, data);
}

function familySettings({ ipv4Settings, addrGenMode }: LinkChanges): AttributeWriter {
  const families = new AttributeWriter();
  if (ipv4Settings) {
    const settings = new AttributeWriter();
    for (const name of IPV4_SETTING_NAMES) {
      const value = ipv4Settings[name];
      if (value !== undefined) settings.u32(IPV4_SETTING_NUMBERS[name], value);
    }
    families.nested(AF_INET, new AttributeWriter().nested(IFLA_INET_CONF, settings));
  }
  if (addrGenMode !== undefined) {
    families.nested(AF_INET6, new AttributeWriter().u8(IFLA_INET6_ADDR_GEN_MODE, addrGenMode));
  }
  return families;
}
