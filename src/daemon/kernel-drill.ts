import { parseIpAddress } from '../base/address.js';
import { KernelError } from '../kernel/kernel-error.js';
import { type PacketSocket } from '../kernel/packet-socket.js';
import { type RouteSocket } from '../kernel/rtnetlink.js';
import { VrrpSocket } from '../kernel/vrrp-socket.js';
import { toInterfaceAddress, type DesiredAddress } from '../net/index.js';
import { encodeGratuitousArp } from '../wire/arp.js';

/** Enough for the interpreter's caches. */
const ROUNDS = 20;
/** An index that no interface has. */
const NO_INTERFACE = 0x7fff_ffff;
const LOOPBACK = parseIpAddress('127.0.0.1');

/**
 * Goes through the system calls of a takeover without taking anything over, for the same reason as rehearse().
 * @param absent an address that is not on its interface: asking for its removal changes nothing (keepalived asks
 *   for the removal of every VIP when it starts).
 */
export function drillKernel(
  route: RouteSocket,
  packets: PacketSocket,
  absent: DesiredAddress | undefined,
  indexOf: (interfaceName: string) => number | undefined,
): void {
  const index = absent && indexOf(absent.interface);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (absent && index !== undefined) {
      route.apply([{ kind: 'remove', address: toInterfaceAddress(absent, index) }]);
    }
    if (LOOPBACK) packets.send(NO_INTERFACE, encodeGratuitousArp(new Uint8Array(6), LOOPBACK));
  }
  drillAdverts();
}

/** "Use for experimentation and testing" (RFC 3692, 2.1): VRRP daemons on this host would hear, and log, our 112. */
const PROTOCOL = 253;

/** Sends empty messages to ourselves over the loopback interface, as adverts are sent, and hears them. */
function drillAdverts(): void {
  if (!LOOPBACK) return;
  const packet = { source: LOOPBACK, destination: LOOPBACK, ttl: 1, payload: new Uint8Array(0) };
  const transport = { kind: 'unicast', source: LOOPBACK } as const;
  try {
    const socket = new VrrpSocket({ family: 'inet', protocol: PROTOCOL, transport }, () => undefined);
    for (let round = 0; round < ROUNDS; round += 1) {
      socket.sendAll([socket.prepare(packet)]);
      socket.drain();
    }
    socket.close();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error; // the loopback interface may be down
  }
}
