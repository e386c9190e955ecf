import { type Socket } from 'node:net';
import {
  agentxLength,
  decodeAgentx,
  encodeAgentx,
  type AgentxDecodeError,
  type AgentxPdu,
} from '../../wire/agentx/index.js';

/** Bytes of the longest PDU that is believed: a full SNMP message whose OIDs take four bytes a number. */
const LONGEST_PDU = 1 << 20;
/** Bytes that may wait to be read by the master before it hears no more of us. */
const MOST_UNREAD = 1 << 20;

export interface ChannelEvents {
  connected(): void;
  /** One PDU; the next one comes when this has resolved. */
  received(pdu: AgentxPdu): Promise<void>;
  /** A PDU that says nothing; the stream is still good. */
  unreadable(error: AgentxDecodeError): void;
  /** The end, told once. */
  closed(reason: string): void;
}

/**
 * PDUs over a stream. One is worked on at a time, and nothing is read meanwhile; nothing is worked on while the peer
 * does not read our answers: so a peer can make us hold one PDU of each direction, and no more.
 */
export class AgentxChannel {
  private received: Buffer = Buffer.alloc(0);
  private working = false;
  private done = false;

  constructor(
    private readonly socket: Socket,
    private readonly events: ChannelEvents,
  ) {
    socket.on('connect', () => events.connected());
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('drain', () => void this.work());
    socket.on('error', (error) => this.close(error.message));
    socket.on('end', () => this.close('the master closed the connection'));
    socket.on('close', () => this.close('the connection ended'));
  }

  /** There is room for a PDU that nobody asked for. */
  get roomy(): boolean {
    return !this.done && this.socket.writableLength < MOST_UNREAD;
  }

  send(pdu: AgentxPdu): void {
    if (!this.done) this.socket.write(encodeAgentx(pdu));
  }

  /** Resolves when all that was sent is sent, or soon. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      this.done = true;
      this.socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  destroy(): void {
    this.done = true;
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    if (this.done) return;
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    this.socket.pause();
    while (this.roomy) {
      const length = agentxLength(this.received, LONGEST_PDU);
      if (!length.ok) {
        this.close(`it does not speak AgentX: ${length.error.text}`);
        break;
      }
      if (length.value === undefined || this.received.length < length.value) break;
      const pdu = decodeAgentx(this.received.subarray(0, length.value));
      this.received = this.received.subarray(length.value);
      if (pdu.ok) await this.events.received(pdu.value);
      else this.events.unreadable(pdu.error);
    }
    this.working = false;
    // Without room it goes on at 'drain'.
    if (this.roomy) this.socket.resume();
  }

  private close(reason: string): void {
    if (this.done) return;
    this.done = true;
    this.received = Buffer.alloc(0);
    this.events.closed(reason);
  }
}
