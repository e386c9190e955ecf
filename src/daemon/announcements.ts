import { readFileSync } from 'node:fs';
import { familyOf, type IpAddress } from '../base/address.js';
import { type Result } from '../base/result.js';
import { MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { encodeGratuitousArp } from '../wire/arp.js';
import { encodeUnsolicitedNa } from '../wire/ndisc.js';
import { type Link } from '../wire/netlink/link.js';

/** linux/if.h: the interface has no neighbours to tell. */
const IFF_NOARP = 0x80;
/** linux/if_arp.h: the only kind of link that our frames are made for. */
const ARPHRD_ETHER = 1;
/** How long an answer about forwarding is good for, as in keepalived. */
const FORWARDING_IS_FRESH: number = 5 * MICROS_PER_SECOND;

/** What announcements need of the outside. */
export interface AnnouncementsSurroundings {
  link(name: string): Link | undefined;
  send(interfaceIndex: number, frame: Uint8Array): Result<void, KernelError>;
  now(): Micros;
  /** True if the host forwards IPv6 on the interface. */
  forwardsIpv6(name: string): boolean;
  /** Said before each. */
  sending(interfaceName: string, address: IpAddress): void;
  failed(interfaceName: string, address: IpAddress, error: KernelError): void;
}

/** Tells neighbours where an address now lives: gratuitous ARP (IPv4) and unsolicited NA (IPv6). */
export class Announcements {
  private readonly forwarding = new Map<string, { readonly at: Micros; readonly router: boolean }>();

  constructor(private readonly around: AnnouncementsSurroundings) {}

  /** Sends one announcement; nothing, if the interface is gone or has no neighbours. */
  announce(interfaceName: string, address: IpAddress): void {
    const link = this.around.link(interfaceName);
    if (link?.hardwareType !== ARPHRD_ETHER || (link.flags & IFF_NOARP) !== 0) return;
    const { hardwareAddress } = link;
    const frame =
      familyOf(address) === 'inet'
        ? encodeGratuitousArp(hardwareAddress, address)
        : encodeUnsolicitedNa({ hardwareAddress, address, router: this.isRouter(interfaceName) });
    this.around.sending(interfaceName, address);
    const sent = this.around.send(link.index, frame);
    if (!sent.ok) this.around.failed(interfaceName, address, sent.error);
  }

  private isRouter(name: string): boolean {
    const now = this.around.now();
    const known = this.forwarding.get(name);
    if (known && now - known.at < FORWARDING_IS_FRESH) return known.router;
    const router = this.around.forwardsIpv6(name);
    this.forwarding.set(name, { at: now, router });
    return router;
  }
}

/** What the log says before an announcement, in keepalived's words. */
export function sendingText(interfaceName: string, address: IpAddress): string {
  const what = familyOf(address) === 'inet' ? 'gratuitous ARP' : 'unsolicited Neighbour Advert';
  return `Sending ${what} on ${interfaceName} for ${address}`;
}

/** What the log says of an announcement that the kernel refused, in keepalived's words. */
export function notSentText(interfaceName: string, address: IpAddress, { errno, code }: KernelError): string {
  return familyOf(address) === 'inet'
    ? `Error ${errno} (${code}) sending gratuitous ARP on ${interfaceName} for ${address}`
    : `Error ${errno} sending ndisc unsolicited neighbour advert on ${interfaceName} for ${address}`;
}

/** net.ipv6.conf.NAME.forwarding; false where it cannot be read. */
export function readIpv6Forwarding(name: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${name}/forwarding`, 'utf8').trim() !== '0';
  } catch {
    return false;
  }
}
