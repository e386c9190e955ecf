import { libc } from './libc.js';
import { Memory } from './memory.js';
import { SOCK_DGRAM, openSocket } from './socket-option.js';

const AF_INET = 2;
/* linux/sockios.h */
const SIOCGIFFLAGS = 0x8913;
const SIOCETHTOOL = 0x8946;
const SIOCGMIIPHY = 0x8947;
const SIOCGMIIREG = 0x8948;
/** linux/ethtool.h */
const ETHTOOL_GLINK = 0x0a;
/* linux/mii.h (IEEE 802.3, clause 22) */
const MII_BMCR = 0;
const MII_BMSR = 1;
const BMSR_LSTATUS = 0x0004;
const NO_TRANSCEIVER = 0xffff;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;

/* struct ifreq: the interface's name, then what is asked. */
const REQUEST_SIZE = 40;
const LONGEST_NAME = 15;
const ANSWER = 16;

/** Asks network drivers for the state of a link, for those that do not tell of changes. */
export class LinkBeatSocket {
  private readonly fd = openSocket(AF_INET, SOCK_DGRAM, 0, 'socket(AF_INET, SOCK_DGRAM)');

  /** IFF_UP and IFF_RUNNING (SIOCGIFFLAGS); undefined if the interface cannot be asked. */
  flagsUp(name: string): boolean | undefined {
    const request = requestFor(name);
    if (!this.ask(SIOCGIFFLAGS, request)) return undefined;
    const flags = request.u16(ANSWER);
    return (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0;
  }

  /** The driver's idea of the carrier (ETHTOOL_GLINK); undefined if it has none. */
  ethtoolUp(name: string): boolean | undefined {
    const value = new Memory(8).setU32(0, ETHTOOL_GLINK);
    const request = requestFor(name).setU64(ANSWER, value.address);
    return this.ask(SIOCETHTOOL, request) ? value.u32(4) !== 0 : undefined;
  }

  /** Link status of the transceiver (its Basic Mode Status Register); undefined if it cannot be read. */
  miiUp(name: string): boolean | undefined {
    const request = requestFor(name);
    if (!this.ask(SIOCGMIIPHY, request)) return undefined;
    const phy = request.u16(ANSWER);
    if (this.register(name, phy, MII_BMCR) === NO_TRANSCEIVER) return undefined;
    const first = this.register(name, phy, MII_BMSR);
    if (first === undefined || first === 0) return undefined;
    // The bit stays down until it is read: the second reading is of this moment.
    const second = this.register(name, phy, MII_BMSR) ?? 0;
    return ((first | second) & BMSR_LSTATUS) !== 0;
  }

  close(): void {
    libc.close(this.fd);
  }

  private register(name: string, phy: number, register: number): number | undefined {
    const request = requestFor(name)
      .setU16(ANSWER, phy)
      .setU16(ANSWER + 2, register);
    return this.ask(SIOCGMIIREG, request) ? request.u16(ANSWER + 6) : undefined;
  }

  private ask(what: number, request: Memory): boolean {
    return libc.ioctl(this.fd, what, request.bytes) >= 0;
  }
}

function requestFor(name: string): Memory {
  return new Memory(REQUEST_SIZE).put(0, Buffer.from(name, 'utf8').subarray(0, LONGEST_NAME));
}
