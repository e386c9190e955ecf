import { familyOf, type Family } from '../base/address.js';
import { type Prng } from '../base/prng.js';
import { type PacketReceived, type SessionSettings } from '../bfd/index.js';
import { BfdListener, BfdSender, type BfdDatagram } from '../kernel/bfd-socket.js';
import { KernelError } from '../kernel/kernel-error.js';
import { encodeBfd, type BfdPacket } from '../wire/bfd.js';

/** What one session has open. */
interface OpenSession {
  readonly sender: BfdSender;
  readonly listener: string;
}

/** A sender for each session, and a listener for each family and port that any of them needs. */
export class BfdSockets {
  private readonly sessions = new Map<string, OpenSession>();
  private readonly listeners = new Map<
    string,
    { readonly listener: BfdListener; readonly multihop: boolean }
  >();

  /** @param received called with what arrives, from the event loop. */
  constructor(
    private readonly prng: Prng,
    private readonly received: (packets: readonly PacketReceived[]) => void,
  ) {}

  /** Opens what the session needs, in place of what it had; says what the kernel refused, if it did. */
  open(settings: SessionSettings): string | undefined {
    this.sessions.get(settings.name)?.sender.close();
    this.sessions.delete(settings.name);
    try {
      const family = familyOf(settings.neighbor);
      const listener = this.listen(family, settings.multihop);
      const sender = new BfdSender({ ...settings, family }, this.prng);
      this.sessions.set(settings.name, { sender, listener });
      return undefined;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return error.message;
    } finally {
      this.closeUnused();
    }
  }

  close(session: string): void {
    this.sessions.get(session)?.sender.close();
    this.sessions.delete(session);
    this.closeUnused();
  }

  /** Says what the kernel refused, if it did. */
  send(session: string, packet: BfdPacket): string | undefined {
    const result = this.sessions.get(session)?.sender.send(encodeBfd(packet));
    return result && !result.ok ? result.error.message : undefined;
  }

  /** Everything that waits, without waiting. */
  drain(): readonly PacketReceived[] {
    return [...this.listeners.values()].flatMap(({ listener, multihop }) =>
      listener.drain().map((datagram) => packetOf(datagram, multihop)),
    );
  }

  private listen(family: Family, multihop: boolean): string {
    const key = `${family} ${multihop ? 'multihop' : 'singlehop'}`;
    if (this.listeners.has(key)) return key;
    const listener = new BfdListener(family, multihop, (datagrams) =>
      this.received(datagrams.map((datagram) => packetOf(datagram, multihop))),
    );
    this.listeners.set(key, { listener, multihop });
    return key;
  }

  private closeUnused(): void {
    const used = new Set([...this.sessions.values()].map(({ listener }) => listener));
    for (const [key, { listener }] of this.listeners) {
      if (used.has(key)) continue;
      listener.close();
      this.listeners.delete(key);
    }
  }
}

const packetOf = (datagram: BfdDatagram, multihop: boolean): PacketReceived => ({
  type: 'PacketReceived',
  ...datagram,
  multihop,
});
