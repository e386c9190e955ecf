import { familyOf, isLinkLocal, type Family, type IpAddress } from '../base/address.js';
import { KernelError } from '../kernel/kernel-error.js';
import { type PreparedPacket } from '../kernel/prepared-packet.js';
import { type VrrpPacket, type VrrpSocket, type VrrpSocketOptions } from '../kernel/vrrp-socket.js';
import {
  packetLength,
  type AdvertReceived,
  type InstanceSettings,
  type InterfaceState,
  type SendAdvert,
} from '../vrrp/index.js';

type Socket = Pick<VrrpSocket, 'prepare' | 'sendAll' | 'drain' | 'resizeReceiveBuffer' | 'close'>;

/** Opens a socket; a test's fake opens none. @throws KernelError */
export type OpenVrrpSocket = (
  options: VrrpSocketOptions,
  onPackets: (packets: readonly VrrpPacket[]) => void,
) => Socket;

/** What the sockets need to know, and whom they tell. */
export interface VrrpSocketsSurroundings {
  readonly open: OpenVrrpSocket;
  /** An interface as it is now; undefined if it does not exist. */
  interface(name: string): InterfaceState | undefined;
  /** Largest packet of an interface, in bytes; undefined if it does not exist. */
  mtu(name: string): number | undefined;
  received(adverts: readonly AdvertReceived[]): void;
  /** A socket could not be opened. Said once, until it could be. */
  failed(instance: string, error: KernelError): void;
}

/** An open pair, and the interface that its adverts are reported for. */
interface OpenPair {
  readonly interface: string;
  readonly family: Family;
  readonly socket: Socket;
  /** Asked for, in bytes; 0 for the system's default. */
  receiveBuffer: number;
}

/** Where the adverts of one instance leave, and the latest of them, ready to be sent again. */
interface Outlet {
  readonly key: string;
  /** The messages that `packets` were made of: as long as an instance repeats itself, these are the same. */
  payloads?: SendAdvert['payloads'];
  packets: readonly PreparedPacket[];
}

/** A pair that instances need: the first of them, and the receive buffer of all. */
interface SocketNeed {
  readonly instance: InstanceSettings;
  readonly options: VrrpSocketOptions;
  receiveBuffer: number;
}

/**
 * The sockets that the instances need at this moment: one pair for all instances that agree in interface, family
 * and transport, so that 255 instances on one interface take two descriptors. They come and go with interfaces.
 */
export class VrrpSockets {
  private readonly pairs = new Map<string, OpenPair>();
  private readonly outlets = new Map<string, Outlet>();
  /** Of instances that a reload takes from their interface, or from their family: they resign there. */
  private readonly leaving = new Map<string, Outlet>();
  private readonly refused = new Map<string, string>();

  constructor(private readonly around: VrrpSocketsSurroundings) {}

  /** Opens what `instances` need and is not open yet. Call it before they can send. */
  open(instances: readonly InstanceSettings[]): void {
    const needed = new Map<string, SocketNeed>();
    for (const instance of instances) {
      const options = this.optionsFor(instance);
      const key = options && JSON.stringify([instance.interface, options]);
      this.assign(instance.name, key);
      if (!options || key === undefined) continue;
      const need = needed.get(key) ?? { instance, options, receiveBuffer: 0 };
      need.receiveBuffer += receiveBufferBytes(instance, this.around.mtu(instance.interface));
      needed.set(key, need);
    }
    for (const [key, need] of needed) this.satisfy(key, need);
  }

  /** Closes what none of `instances` needs any more. Call it after the last farewell has been sent. */
  closeUnused(instances: readonly InstanceSettings[]): void {
    this.leaving.clear();
    const names = new Set(instances.map(({ name }) => name));
    for (const name of [...this.outlets.keys()]) if (!names.has(name)) this.outlets.delete(name);
    const used = new Set([...this.outlets.values()].map(({ key }) => key));
    for (const [key, { socket }] of this.pairs) {
      if (used.has(key)) continue;
      socket.close();
      this.pairs.delete(key);
    }
  }

  /**
   * Sends adverts in order, each to all its destinations; those in a row that share a socket together.
   * @returns for each the first refusal, if there is one.
   */
  send(effects: readonly SendAdvert[]): readonly (string | undefined)[] {
    const errors: (string | undefined)[] = [];
    for (let first = 0; first < effects.length; first = errors.length) {
      const pair = this.pairOf(effects[first]);
      let end = first + 1;
      while (end < effects.length && this.pairOf(effects[end]) === pair) end += 1;
      this.sendTogether(pair, effects.slice(first, end), errors);
    }
    return errors;
  }

  private sendTogether(
    pair: OpenPair | undefined,
    effects: readonly SendAdvert[],
    errors: (string | undefined)[],
  ): void {
    if (!pair) {
      for (const { interface: name } of effects) errors.push(`no socket on ${name}`);
      return;
    }
    const packets: PreparedPacket[] = [];
    for (const effect of effects) packets.push(...this.packetsOf(effect, pair));
    const results = pair.socket.sendAll(packets);
    let at = 0;
    for (const { destinations } of effects) {
      let refusal: string | undefined;
      for (const end = at + destinations.length; at < end; at += 1) {
        const result = results[at];
        if (result?.ok === false) refusal ??= result.error.message;
      }
      errors.push(refusal);
    }
  }

