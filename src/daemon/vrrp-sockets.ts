import { familyOf, isLinkLocal, type IpAddress } from '../base/address.js';
import { KernelError } from '../kernel/kernel-error.js';
import {
  type OutgoingPacket,
  type VrrpPacket,
  type VrrpSocket,
  type VrrpSocketOptions,
} from '../kernel/vrrp-socket.js';
import {
  packetLength,
  type AdvertReceived,
  type InstanceSettings,
  type InterfaceState,
  type SendAdvert,
} from '../vrrp/index.js';

type Socket = Pick<VrrpSocket, 'sendAll' | 'drain' | 'resizeReceiveBuffer' | 'close'>;

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
  readonly socket: Socket;
  /** Asked for, in bytes; 0 for the system's default. */
  receiveBuffer: number;
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
  private readonly keyOf = new Map<string, string>();
  private readonly refused = new Map<string, string>();

  constructor(private readonly around: VrrpSocketsSurroundings) {}

  /** Opens what `instances` need and is not open yet. Call it before they can send. */
  open(instances: readonly InstanceSettings[]): void {
    const needed = new Map<string, SocketNeed>();
    for (const instance of instances) {
      const options = this.optionsFor(instance);
      if (!options) {
        this.keyOf.delete(instance.name);
        continue;
      }
      const key = JSON.stringify([instance.interface, options]);
      this.keyOf.set(instance.name, key);
      const need = needed.get(key) ?? { instance, options, receiveBuffer: 0 };
      need.receiveBuffer += receiveBufferBytes(instance, this.around.mtu(instance.interface));
      needed.set(key, need);
    }
    for (const [key, need] of needed) this.satisfy(key, need);
  }

  /** Closes what none of `instances` needs any more. Call it after the last farewell has been sent. */
  closeUnused(instances: readonly InstanceSettings[]): void {
    const names = new Set(instances.map(({ name }) => name));
    for (const name of [...this.keyOf.keys()]) if (!names.has(name)) this.keyOf.delete(name);
    const used = new Set(this.keyOf.values());
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
      errors.push(...sendTogether(pair, effects.slice(first, end)));
    }
    return errors;
  }

  private pairOf(effect: SendAdvert | undefined): OpenPair | undefined {
    return effect && this.pairs.get(this.keyOf.get(effect.instance) ?? '');
  }

  /** What waits in any of the sockets right now. */
  drain(): readonly AdvertReceived[] {
    return [...this.pairs.values()].flatMap((pair) => pair.socket.drain().map(toAdvert(pair.interface)));
  }

  close(): void {
    for (const { socket } of this.pairs.values()) socket.close();
    this.pairs.clear();
    this.keyOf.clear();
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
      this.pairs.set(key, { interface: instance.interface, socket, receiveBuffer });
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

function sendTogether(
  pair: OpenPair | undefined,
  effects: readonly SendAdvert[],
): readonly (string | undefined)[] {
  if (!pair) return effects.map(({ interface: name }) => `no socket on ${name}`);
  const results = pair.socket.sendAll(effects.flatMap(packetsOf));
  let first = 0;
  return effects.map(({ destinations }) => {
    const own = results.slice(first, (first += destinations.length));
    const refused = own.find((result) => !result.ok);
    return refused?.ok === false ? refused.error.message : undefined;
  });
}

const packetsOf = ({ source, ttl, identification, destinations, payloads }: SendAdvert): OutgoingPacket[] =>
  destinations.map((destination, index) => ({
    source,
    destination,
    ttl,
    ...(identification !== undefined && { identification }),
    payload: payloads[index] ?? EMPTY,
  }));

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
