import {
  decodeProcessEvent,
  encodeNetlinkMessage,
  encodeProcessListen,
  NLMSG_DONE,
  PROCESS_GROUP,
  type ProcessEvent,
} from '../wire/netlink/index.js';
import { errnoOf } from './kernel-error.js';
import { check, libc } from './libc.js';
import { inFirstNetworkNamespace } from './net-namespace.js';
import { NETLINK_CONNECTOR, openNetlink, readNetlink } from './netlink-receive.js';
import { type PollWatch, watchOrClose } from './poll.js';
import { AF_NETLINK } from './socket-address.js';
import {
  getIntOption,
  SO_RCVBUF,
  SOCK_RAW,
  SOL_SOCKET,
  type ReceiveBuffer,
  resizeReceiveBuffer,
} from './socket-option.js';

/** As net.core.rmem_default has it: some thousand events of which nobody has asked for more. */
const DEFAULT_BUFFER_BYTES = 212_992;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_READS = 4096;

/** What the kernel told of processes, in order. 'overrun' stands where events were lost. */
export type ConnectorEvent = ProcessEvent | 'overrun';

/**
 * Is told of every process of the host that forks, becomes another program, renames itself or ends
 * (NETLINK_CONNECTOR). The kernel tells only the first network namespace and the first process namespace, and only
 * with CAP_NET_ADMIN.
 */
export class ProcessConnector {
  private readonly fd: number;
  private readonly watch: PollWatch;
  private closed = false;

  /**
   * @param onEvents called from the event loop with everything that waited (never none).
   * @throws KernelError EPROTONOSUPPORT without CONFIG_CONNECTOR, ECONNREFUSED where the first
   * network namespace is out of reach.
   */
  constructor(
    private readonly onEvents: (events: readonly ConnectorEvent[]) => void,
    private readonly buffer: ReceiveBuffer = { force: false },
  ) {
    this.fd = inFirstNetworkNamespace(() =>
      openNetlink(NETLINK_CONNECTOR, DEFAULT_BUFFER_BYTES, PROCESS_GROUP),
    );
    try {
      if (buffer.bytes !== undefined) this.setBuffer(buffer.bytes);
      this.ask(true);
    } catch (error) {
      libc.close(this.fd);
      throw error;
    }
    this.watch = watchOrClose(this.fd, { readable: true }, () => {
      const events = this.drain();
      if (events.length > 0) this.onEvents(events);
    });
  }

  /** Takes what waits right now; it is not passed to onEvents again. */
  drain(): readonly ConnectorEvent[] {
    const events: ConnectorEvent[] = [];
    for (let read = 0; read < MOST_READS && !this.closed; read += 1) {
      const reading = readNetlink(this.fd);
      if (reading.kind === 'empty') break;
      if (reading.kind === 'failed') {
        if (events.at(-1) !== 'overrun') events.push('overrun');
        if (reading.error.errno === errnoOf('EBADF')) break;
        continue;
      }
      for (const message of reading.messages) {
        const event = message.type === NLMSG_DONE ? decodeProcessEvent(message) : undefined;
        if (event) events.push(event);
      }
    }
    return events;
  }

  /** Makes room for twice as many events. @returns the bytes asked for. @throws KernelError */
  doubleBuffer(): number {
    // The kernel has doubled what was asked for already, for its own needs (socket(7)).
    const bytes = 2 * getIntOption(this.fd, SOL_SOCKET, SO_RCVBUF, 'SO_RCVBUF');
    this.setBuffer(bytes);
    return bytes;
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.ask(false);
    this.watch.close();
    libc.close(this.fd);
  }

  private ask(listen: boolean): void {
    const payload = encodeProcessListen(listen);
    const message = encodeNetlinkMessage({ type: NLMSG_DONE, flags: 0, sequence: 0, port: 0, payload });
    const sent = libc.send(this.fd, message, message.length, 0);
    if (listen) check('listen to process events', sent);
  }

  private setBuffer(bytes: number): void {
    resizeReceiveBuffer(this.fd, bytes, this.buffer.force);
  }
}

/** True if the kernel knows the protocol by which it tells of processes (CONFIG_CONNECTOR). */
export function knowsProcessEvents(): boolean {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_CONNECTOR);
  if (fd >= 0) libc.close(fd);
  return fd >= 0;
}