  private pairOf(effect: SendAdvert | undefined): OpenPair | undefined {
    return effect && this.pairs.get(this.outletOf(effect)?.key ?? '');
  }

  private outletOf(effect: SendAdvert): Outlet | undefined {
    const outlet = this.outlets.get(effect.instance);
    if (this.leaving.size === 0 || this.carries(outlet, effect)) return outlet;
    const left = this.leaving.get(effect.instance);
    return this.carries(left, effect) ? left : outlet;
  }

  private carries(outlet: Outlet | undefined, { interface: name, source }: SendAdvert): boolean {
    const pair = this.pairs.get(outlet?.key ?? '');
    return pair?.interface === name && pair.family === familyOf(source);
  }

  private assign(instance: string, key: string | undefined): void {
    const before = this.outlets.get(instance);
    if (before && before.key !== key) this.leaving.set(instance, before);
    // Whatever was prepared may have been for another interface of that name.
    if (key === undefined) this.outlets.delete(instance);
    else this.outlets.set(instance, { key, packets: [] });
  }

  /** An advert as packets: the latest ones once more, if nothing but their Identification has changed. */
  private packetsOf(advert: SendAdvert, { socket }: OpenPair): readonly PreparedPacket[] {
    const outlet = this.outletOf(advert);
    if (!outlet) return [];
    const { source, ttl, destinations, payloads, identification } = advert;
    if (outlet.payloads !== payloads) {
      outlet.packets = destinations.map((destination, index) =>
        socket.prepare({ source, destination, ttl, payload: payloads[index] ?? EMPTY }),
      );
      outlet.payloads = payloads;
    }
    if (identification !== undefined) for (const packet of outlet.packets) packet.identify(identification);
    return outlet.packets;
  }

  /** What waits in any of the sockets right now. */
  drain(): readonly AdvertReceived[] {
    return [...this.pairs.values()].flatMap((pair) => pair.socket.drain().map(toAdvert(pair.interface)));
  }

  close(): void {
    for (const { socket } of this.pairs.values()) socket.close();
    this.pairs.clear();
    this.outlets.clear();
    this.leaving.clear();
  }

  private satisfy(key: string, need: SocketNeed): void {
    const pair = this.pairs.get(key);
    if (!pair) this.openPair(key, need);
    else if (pair.receiveBuffer !== need.receiveBuffer) {
      pair.receiveBuffer = need.receiveBuffer;
      pair.socket.resizeReceiveBuffer(need.receiveBuffer);
    }
  }

  private openPair(key: string, { instance, options, receiveBuffer }: SocketNeed): void {
    try {
      const sized = receiveBuffer > 0 ? { ...options, receiveBufferBytes: receiveBuffer } : options;
      const socket = this.around.open(sized, (packets) =>
        this.around.received(packets.map(toAdvert(instance.interface))),
      );
      const { family } = options;
      this.pairs.set(key, { interface: instance.interface, family, socket, receiveBuffer });
      this.refused.delete(key);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (this.refused.get(key) === error.code) return;
      this.refused.set(key, error.code);
      this.around.failed(instance.name, error);
    }
  }

  /** Undefined while the interface, or the address to bind to, does not exist. */
  private optionsFor(instance: InstanceSettings): VrrpSocketOptions | undefined {
    const { transport } = instance;
    // A socket of a VRF hears what comes in by any of its interfaces.
    const vrf = transport.kind === 'unicast' ? transport.vrf : undefined;
    const state = this.around.interface(vrf ?? instance.interface);
    const protocol = instance.authentication.type === 'ah' ? 51 : 112;
    const common = { family: instance.family, protocol } as const;
    const bound = state && { interface: { name: state.name, index: state.index } };
    if (instance.transport.kind === 'multicast') {
      const { group } = instance.transport;
      return bound && { ...common, ...bound, transport: { kind: 'multicast', group } };
    }
    const source = instance.transport.source ?? (state && primaryAddress(state, instance));
    if (source === undefined) return undefined;
    // keepalived binds unicast, too: routes must not lead adverts elsewhere. An instance may name no interface.
    if ((instance.interface !== '' || vrf !== undefined) && !bound) return undefined;
    return { ...common, ...bound, transport: { kind: 'unicast', source } };
  }
}

const EMPTY = new Uint8Array(0);

/** What an instance asks for, in bytes; 0 if nothing. As long as its interface is missing, nothing can be said. */
function receiveBufferBytes(instance: InstanceSettings, mtu: number | undefined): number {
  const { receiveBuffer: wanted } = instance;
  if (!wanted) return 0;
  if (wanted.by === 'bytes') return wanted.bytes;
  return wanted.times * (wanted.by === 'mtu' ? (mtu ?? 0) : packetLength(instance));
}

/** The address that the protocol sends from if none is configured. */
const primaryAddress = (state: InterfaceState, { family }: InstanceSettings): IpAddress | undefined =>
  state.addresses.find(
    (address) => familyOf(address) === family && (family === 'inet' || isLinkLocal(address)),
  );

const toAdvert =
  (interfaceName: string) =>
  (packet: VrrpPacket): AdvertReceived => ({
    type: 'AdvertReceived',
    interface: interfaceName,
    source: packet.source,
    destination: packet.destination,
    ttl: packet.ttl,
    payload: packet.payload,
    receivedAt: packet.receivedAt,
    ...(packet.ipHeader ? { ipHeader: packet.ipHeader } : {}),
  });
