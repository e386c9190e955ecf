import { type NetlinkMessage } from '../wire/netlink/message.js';
import { libc } from './libc.js';
import { errnoOf } from './kernel-error.js';
import { openNetlink, readNetlink } from './netlink-receive.js';
import { type PollWatch, watchOrClose } from './poll.js';
import { type ReceiveBuffer, setIntOption, SOL_NETLINK, widenReceiveBuffer } from './socket-option.js';

const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;

/** What a monitor heard, in order. 'overrun' stands where messages were lost. */
export type MonitorEvent = NetlinkMessage | 'overrun';

/** Enough for some thousand notifications while the process is busy elsewhere. */
const DEFAULT_BUFFER_BYTES = 2_097_152;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_READS = 1024;

/** Listens to multicast groups of a netlink protocol. */
export class NetlinkMonitor {
  readonly fd: number;
  private readonly watch: PollWatch;
  private closed = false;

  /**
   * @param groups mask of the first 32 groups.
   * @param onEvents called from the event loop with everything that waited (never none).
   * @throws KernelError
   */
  constructor(
    protocol: number,
    groups: number,
    private readonly onEvents: (events: readonly MonitorEvent[]) => void,
    receiveBufferBytes = DEFAULT_BUFFER_BYTES,
  ) {
    this.fd = openNetlink(protocol, receiveBufferBytes, groups);
    this.watch = watchOrClose(this.fd, { readable: true }, () => {
      const events = this.drain();
      if (events.length > 0) this.onEvents(events);
    });
  }

  /** Takes what waits right now; it is not passed to onEvents again. */
  drain(): readonly MonitorEvent[] {
    const events: MonitorEvent[] = [];
    for (let read = 0; read < MOST_READS && !this.closed; read += 1) {
      const reading = readNetlink(this.fd);
      if (reading.kind === 'empty') break;
      if (reading.kind === 'messages') events.push(...reading.messages);
      // Whatever went wrong, the same is left to do: look at everything again.
      else if (events.at(-1) !== 'overrun') events.push('overrun');
      if (reading.kind === 'failed' && reading.error.errno === errnoOf('EBADF')) break;
    }
    return events;
  }

  /** Joins or leaves a multicast group, by number; both are idempotent. @throws KernelError */
  setMembership(group: number, member: boolean): void {
    const option = member ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;
    setIntOption(this.fd, SOL_NETLINK, option, group, `NETLINK_${member ? 'ADD' : 'DROP'}_MEMBERSHIP`);
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    widenReceiveBuffer(this.fd, buffer, DEFAULT_BUFFER_BYTES);
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    libc.close(this.fd);
  }
}
