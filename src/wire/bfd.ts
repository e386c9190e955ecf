import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { micros, type Micros } from '../base/units.js';
import { type DecodeError } from './decode-error.js';

/*
 * BFD Control packets (RFC 5880, 4.1). Here is what a packet says and whether it says it well; which session it belongs
 * to, and whether that session may believe it, is for src/bfd to judge.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       My Discriminator                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Your Discriminator                       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Desired Min TX Interval (us)               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Required Min RX Interval (us)               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                 Required Min Echo RX Interval (us)            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * With the A bit an authentication section follows. No key is ever configured here, so it is not looked into.
 */

/** UDP port of sessions with a neighbour on the link (RFC 5881, 4), and with one beyond routers (RFC 5883, 5). */
export const BFD_PORT = 3784;
export const BFD_MULTIHOP_PORT = 4784;
/** Where source ports come from (RFC 5881, 4). */
export const BFD_SOURCE_PORTS = { first: 49_152, last: 65_535 } as const;
/** TTL or hop limit of packets that may not come from beyond the link (RFC 5881, 5). */
export const BFD_TTL = 255;
/** Bytes of a packet without authentication. */
export const BFD_LENGTH = 24;

const VERSION = 1;
/** The section's type and length at least (RFC 5880, 6.8.6). */
const LENGTH_WITH_AUTHENTICATION = 26;

/** bfd.SessionState, by the numbers on the wire (Sta). */
const STATES = ['AdminDown', 'Down', 'Init', 'Up'] as const;
export type BfdState = (typeof STATES)[number];

/** Diag: why the sender's session last left Up. Numbers above 8 are reserved, and legal to receive. */
export const BFD_DIAG = {
  none: 0,
  expired: 1,
  echoFailed: 2,
  neighborDown: 3,
  forwardingReset: 4,
  pathDown: 5,
  concatenatedPathDown: 6,
  adminDown: 7,
  reverseConcatenatedPathDown: 8,
} as const;

/** A decoded packet, or one to encode. */
export interface BfdPacket {
  /** 0-31. */
  readonly diag: number;
  readonly state: BfdState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly controlPlaneIndependent: boolean;
  /** A: an authentication section follows. Never set in what is encoded here. */
  readonly authenticated: boolean;
  readonly demand: boolean;
  /** 1-255. */
  readonly detectMult: number;
  readonly myDiscriminator: number;
  /** 0 while the sender does not know ours. */
  readonly yourDiscriminator: number;
  readonly desiredMinTx: Micros;
  readonly requiredMinRx: Micros;
  /** 0: the sender does not answer Echo packets. */
  readonly requiredMinEchoRx: Micros;
}

/** Reasons not to decode a packet, in the order in which RFC 5880, 6.8.6 looks for them. */
export type BfdErrorCode =
  | 'bfd-truncated'
  | 'bfd-unknown-version'
  | 'bfd-bad-length'
  | 'bfd-length-exceeds-payload'
  | 'bfd-zero-multiplier'
  | 'bfd-multipoint'
  | 'bfd-zero-my-discriminator'
  | 'bfd-zero-your-discriminator'
  | 'bfd-poll-and-final';

const BIT = {
  poll: 0x20,
  final: 0x10,
  independent: 0x08,
  auth: 0x04,
  demand: 0x02,
  multipoint: 0x01,
} as const;

/**
 * Decodes the payload of one UDP datagram, with all the checks of RFC 5880, 6.8.6 that need no session, and one of
 * 6.5: no packet has both P and F. Bytes beyond Length are padding.
 */
export function decodeBfd(bytes: Uint8Array): Result<BfdPacket, DecodeError<BfdErrorCode>> {
  const refuse = (code: BfdErrorCode, text: string) => err({ code, text });
  if (bytes.length < BFD_LENGTH) {
    return refuse('bfd-truncated', `${bytes.length} bytes, a packet has ${BFD_LENGTH} at least`);
  }
  const reader = new ByteReader(bytes);
  const first = reader.u8();
  const second = reader.u8();
  const version = first >> 5;
  if (version !== VERSION) return refuse('bfd-unknown-version', `version ${version}`);
  const packet = readFields(reader, first, second);
  const length = bytes[3] ?? 0;
  const shortest = packet.authenticated ? LENGTH_WITH_AUTHENTICATION : BFD_LENGTH;
  if (length < shortest) return refuse('bfd-bad-length', `Length ${length}, expected ${shortest} at least`);
  if (length > bytes.length) {
    return refuse('bfd-length-exceeds-payload', `Length ${length}, but ${bytes.length} bytes came`);
  }
  if (packet.detectMult === 0) return refuse('bfd-zero-multiplier', 'Detect Mult 0');
  if ((second & BIT.multipoint) !== 0) return refuse('bfd-multipoint', 'the Multipoint bit is set');
  if (packet.myDiscriminator === 0) return refuse('bfd-zero-my-discriminator', 'My Discriminator 0');
  if (packet.yourDiscriminator === 0 && (packet.state === 'Init' || packet.state === 'Up')) {
    return refuse('bfd-zero-your-discriminator', `Your Discriminator 0 in state ${packet.state}`);
  }
  if (packet.poll && packet.final) return refuse('bfd-poll-and-final', 'Poll and Final bit are both set');
  return ok(packet);
}

function readFields(reader: ByteReader, first: number, second: number): BfdPacket {
  const detectMult = reader.u8();
  reader.skip(1); // Length
  return {
    diag: first & 0x1f,
    state: STATES[(second >> 6) & 3] ?? 'AdminDown',
    poll: (second & BIT.poll) !== 0,
    final: (second & BIT.final) !== 0,
    controlPlaneIndependent: (second & BIT.independent) !== 0,
    authenticated: (second & BIT.auth) !== 0,
    demand: (second & BIT.demand) !== 0,
    detectMult,
    myDiscriminator: reader.u32(),
    yourDiscriminator: reader.u32(),
    desiredMinTx: micros(reader.u32()),
    requiredMinRx: micros(reader.u32()),
    requiredMinEchoRx: micros(reader.u32()),
  };
}

/** Encodes a packet without authentication. */
export function encodeBfd(packet: BfdPacket): Uint8Array {
  const flags =
    (packet.poll ? BIT.poll : 0) |
    (packet.final ? BIT.final : 0) |
    (packet.controlPlaneIndependent ? BIT.independent : 0) |
    (packet.demand ? BIT.demand : 0);
  return new ByteWriter(BFD_LENGTH)
    .u8((VERSION << 5) | (packet.diag & 0x1f))
    .u8((STATES.indexOf(packet.state) << 6) | flags)
    .u8(packet.detectMult)
    .u8(BFD_LENGTH)
    .u32(packet.myDiscriminator)
    .u32(packet.yourDiscriminator)
    .u32(packet.desiredMinTx)
    .u32(packet.requiredMinRx)
    .u32(packet.requiredMinEchoRx)
    .finish();
}

const DIAG_TEXTS = [
  'No Diagnostic',
  'Control Detection Time Expired',
  'Echo Function Failed',
  'Neighbor Signaled Session Down',
  'Forwarding Plane Reset',
  'Path Down',
  'Concatenated Path Down',
  'Administratively Down',
  'Reverse Concatenated Path Down',
] as const;

/** The RFC's words for a Diag (4.1). */
export const bfdDiagText = (diag: number): string => DIAG_TEXTS[diag] ?? 'Unknown';
