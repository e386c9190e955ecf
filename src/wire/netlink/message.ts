import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, netlinkAlign } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';

/*
 * Netlink messages (struct nlmsghdr), one after another in a datagram, each padded to 4 bytes. All fields are in
 * host order (netlink(7), RFC 3549).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Length: header and payload                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |             Type              |             Flags             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       Sequence number                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Port of the user's socket                   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export const NLMSG_HEADER_LENGTH = 16;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
/** A dump whose subject changed while it was made. */
export const NLM_F_DUMP_INTR = 0x10;
/** NLM_F_ROOT | NLM_F_MATCH. */
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
/** On an error: the request's payload is left out; attributes with details follow. */
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

const NLMSGERR_ATTR_MSG = 1;

/** One netlink message: header fields and what follows the 16 bytes of the header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Port of the socket that asked; 0 in notifications that nobody asked for. */
  readonly port: number;
  readonly payload: Uint8Array;
}

/** Reasons not to decode netlink bytes. */
export type NetlinkErrorCode = 'netlink-truncated' | 'netlink-bad-length' | 'netlink-bad-attributes';

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Encodes one message, padded to 4 bytes so that another may follow. */
export function encodeNetlinkMessage(message: NetlinkMessage): Uint8Array {
  const length = NLMSG_HEADER_LENGTH + message.payload.length;
  const bytes = new Uint8Array(netlinkAlign(length));
  const view = viewOf(bytes);
  view.setUint32(0, length, HOST_LITTLE_ENDIAN);
  view.setUint16(4, message.type, HOST_LITTLE_ENDIAN);
  view.setUint16(6, message.flags, HOST_LITTLE_ENDIAN);
  view.setUint32(8, message.sequence, HOST_LITTLE_ENDIAN);
  view.setUint32(12, message.port, HOST_LITTLE_ENDIAN);
  bytes.set(message.payload, NLMSG_HEADER_LENGTH);
  return bytes;
}

/** Takes a datagram apart; payloads are views on the same memory. */
export function decodeNetlinkMessages(
  bytes: Uint8Array,
): Result<readonly NetlinkMessage[], DecodeError<NetlinkErrorCode>> {
  const view = viewOf(bytes);
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    if (left < NLMSG_HEADER_LENGTH) {
      return err({ code: 'netlink-truncated', text: `${left} bytes, a header has ${NLMSG_HEADER_LENGTH}` });
    }
    const length = view.getUint32(at, HOST_LITTLE_ENDIAN);
    if (length < NLMSG_HEADER_LENGTH || length > left) {
      return err({ code: 'netlink-bad-length', text: `a message of ${length} bytes in ${left}` });
    }
    messages.push({
      type: view.getUint16(at + 4, HOST_LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, HOST_LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, HOST_LITTLE_ENDIAN),
      port: view.getUint32(at + 12, HOST_LITTLE_ENDIAN),
      payload: bytes.subarray(at + NLMSG_HEADER_LENGTH, at + length),
    });
    at += netlinkAlign(length);
  }
  return ok(messages);
}

/** The outcome of a request: NLMSG_ERROR, or the error that ends a dump. */
export interface Acknowledgement {
  /** 0 for success, otherwise the positive errno. */
  readonly errno: number;
  /** The kernel's words for it (extended acknowledgement), if it has any. */
  readonly text?: string;
}

/** Decodes NLMSG_ERROR (struct nlmsgerr: error, header of the request, its payload unless capped, attributes). */
export function decodeAcknowledgement(
  message: NetlinkMessage,
): Result<Acknowledgement, DecodeError<NetlinkErrorCode>> {
  const { payload, flags } = message;
  const shortest = message.type === NLMSG_DONE ? 4 : 4 + NLMSG_HEADER_LENGTH;
  if (payload.length < shortest) {
    return err({ code: 'netlink-truncated', text: `an acknowledgement of ${payload.length} bytes` });
  }
  const errno = Math.abs(viewOf(payload).getInt32(0, HOST_LITTLE_ENDIAN));
  if ((flags & NLM_F_ACK_TLVS) === 0) return ok({ errno });
  const attributes = Attributes.parse(payload.subarray(Math.min(attributesOffset(message), payload.length)));
  if (!attributes) return err({ code: 'netlink-bad-attributes', text: 'of an acknowledgement' });
  const text = attributes.text(NLMSGERR_ATTR_MSG);
  return ok(text === undefined ? { errno } : { errno, text });
}

function attributesOffset({ type, flags, payload }: NetlinkMessage): number {
  if (type === NLMSG_DONE) return 4;
  const fixed = 4 + NLMSG_HEADER_LENGTH;
  if ((flags & NLM_F_CAPPED) !== 0) return fixed;
  const requestLength = viewOf(payload).getUint32(4, HOST_LITTLE_ENDIAN);
  return Math.max(4 + netlinkAlign(Math.min(requestLength, payload.length)), fixed);
}
