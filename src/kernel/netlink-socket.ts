import { err, ok, type Result } from '../base/result.js';
import {
  decodeAcknowledgement,
  encodeNetlinkMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  type NetlinkMessage,
} from '../wire/netlink/message.js';
import { now } from './clock.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { failure, libc } from './libc.js';
import { openNetlink, readNetlink, waitReadable } from './netlink-receive.js';

/** A request: type, flags beyond NLM_F_REQUEST, payload. Sequence numbers and acknowledgement are added here. */
export interface NetlinkRequest {
  /** What errors name it, for example 'RTM_NEWADDR 192.0.2.1/24 dev eth0'. */
  readonly what: string;
  readonly type: number;
  readonly flags?: number;
  readonly payload: Uint8Array;
}

/** The messages that a request was answered with, or the kernel's refusal. */
export type NetlinkAnswer = Result<readonly NetlinkMessage[], KernelError>;

/** Requests sent in one go: their acknowledgements (under 1 kB each, queued) must fit the receive buffer. */
const LARGEST_BATCH = 128;
const LARGEST_BATCH_BYTES = 32_768;
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** A dump that changed while it was made is made again, this often at most. */
const MOST_DUMPS = 10;
/** Far beyond what the kernel takes; only a bug makes it longer. */
const DEFAULT_TIMEOUT_MS = 5000;

/** A request under way. */
interface Pending {
  readonly what: string;
  readonly messages: NetlinkMessage[];
  answer?: NetlinkAnswer;
}

/** A netlink socket for requests; every method is synchronous and bounded in time. */
export class NetlinkSocket {
  private readonly fd: number;
  private sequence = 0;
  private closed = false;

  /** @param protocol NETLINK_ROUTE (0) or NETLINK_GENERIC (16). @throws KernelError */
  constructor(
    protocol: number,
    private readonly timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {
    this.fd = openNetlink(protocol, RECEIVE_BUFFER_BYTES);
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

  /** All messages of a dump; repeated when the kernel says that it was interrupted by a change (NLM_F_DUMP_INTR). */
  dump(request: NetlinkRequest): NetlinkAnswer {
    for (let attempt = 0; attempt < MOST_DUMPS; attempt += 1) {
      const [answer] = this.exchange([request], NLM_F_DUMP);
      if (!answer?.ok) return answer ?? ok([]);
      if (!answer.value.some((message) => (message.flags & NLM_F_DUMP_INTR) !== 0)) return answer;
    }
    return err(new KernelError(request.what, errnoOf('EINTR'), `changed during each of ${MOST_DUMPS} dumps`));
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    libc.close(this.fd);
  }

  private exchange(requests: readonly NetlinkRequest[], flags: number): readonly NetlinkAnswer[] {
    const pending = new Map<number, Pending>();
    const datagram = requests.map((request) => {
      this.sequence = (this.sequence + 1) >>> 0;
      pending.set(this.sequence, { what: request.what, messages: [] });
      return encodeNetlinkMessage({
        type: request.type,
        flags: NLM_F_REQUEST | flags | (request.flags ?? 0),
        sequence: this.sequence,
        port: 0,
        payload: request.payload,
      });
    });
    const all = [...pending.values()];
    this.settle(concatenate(datagram), pending);
    return all.map(({ answer }) => answer ?? ok([]));
  }

  /** Sends, and reads until every request has its answer and none is pending. */
  private settle(datagram: Uint8Array, pending: Map<number, Pending>): void {
    if (libc.send(this.fd, datagram, datagram.length, 0) < 0) {
      const { errno } = failure('send to netlink');
      failAll(pending, (what) => new KernelError(what, errno));
      return;
    }
    const giveUpAt = now() + this.timeoutMs * 1000;
    while (pending.size > 0) {
      const reading = readNetlink(this.fd);
      if (reading.kind === 'messages') {
        for (const message of reading.messages) accept(message, pending);
      } else if (reading.kind === 'failed') {
        failAll(pending, (what) => new KernelError(what, reading.error.errno, 'answers of the kernel lost'));
      } else if (!waitReadable(this.fd, (giveUpAt - now()) / 1000)) {
        failAll(pending, (what) => new KernelError(what, errnoOf('ETIMEDOUT'), 'no answer from the kernel'));
      }
    }
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

function failAll(pending: Map<number, Pending>, error: (what: string) => KernelError): void {
  for (const request of pending.values()) request.answer = err(error(request.what));
  pending.clear();
}

/** Answers to earlier requests that timed out have other sequence numbers and are passed over. */
function accept(message: NetlinkMessage, pending: Map<number, Pending>): void {
  const request = pending.get(message.sequence);
  if (!request || message.type === NLMSG_NOOP) return;
  if (message.type !== NLMSG_ERROR && message.type !== NLMSG_DONE) {
    request.messages.push(message);
    return;
  }
  pending.delete(message.sequence);
  const outcome = decodeAcknowledgement(message);
  if (!outcome.ok) {
    request.answer = err(new KernelError(request.what, errnoOf('EBADMSG'), outcome.error.text));
  } else if (outcome.value.errno !== 0) {
    request.answer = err(new KernelError(request.what, outcome.value.errno, outcome.value.text));
  } else {
    // An interrupted dump may say so in its last message only.
    if (message.type === NLMSG_DONE && (message.flags & NLM_F_DUMP_INTR) !== 0)
      request.messages.push(message);
    request.answer = ok(request.messages);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
