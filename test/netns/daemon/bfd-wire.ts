// BFD packets as a bridge forwards them.
import { once } from 'node:events';
import { decodeBfd, decodeIpv4, decodeIpv6, type BfdPacket } from '#wire/index.js';
import { type Namespace } from '../../namespaces.js';
import { PcapReader } from '../../differential/pcap.js';

/** One packet, with what its headers say. */
export interface Seen {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly source: string;
  readonly ttl: number;
  /** TOS or traffic class. */
  readonly tos: number;
  readonly sourcePort: number;
  readonly port: number;
  readonly packet: BfdPacket;
}

/** Calls `onPacket` for every BFD packet on `bridge`; resolves once the capture has begun. It ends with its namespace. */
export async function captureBfd(
  namespace: Namespace,
  bridge: string,
  onPacket: (seen: Seen) => void,
): Promise<void> {
  const options = ['-Z', 'root', '-nU', '--immediate-mode', '--time-stamp-precision=nano'];
  const filter = ['udp', 'port', '3784', 'or', 'udp', 'port', '4784'];
  const tcpdump = namespace.spawn('tcpdump', [...options, '-i', bridge, '-w', '-', ...filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reader = new PcapReader();
  tcpdump.stdout!.on('data', (piece: Buffer) => {
    for (const { at, bytes } of reader.push(piece)) {
      const seen = decode(at, new Uint8Array(bytes.subarray(14)));
      if (seen) onPacket(seen);
    }
  });
  await once(tcpdump.stderr!, 'data');
}

function decode(at: bigint, bytes: Uint8Array): Seen | undefined {
  const isIpv4 = (bytes[0] ?? 0) >> 4 === 4;
  const ip = isIpv4 ? decodeIpv4(bytes) : decodeIpv6(bytes);
  if (!ip.ok) return undefined;
  const { header, payload } = ip.value;
  const udp = Buffer.from(payload);
  const decoded = decodeBfd(payload.slice(8));
  if (!decoded.ok) return undefined;
  return {
    at,
    source: header.source,
    ttl: 'ttl' in header ? header.ttl : header.hopLimit,
    tos: 'tos' in header ? header.tos : header.trafficClass,
    sourcePort: udp.readUInt16BE(0),
    port: udp.readUInt16BE(2),
    packet: decoded.value,
  };
}
