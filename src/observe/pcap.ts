import { familyOf, type IpAddress } from '../base/address.js';
import { encodeIpv4Header } from '../wire/ipv4.js';
import { encodeIpv6Header } from '../wire/ipv6.js';
import { type AdvertReceived, type SendAdvert } from '../vrrp/index.js';
import { type RecordedStep } from './recording.js';
import { type ClockPair } from './why.js';
import { onTheWall } from './why-text.js';
import { type Micros } from '../base/units.js';

/*
 * The classic capture file (draft-ietf-opsawg-pcap): a header, then each packet with its time. Little-endian.
 *
 *     0xA1B2C3D4 | major 2 | minor 4 | 0 | 0 | snapshot length | link type
 *     seconds | microseconds | captured length | original length | packet
 */

const MAGIC = 0xa1b2c3d4;
const SNAPSHOT_LENGTH = 65_535;
/** Packets begin with their IP header: there was no link layer where they were recorded. */
const LINKTYPE_RAW = 101;

/** One packet as it was, or would have been, on the wire. */
export interface CapturedPacket {
  /** Microseconds since 1970. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What a capture file begins with. */
export function pcapHeader(): Uint8Array {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, MAGIC, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, SNAPSHOT_LENGTH, true);
  header.setUint32(20, LINKTYPE_RAW, true);
  return new Uint8Array(header.buffer);
}

/** A packet as a capture file holds it. */
export function pcapPacket({ at, bytes }: CapturedPacket): Uint8Array {
  const record = new Uint8Array(16 + bytes.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, Math.floor(at / 1_000_000), true);
  view.setUint32(4, Math.floor(at % 1_000_000), true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, bytes.length, true);
  record.set(bytes, 16);
  return record;
}

/** The adverts of one step: the one that was received, whatever became of it, and those that were sent. */
export function packetsOf({ at, event, effects }: RecordedStep, clock: ClockPair): readonly CapturedPacket[] {
  const received = event.type === 'AdvertReceived' ? [event as AdvertReceived] : [];
  const sent = effects.filter((effect): effect is SendAdvert => effect.type === 'SendAdvert');
  return [
    ...received.map((advert) => ({
      at: onTheWall(advert.receivedAt ?? (at as Micros), clock),
      bytes: receivedPacket(advert),
    })),
    ...sent.flatMap((advert) =>
      sentPackets(advert).map((bytes) => ({ at: onTheWall(at as Micros, clock), bytes })),
    ),
  ];
}

const PROTOCOL_VRRP = 112;
const PROTOCOL_AH = 51;
/** What routers send adverts with: Internetwork Control. */
const TOS = 0xc0;
/** The kernel's default hop limit. */
const DEFAULT_HOP_LIMIT = 64;

/** With the header that it came with; IPv6 leaves none to an application, so there it is made anew. */
function receivedPacket(advert: AdvertReceived): Uint8Array {
  const { ipHeader, payload, source, destination, ttl } = advert;
  if (ipHeader) return joined(ipHeader, payload);
  // An AH header begins with the number of what follows it (RFC 4302, 2), an advert with its version.
  const protocol = payload[0] === PROTOCOL_VRRP ? PROTOCOL_AH : PROTOCOL_VRRP;
  return packet({ source, destination, ttl: ttl ?? 0, protocol }, payload);
}

function sentPackets(advert: SendAdvert): readonly Uint8Array[] {
  const { source, destinations, ttl = DEFAULT_HOP_LIMIT, protocol = PROTOCOL_VRRP, identification } = advert;
  return destinations.map((destination, index) =>
    packet(
      { source, destination, ttl, protocol, ...(identification !== undefined && { identification }) },
      advert.payloads[index] ?? new Uint8Array(),
    ),
  );
}

interface Addressing {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number;
  readonly protocol: number;
  readonly identification?: number;
}

function packet(
  { source, destination, ttl, protocol, identification }: Addressing,
  payload: Uint8Array,
): Uint8Array {
  const header =
    familyOf(source) === 'inet'
      ? encodeIpv4Header({
          ...{ tos: TOS, totalLength: 20 + payload.length, identification: identification ?? 0, fragment: 0 },
          ...{ ttl, protocol, source, destination, options: new Uint8Array() },
        })
      : encodeIpv6Header({
          ...{ trafficClass: TOS, flowLabel: 0, payloadLength: payload.length },
          ...{ nextHeader: protocol, hopLimit: ttl, source, destination },
        });
  return joined(header, payload);
}

function joined(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const whole = new Uint8Array(header.length + payload.length);
  whole.set(header);
  whole.set(payload, header.length);
  return whole;
}
