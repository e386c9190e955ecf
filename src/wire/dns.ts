import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { encodeUtf8 } from '../base/utf8.js';
import { type DecodeError } from './decode-error.js';

/*
 * DNS messages (RFC 1035, 4.1), as far as a check asks and hears: a query of one question, and the header of what
 * comes back.
 *
 *      0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     |                      ID                       |
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     |    QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT         |
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     |    QNAME: labels, each after its length; 0    |
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     |    QTYPE, QCLASS                              |
 *     +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 */

/** Record types by their names (RFC 1035, 3596, 4034). */
export const DNS_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  RRSIG: 46,
  DNSKEY: 48,
} as const;

const CLASS_IN = 1;
const QR = 0x8000;
const TC = 0x0200;
const RD = 0x0100;
const RCODE = 0x000f;
const HEADER_LENGTH = 12;
const LABEL_LIMIT = 63;
const NAME_LIMIT = 255;

/** One question, with recursion desired. */
export interface DnsQuery {
  /** 0 to 65535. */
  readonly id: number;
  /** In presentation form, without escapes; '' and '.' are the root. */
  readonly name: string;
  readonly type: keyof typeof DNS_TYPES;
}

/** What the header of a message says. */
export interface DnsHeader {
  readonly id: number;
  /** QR: an answer, not a question. */
  readonly isResponse: boolean;
  /** TC: there was more than fits. */
  readonly isTruncated: boolean;
  /** 0 for no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly responseCode: number;
}

/** @throws RangeError for a name that no message can hold: labels of 1 to 63 octets, 255 in all (RFC 1035, 2.3.4). */
export function encodeDnsQuery({ id, name, type }: DnsQuery): Uint8Array {
  const writer = new ByteWriter(HEADER_LENGTH + name.length + 6).u16(id).u16(RD);
  writer.u16(1).u16(0).u16(0).u16(0);
  for (const label of labelsOf(name)) {
    const bytes = encodeUtf8(label);
    if (bytes.length === 0 || bytes.length > LABEL_LIMIT) throw new RangeError(`label '${label}' of ${name}`);
    writer.u8(bytes.length).put(bytes);
  }
  writer.u8(0);
  if (writer.size - HEADER_LENGTH > NAME_LIMIT)
    throw new RangeError(`name over ${NAME_LIMIT} octets: ${name}`);
  return writer.u16(DNS_TYPES[type]).u16(CLASS_IN).finish();
}

/** A final dot is the root, which ends every name. */
function labelsOf(name: string): readonly string[] {
  const relative = name.endsWith('.') ? name.slice(0, -1) : name;
  return relative === '' ? [] : relative.split('.');
}

/** Reads the header; of what follows nothing is looked at. */
export function decodeDnsHeader(bytes: Uint8Array): Result<DnsHeader, DecodeError<'dns-truncated'>> {
  if (bytes.length < HEADER_LENGTH) {
    return err({ code: 'dns-truncated', text: `message of ${bytes.length} bytes` });
  }
  const reader = new ByteReader(bytes);
  const [id, flags] = [reader.u16(), reader.u16()];
  return ok({
    id,
    isResponse: (flags & QR) !== 0,
    isTruncated: (flags & TC) !== 0,
    responseCode: flags & RCODE,
  });
}
