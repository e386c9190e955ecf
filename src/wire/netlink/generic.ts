import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { type NetlinkErrorCode } from './message.js';

/*
 * Generic netlink: payloads begin with struct genlmsghdr, attributes follow.
 *
 *     +---------------+---------------+---------------+---------------+
 *     |    Command    |    Version    |          Reserved             |
 *     +---------------+---------------+---------------+---------------+
 */
const HEADER_LENGTH = 4;

/** The family that knows the others, and its command to look one up. */
export const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_VERSION = 1;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;

/** A generic netlink family: the message type that it was given, and its version. */
export interface GenericFamily {
  readonly id: number;
  readonly name: string;
  readonly version: number;
}

/** Header and attributes. */
export function encodeGeneric(command: number, version: number, attributes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + attributes.length);
  bytes[0] = command;
  bytes[1] = version;
  bytes.set(attributes, HEADER_LENGTH);
  return bytes;
}

/** A payload without its generic header, on the same memory. */
export interface GenericMessage {
  readonly command: number;
  readonly version: number;
  readonly attributes: Uint8Array;
}

export function decodeGeneric(payload: Uint8Array): Result<GenericMessage, DecodeError<NetlinkErrorCode>> {
  if (payload.length < HEADER_LENGTH) {
    return err({ code: 'netlink-truncated', text: `generic message of ${payload.length} bytes` });
  }
  const [command = 0, version = 0] = payload;
  return ok({ command, version, attributes: payload.subarray(HEADER_LENGTH) });
}

/** Asks the controller for the family called `name`. */
export const encodeGetFamily = (name: string): Uint8Array =>
  encodeGeneric(
    CTRL_CMD_GETFAMILY,
    CTRL_VERSION,
    new AttributeWriter().text(CTRL_ATTR_FAMILY_NAME, name).finish(),
  );

/** Decodes the controller's answer. */
export function decodeFamily(payload: Uint8Array): Result<GenericFamily, DecodeError<NetlinkErrorCode>> {
  const message = decodeGeneric(payload);
  if (!message.ok) return message;
  const attributes = Attributes.parse(message.value.attributes);
  const id = attributes?.u16(CTRL_ATTR_FAMILY_ID);
  const name = attributes?.text(CTRL_ATTR_FAMILY_NAME);
  if (!attributes || id === undefined || name === undefined) {
    return err({ code: 'netlink-bad-attributes', text: 'answer to CTRL_CMD_GETFAMILY' });
  }
  return ok({ id, name, version: attributes.u32(CTRL_ATTR_VERSION) ?? 0 });
}
