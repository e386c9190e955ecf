import { addressBytes, formatIpAddress, type Family, type IpPrefix } from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import { bigEndian64 } from './lwtunnel.js';
import { type NetlinkErrorCode } from './message.js';

/*
 * Payload of RTM_*RULE, struct fib_rule_hdr (linux/fib_rules.h) and attributes.
 *
 *     +---------------+---------------+---------------+---------------+
 *     |    Family     |  Length of    |   Length of   |  TOS          |
 *     |               |  destination  |   source      |               |
 *     +---------------+---------------+---------------+---------------+
 *     |    Table      |           Reserved            | Action FR_ACT |
 *     +---------------+---------------+---------------+---------------+
 *     |                       Flags (FIB_RULE_*)                      |
 *     +---------------------------------------------------------------+
 */
export const RTM_NEWRULE = 32;
export const RTM_DELRULE = 33;

const HEADER = 12;
const AF = { inet: 2, inet6: 10 } as const;

const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_GOTO = 4;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_FLOW = 11;
const FRA_TUN_ID = 12;
const FRA_SUPPRESS_IFGROUP = 13;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_L3MDEV = 19;
const FRA_UID_RANGE = 20;
const FRA_PROTOCOL = 21;
const FRA_IP_PROTO = 22;
const FRA_SPORT_RANGE = 23;
const FRA_DPORT_RANGE = 24;

const FIB_RULE_INVERT = 2;
/** FRA_SUPPRESS_PREFIXLEN and FRA_SUPPRESS_IFGROUP where nothing is suppressed. */
const SUPPRESS_NOTHING = 0xffff_ffff;
/** FRA_FWMASK where the whole mark counts. */
const WHOLE_MARK = 0xffff_ffff;

/** What happens to a packet that the rule matches (FR_ACT_*). */
export type RuleAction = 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

