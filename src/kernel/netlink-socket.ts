import { err, ok, type Result } from '../base/result.js';
import { NLM_F_ACK, NLM_F_DUMP } from '../wire/netlink/message.js';
import { now } from './clock.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { lastErrno, libc } from './libc.js';
import {
  type NetlinkAnswer,
  type NetlinkBracket,
  NetlinkExchange,
  type NetlinkRequest,
  wasInterrupted,
} from './netlink-exchange.js';
import { type ReceiveBuffer, widenReceiveBuffer } from './socket-option.js';
import { netlinkPort, openNetlink, readNetlink, waitReadable } from './netlink-receive.js';

/** Requests sent in one go: their acknowledgements (under 1 kB each, queued) must fit the receive buffer. */
const LARGEST_BATCH = 128;
const LARGEST_BATCH_BYTES = 32_768;
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** A dump that changed while it was made is made again, this often at most. */
const MOST_DUMPS = 10;
/**
 * How long to wait for an answer that is not there. The kernel carries a request out, and queues the answer, within
 * our call of send(): where it is busy (another process holds its lock) it is that call that takes long, for us as for
 * keepalived, and no limit of ours could shorten it. So this is waited for only when something is wrong, and short
 * enough that no backup misses our adverts meanwhile.
 */
const DEFAULT_TIMEOUT_MS = 200;

/** A netlink socket for requests; every method is synchronous and bounded in time. */
export class NetlinkSocket {
  /** -1 once closed. */
  private fd: number;
  /** What notifications of changes that it asks for are marked with. */
  readonly port: number;
  private nextSequence = 1;

  /** @param protocol NETLINK_ROUTE (0), NETLINK_NETFILTER (12) or NETLINK_GENERIC (16). @throws KernelError */
  constructor(
    protocol: number,
    private readonly timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {
    this.fd = openNetlink(protocol, RECEIVE_BUFFER_BYTES);
    this.port = netlinkPort(this.fd);
  }

  /**
   * Sends the requests in as few system calls as possible and waits until each is acknowledged: their effects are
   * visible in the kernel when it returns. The kernel carries them out in order and goes on after a failure.
   * @returns for each request, the messages it was answered with (mostly none), or the kernel's refusal with its
   *   own explanation; ETIMEDOUT if it did not answer, ENOBUFS if its answers were lost.
   */
  transact(requests: readonly NetlinkRequest[]): readonly NetlinkAnswer[] {
    const answers: NetlinkAnswer[] = [];
    while (answers.length < requests.length) {
      answers.push(...this.exchange(nextBatch(requests, answers.length), NLM_F_ACK));
    }
    return answers;
  }

  /**
   * Sends the requests as one transaction, which the kernel carries out as a whole or, if it refuses any part of it, not
   * at all.
   */
  transactWhole(requests: readonly NetlinkRequest[], bracket: NetlinkBracket): Result<void, KernelError> {
    const exchange = new NetlinkExchange(requests, this.nextSequence, NLM_F_ACK, bracket);
    this.nextSequence = (this.nextSequence + requests.length + 2) >>> 0;
    const refusal = this.converse(exchange).find((answer) => !answer.ok);
    return refusal?.ok === false ? err(refusal.error) : ok(undefined);
  }

  /** All messages of a dump; repeated when the kernel says that it was interrupted by a change (NLM_F_DUMP_INTR). */
  dump(request: NetlinkRequest): NetlinkAnswer {
    for (let attempt = 0; attempt < MOST_DUMPS; attempt += 1) {
      const answer = this.exchange([request], NLM_F_DUMP)[0] ?? ok([]);
      if (!answer.ok || !wasInterrupted(answer.value)) return answer;
    }
    return err(new KernelError(request.what, errnoOf('EINTR'), `changed during each of ${MOST_DUMPS} dumps`));
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    widenReceiveBuffer(this.fd, buffer, RECEIVE_BUFFER_BYTES);
  }

  /** Idempotent. */
  close(): void {
    if (this.fd >= 0) libc.close(this.fd);
    this.fd = -1;
  }

  /** Sends, and reads until every request has its answer. */
  private exchange(requests: readonly NetlinkRequest[], flags: number): readonly NetlinkAnswer[] {
    const exchange = new NetlinkExchange(requests, this.nextSequence, flags);
    this.nextSequence = (this.nextSequence + requests.length) >>> 0;
    return this.converse(exchange);
  }

  private converse(exchange: NetlinkExchange): readonly NetlinkAnswer[] {
    const { datagram } = exchange;
    if (libc.send(this.fd, datagram, datagram.length, 0) < 0) exchange.fail(lastErrno());
    const giveUpAt = now() + this.timeoutMs * 1000;
    while (!exchange.complete) {
      const reading = readNetlink(this.fd);
      if (reading.kind === 'messages') {
        for (const message of reading.messages) exchange.accept(message);
      } else if (reading.kind === 'failed') {
        exchange.fail(reading.error.errno, 'answers of the kernel are lost');
      } else if (!waitReadable(this.fd, (giveUpAt - now()) / 1000)) {
        exchange.fail(errnoOf('ETIMEDOUT'), 'no answer from the kernel');
      }
    }
    return exchange.answers;
  }
}

function nextBatch(requests: readonly NetlinkRequest[], from: number): readonly NetlinkRequest[] {
  let end = from;
  for (let bytes = 0; end < requests.length && end - from < LARGEST_BATCH; end += 1) {
    bytes += (requests[end]?.payload.length ?? 0) + 20;
    if (bytes > LARGEST_BATCH_BYTES && end > from) break;
  }
  return requests.slice(from, end);
}
