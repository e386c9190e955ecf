import { addressBytes, familyOf, formatIpAddress, type IpAddress } from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { type IpvsErrorCode } from './ipvs-decode.js';
import { IPVS_CMD_ATTR, IPVS_DAEMON_ATTR, IPVS_SYNC_STATE } from './ipvs-numbers.js';
import { type IpvsTimeouts, type SyncChannel, type SyncDaemon, type SyncRole } from './ipvs-types.js';

/*
 * What IPVS has beside services, after the generic header:
 *
 *   TIMEOUT_TCP, TIMEOUT_TCP_FIN, TIMEOUT_UDP u32            SET_CONFIG, and the answer to GET_CONFIG
 *   nlattr IPVS_CMD_ATTR_DAEMON (nested)                     NEW_DAEMON, DEL_DAEMON, and each answer to GET_DAEMON
 *     STATE u32, MCAST_IFN string, SYNC_ID u32; SYNC_MAXLEN u16, MCAST_PORT u16, MCAST_TTL u8,
 *     MCAST_GROUP 4 bytes or MCAST_GROUP6 16 bytes           (since Linux 4.3)
 */

type Decoded<T> = Result<T, DecodeError<IpvsErrorCode>>;

/** SET_CONFIG. The kernel leaves a timeout of 0 as it is. */
export const encodeIpvsTimeouts = ({ tcp, tcpFin, udp }: IpvsTimeouts): Uint8Array =>
  new AttributeWriter()
    .u32(IPVS_CMD_ATTR.TIMEOUT_TCP, tcp)
    .u32(IPVS_CMD_ATTR.TIMEOUT_TCP_FIN, tcpFin)
    .u32(IPVS_CMD_ATTR.TIMEOUT_UDP, udp)
    .finish();

/** Decodes the answer to GET_CONFIG. A kernel without one of the protocols does not tell its timeout: 0. */
export function decodeIpvsTimeouts(bytes: Uint8Array): Decoded<IpvsTimeouts> {
  const attributes = Attributes.parse(bytes);
  if (!attributes) return truncated('configuration', bytes);
  return ok({
    tcp: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_TCP) ?? 0,
    tcpFin: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_TCP_FIN) ?? 0,
    udp: attributes.u32(IPVS_CMD_ATTR.TIMEOUT_UDP) ?? 0,
  });
}

/** NEW_DAEMON. */
export function encodeSyncStart({ role, channel }: SyncDaemon): Uint8Array {
  const { interface: name, id, maxLength, port, ttl, group } = channel;
  const writer = new AttributeWriter()
    .u32(IPVS_DAEMON_ATTR.STATE, IPVS_SYNC_STATE[role])
    .text(IPVS_DAEMON_ATTR.MCAST_IFN, name)
    .u32(IPVS_DAEMON_ATTR.SYNC_ID, id);
  if (maxLength !== undefined) writer.u16(IPVS_DAEMON_ATTR.SYNC_MAXLEN, maxLength);
  if (port !== undefined) writer.u16(IPVS_DAEMON_ATTR.MCAST_PORT, port);
  if (ttl !== undefined) writer.u8(IPVS_DAEMON_ATTR.MCAST_TTL, ttl);
  if (group !== undefined) {
    const type = familyOf(group) === 'inet' ? IPVS_DAEMON_ATTR.MCAST_GROUP : IPVS_DAEMON_ATTR.MCAST_GROUP6;
    writer.bytes(type, addressBytes(group));
  }
  return new AttributeWriter().nested(IPVS_CMD_ATTR.DAEMON, writer).finish();
}

/** DEL_DAEMON: there is one of each role at most. */
export const encodeSyncRole = (role: SyncRole): Uint8Array =>
  new AttributeWriter()
    .nested(IPVS_CMD_ATTR.DAEMON, new AttributeWriter().u32(IPVS_DAEMON_ATTR.STATE, IPVS_SYNC_STATE[role]))
    .finish();

/** Decodes one message of a GET_DAEMON dump. */
export function decodeSyncDaemon(bytes: Uint8Array): Decoded<SyncDaemon> {
  const outer = Attributes.parse(bytes);
  if (outer && !outer.bytes(IPVS_CMD_ATTR.DAEMON)) return missing('IPVS_CMD_ATTR_DAEMON');
  const inner = outer?.nested(IPVS_CMD_ATTR.DAEMON);
  if (!inner) return truncated('sync daemon', bytes);
  const state = inner.u32(IPVS_DAEMON_ATTR.STATE);
  const role =
    state === IPVS_SYNC_STATE.master ? 'master' : state === IPVS_SYNC_STATE.backup ? 'backup' : null;
  if (!role) return err({ code: 'ipvs-bad-value', text: `sync daemon state ${state ?? 'absent'}` });
  const [name, id] = [inner.text(IPVS_DAEMON_ATTR.MCAST_IFN), inner.u32(IPVS_DAEMON_ATTR.SYNC_ID)];
  if (name === undefined || id === undefined) return missing('IPVS_DAEMON_ATTR_MCAST_IFN or SYNC_ID');
  const [maxLength, port] = [inner.u16(IPVS_DAEMON_ATTR.SYNC_MAXLEN), inner.u16(IPVS_DAEMON_ATTR.MCAST_PORT)];
  const ttl = inner.u8(IPVS_DAEMON_ATTR.MCAST_TTL);
  const group = groupIn(inner);
  const channel: SyncChannel = {
    interface: name,
    id,
    ...(maxLength !== undefined && { maxLength }),
    ...(port !== undefined && { port }),
    ...(ttl !== undefined && { ttl }),
    ...(group !== undefined && { group }),
  };
  return ok({ role, channel });
}

function groupIn(attributes: Attributes): IpAddress | undefined {
  const four = attributes.bytes(IPVS_DAEMON_ATTR.MCAST_GROUP);
  const six = attributes.bytes(IPVS_DAEMON_ATTR.MCAST_GROUP6);
  if (four?.length === 4) return formatIpAddress(four);
  return six?.length === 16 ? formatIpAddress(six) : undefined;
}

const truncated = (what: string, bytes: Uint8Array) =>
  err({ code: 'ipvs-truncated', text: `attributes of a ${what} overrun its ${bytes.length} bytes` } as const);
const missing = (what: string) => err({ code: 'ipvs-missing-attribute', text: `no ${what}` } as const);