const actions: Readonly<Record<RuleAction, number>> = {
  table: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

/** A routing rule. Absent selectors match everything. */
export interface FibRule {
  readonly family: Family;
  readonly action: RuleAction;
  /** `not`. */
  readonly invert: boolean;
  readonly from?: IpPrefix;
  readonly to?: IpPrefix;
  /** Action table, but for l3mdev: the table looked up. */
  readonly table?: number;
  /** Action goto: the priority to go on at. */
  readonly target?: number;
  /** Action table: the table of the VRF that the packet's interface is in. */
  readonly l3mdev: boolean;
  /** Rules are tried from the lowest on. */
  readonly priority: number;
  readonly tos?: number;
  readonly fwmark?: number;
  /** Bits of the mark that count; all of them unless told. */
  readonly fwmask?: number;
  /** `realms`, upper half from, lower half to. */
  readonly realms?: number;
  /** Routes with a prefix of this length or less do not count. */
  readonly suppressPrefixLength?: number;
  /** Routes over interfaces of this group do not count. */
  readonly suppressGroup?: number;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  /** In decimal: it has 64 bits. */
  readonly tunnelId?: string;
  readonly uidRange?: NumberRange;
  /** rtm protocol, 0-255: who put it there; 18 is keepalived. */
  readonly protocol?: number;
  readonly ipProtocol?: number;
  readonly sourcePorts?: NumberRange;
  readonly destinationPorts?: NumberRange;
}

/** Both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** One change of the rules. 'add' fails with EEXIST if the same rule is there. */
export interface FibRuleCommand {
  readonly kind: 'add' | 'remove';
  readonly rule: FibRule;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Payload of RTM_NEWRULE and RTM_DELRULE. The kernel deletes the first rule that has all that is told. */
export function encodeRule(rule: FibRule): Uint8Array {
  const { table } = rule;
  const header = new Uint8Array(HEADER);
  header[0] = AF[rule.family];
  header[1] = rule.to?.length ?? 0;
  header[2] = rule.from?.length ?? 0;
  header[3] = rule.tos ?? 0;
  header[4] = table !== undefined && table < 256 ? table : 0;
  header[7] = actions[rule.action];
  viewOf(header).setUint32(8, rule.invert ? FIB_RULE_INVERT : 0, HOST_LITTLE_ENDIAN);
  const writer = new AttributeWriter(header);
  const number = (type: number, value: number | undefined): void => {
    if (value !== undefined) writer.u32(type, value);
  };
  if (table !== undefined && table > 255) writer.u32(FRA_TABLE, table);
  if (rule.from) writer.bytes(FRA_SRC, addressBytes(rule.from.address));
  if (rule.to) writer.bytes(FRA_DST, addressBytes(rule.to.address));
  writer.u32(FRA_PRIORITY, rule.priority);
  number(FRA_FWMARK, rule.fwmark);
  number(FRA_FWMASK, rule.fwmask);
  number(FRA_FLOW, rule.realms === 0 ? undefined : rule.realms);
  number(FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength);
  number(FRA_SUPPRESS_IFGROUP, rule.suppressGroup);
  number(FRA_GOTO, rule.target);
  writeRest(writer, rule);
  return writer.finish();
}

/** Selectors that are not plain numbers. */
function writeRest(writer: AttributeWriter, rule: FibRule): void {
  if (rule.inputInterface !== undefined) writer.text(FRA_IIFNAME, rule.inputInterface);
  if (rule.outputInterface !== undefined) writer.text(FRA_OIFNAME, rule.outputInterface);
  if (rule.tunnelId !== undefined && rule.tunnelId !== '0') {
    writer.bytes(FRA_TUN_ID, bigEndian64(rule.tunnelId));
  }
  if (rule.uidRange) writer.bytes(FRA_UID_RANGE, encodeRange(rule.uidRange, 4));
  if (rule.l3mdev) writer.u8(FRA_L3MDEV, 1);
  if (rule.protocol !== undefined) writer.u8(FRA_PROTOCOL, rule.protocol);
  if (rule.ipProtocol !== undefined) writer.u8(FRA_IP_PROTO, rule.ipProtocol);
  if (rule.sourcePorts) writer.bytes(FRA_SPORT_RANGE, encodeRange(rule.sourcePorts, 2));
  if (rule.destinationPorts) writer.bytes(FRA_DPORT_RANGE, encodeRange(rule.destinationPorts, 2));
}

function encodeRange({ from, to }: NumberRange, size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(size * 2);
  const view = viewOf(bytes);
  if (size === 2) {
    view.setUint16(0, from, HOST_LITTLE_ENDIAN);
    view.setUint16(2, to, HOST_LITTLE_ENDIAN);
  } else {
    view.setUint32(0, from, HOST_LITTLE_ENDIAN);
    view.setUint32(4, to, HOST_LITTLE_ENDIAN);
  }
  return bytes;
}

/** Decodes the payload of RTM_NEWRULE or RTM_DELRULE; undefined for a family or action that we never install. */
export function decodeRule(payload: Uint8Array): Result<FibRule | undefined, DecodeError<NetlinkErrorCode>> {
  if (payload.length < HEADER) {
    return err({ code: 'netlink-truncated', text: `rule message of ${payload.length} bytes` });
  }
  const family = payload[0] === AF.inet ? 'inet' : payload[0] === AF.inet6 ? 'inet6' : undefined;
  const action = (Object.keys(actions) as RuleAction[]).find((name) => actions[name] === payload[7]);
  if (!family || !action) return ok(undefined);
  const attributes = Attributes.parse(payload.subarray(HEADER));
  const longest = family === 'inet' ? 32 : 128;
  const [, toLength = 0, fromLength = 0, tos = 0, shortTable = 0] = payload;
  if (!attributes || toLength > longest || fromLength > longest) {
    return err({ code: 'netlink-bad-attributes', text: 'rule message' });
  }
  const prefix = (type: number, length: number): IpPrefix | undefined => {
    const bytes = attributes.bytes(type);
    return bytes?.length === longest / 8 ? { address: formatIpAddress(bytes), length } : undefined;
  };
  const l3mdev = attributes.u8(FRA_L3MDEV) === 1;
  const table = attributes.u32(FRA_TABLE) ?? shortTable;
  return ok({
    family,
    action,
    invert: (viewOf(payload).getUint32(8, HOST_LITTLE_ENDIAN) & FIB_RULE_INVERT) !== 0,
    l3mdev,
    priority: attributes.u32(FRA_PRIORITY) ?? 0,
    ...given({
      from: prefix(FRA_SRC, fromLength),
      to: prefix(FRA_DST, toLength),
      table: action === 'table' && !l3mdev ? table : undefined,
      target: attributes.u32(FRA_GOTO),
      tos: tos === 0 ? undefined : tos,
      fwmark: attributes.u32(FRA_FWMARK),
      fwmask: unless(WHOLE_MARK, attributes.u32(FRA_FWMASK)),
      realms: attributes.u32(FRA_FLOW),
      suppressPrefixLength: unless(SUPPRESS_NOTHING, attributes.u32(FRA_SUPPRESS_PREFIXLEN)),
      suppressGroup: unless(SUPPRESS_NOTHING, attributes.u32(FRA_SUPPRESS_IFGROUP)),
      inputInterface: attributes.text(FRA_IIFNAME),
      outputInterface: attributes.text(FRA_OIFNAME),
      tunnelId: decodeTunnelId(attributes.bytes(FRA_TUN_ID)),
      uidRange: decodeRange(attributes.bytes(FRA_UID_RANGE), 4),
      protocol: attributes.u8(FRA_PROTOCOL),
      ipProtocol: attributes.u8(FRA_IP_PROTO),
      sourcePorts: decodeRange(attributes.bytes(FRA_SPORT_RANGE), 2),
      destinationPorts: decodeRange(attributes.bytes(FRA_DPORT_RANGE), 2),
    }),
  });
}

const unless = (nothing: number, value: number | undefined): number | undefined =>
  value === nothing ? undefined : value;

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The entries that have a value. */
const given = <T extends object>(entries: T): Given<T> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Given<T>;

function decodeTunnelId(bytes: Uint8Array | undefined): string | undefined {
  if (bytes?.length !== 8) return undefined;
  const id = viewOf(bytes).getBigUint64(0);
  return id === 0n ? undefined : id.toString();
}

function decodeRange(bytes: Uint8Array | undefined, size: 2 | 4): NumberRange | undefined {
  if (bytes?.length !== size * 2) return undefined;
  const view = viewOf(bytes);
  const at = (offset: number): number =>
    size === 2 ? view.getUint16(offset, HOST_LITTLE_ENDIAN) : view.getUint32(offset, HOST_LITTLE_ENDIAN);
  return { from: at(0), to: at(size) };
}
