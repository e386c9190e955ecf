import { type Family } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { type DecodeError } from './decode-error.js';

/*
 * ICMP Echo and Echo Reply (RFC 792; RFC 4443, 4.1 and 4.2), as the kernel's ping sockets take and give them: they
 * fill in identifier and checksum, and check both.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Type      |     Code      |          Checksum             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |           Identifier          |        Sequence Number        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Data ...
 */

const TYPES = { inet: { echo: 8, reply: 0 }, inet6: { echo: 128, reply: 129 } } as const;
const HEADER_LENGTH = 8;

/** Reasons not to take a message for an Echo Reply. */
export type EchoErrorCode = 'echo-truncated' | 'echo-not-reply';

/** An Echo with identifier and checksum left 0. @param sequence 0 to 65535. */
export function encodeEcho(family: Family, sequence: number, data: Uint8Array): Uint8Array {
  const writer = new ByteWriter(HEADER_LENGTH + data.length).u8(TYPES[family].echo).u8(0).u16(0).u16(0);
  return writer.u16(sequence).put(data).finish();
}

/** The sequence number and data (a view) of an Echo Reply. */
export function decodeEchoReply(
  family: Family,
  bytes: Uint8Array,
): Result<{ readonly sequence: number; readonly data: Uint8Array }, DecodeError<EchoErrorCode>> {
  const reader = new ByteReader(bytes);
  const [type, code] = [reader.u8(), reader.u8()];
  reader.skip(4);
  const sequence = reader.u16();
  if (reader.failed) return err({ code: 'echo-truncated', text: `message of ${bytes.length} bytes` });
  if (type !== TYPES[family].reply || code !== 0)
    return err({ code: 'echo-not-reply', text: `type ${type}, code ${code}` });
  return ok({ sequence, data: reader.take(reader.remaining) });
}
