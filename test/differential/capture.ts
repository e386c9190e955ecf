// Watches one segment: every frame that the bridge forwards, decoded as it comes.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Namespace } from '../namespaces.js';
import { decode, type Frame } from './decode.js';
import { PcapReader } from './pcap.js';

/** What high availability is made of. */
const filter = 'arp or icmp or icmp6 or ip proto 112 or ip proto 51 or ip6 proto 112';

/** Calls `onFrame` for each frame on `bridge`; resolves once the capture has begun. It ends with its namespace. */
export async function capture(
  namespace: Namespace,
  bridge: string,
  onFrame: (frame: Frame) => void,
): Promise<ChildProcess> {
  const options = ['-Z', 'root', '-n', '-U', '--immediate-mode', '--time-stamp-precision=nano', '-s', '600'];
  const tcpdump = namespace.spawn('tcpdump', [...options, '-i', bridge, '-w', '-', filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reader = new PcapReader();
  tcpdump.stdout!.on('data', (piece: Buffer) => {
    for (const captured of reader.push(piece)) {
      const frame = decode(captured);
      if (frame) onFrame(frame);
    }
  });
  // "listening on …" is said when the capture has begun.
  await once(tcpdump.stderr!, 'data');
  return tcpdump;
}
