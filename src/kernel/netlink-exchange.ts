import { err, ok, type Result } from '../base/result.js';
import {
  decodeAcknowledgement,
  encodeNetlinkMessage,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  type NetlinkMessage,
} from '../wire/netlink/message.js';
import { capabilityHint } from './capability.js';
import { errnoOf, KernelError } from './kernel-error.js';

/** A request: type, flags beyond NLM_F_REQUEST, payload. Sequence numbers and acknowledgement are added on sending. */
export interface NetlinkRequest {
  /** What errors name it, for example 'RTM_NEWADDR 192.0.2.1/24 dev eth0'. */
  readonly what: string;
  readonly type: number;
  readonly flags?: number;
  readonly payload: Uint8Array;
}

/** Messages around requests that make a transaction of them. They are answered only if the kernel refuses all of it. */
export interface NetlinkBracket {
  readonly begin: number;
  readonly end: number;
  readonly payload: Uint8Array;
}

/** The messages that a request was answered with, or the kernel's refusal. */
export type NetlinkAnswer = Result<readonly NetlinkMessage[], KernelError>;

/** A request under way, and then its answer. */
interface Entry {
  readonly what: string;
  readonly messages: NetlinkMessage[];
  answer?: NetlinkAnswer;
}

/** Requests that are sent together, and the matching of answers to them by sequence number. Does no I/O. */
export class NetlinkExchange {
  /** The encoded requests, one after another: what is to be sent. */
  readonly datagram: Uint8Array;
  private readonly entries: readonly Entry[];
  private readonly unanswered: Map<number, Entry>;
  /** Of the bracket, if there is one. */
  private readonly bracketSequences: ReadonlySet<number>;

  /**
   * @param firstSequence of the first request; the others count on from it, and the bracket's two after them.
   * @param flags added to each request: NLM_F_ACK or NLM_F_DUMP.
   */
  constructor(
    requests: readonly NetlinkRequest[],
    firstSequence: number,
    flags: number,
    bracket?: NetlinkBracket,
  ) {
    this.entries = requests.map(({ what }) => ({ what, messages: [] }));
    this.unanswered = new Map(this.entries.map((entry, index) => [(firstSequence + index) >>> 0, entry]));
    const messages = requests.map((request, index) =>
      encodeNetlinkMessage({
        type: request.type,
        flags: NLM_F_REQUEST | flags | (request.flags ?? 0),
        sequence: (firstSequence + index) >>> 0,
        port: 0,
        payload: request.payload,
      }),
    );
    const marks = [bracket?.begin, bracket?.end].flatMap((type, index) => {
      if (!bracket || type === undefined) return [];
      const sequence = (firstSequence + requests.length + index) >>> 0;
      const { payload } = bracket;
      return [
        { sequence, bytes: encodeNetlinkMessage({ type, flags: NLM_F_REQUEST, sequence, port: 0, payload }) },
      ];
    });
    this.bracketSequences = new Set(marks.map(({ sequence }) => sequence));
    const [begin, end] = marks.map(({ bytes }) => bytes);
    this.datagram = concatenate(begin && end ? [begin, ...messages, end] : messages);
  }

  /** True when every request has its answer. */
  get complete(): boolean {
    return this.unanswered.size === 0;
  }

  /** In the order of the requests; only when complete. */
  get answers(): readonly NetlinkAnswer[] {
    return this.entries.map(({ answer }) => answer ?? ok([]));
  }

  /** Answers to other requests (earlier ones, that timed out) have other sequence numbers and are passed over. */
  accept(message: NetlinkMessage): void {
    if (this.bracketSequences.has(message.sequence)) this.refuseAll(message);
    const entry = this.unanswered.get(message.sequence);
    if (!entry || message.type === NLMSG_NOOP) return;
    if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
      this.unanswered.delete(message.sequence);
      entry.answer = conclude(entry, message);
    } else {
      entry.messages.push(message);
    }
  }

  /** The kernel says why it takes no part of a transaction: no privilege, no such subsystem. */
  private refuseAll(message: NetlinkMessage): void {
    const outcome = message.type === NLMSG_ERROR ? decodeAcknowledgement(message) : undefined;
    if (!outcome?.ok || outcome.value.errno === 0) return;
    const { errno, text } = outcome.value;
    this.fail(errno, text ?? capabilityHint('CAP_NET_ADMIN')(errno));
  }

  /** Ends all that is not answered. */
  fail(errno: number, hint?: string): void {
    for (const entry of this.unanswered.values())
      entry.answer = err(new KernelError(entry.what, errno, hint));
    this.unanswered.clear();
  }
}

function conclude({ what, messages }: Entry, message: NetlinkMessage): NetlinkAnswer {
  const outcome = decodeAcknowledgement(message);
  if (!outcome.ok) return err(new KernelError(what, errnoOf('EBADMSG'), outcome.error.text));
  const { errno, text } = outcome.value;
  if (errno !== 0) return err(new KernelError(what, errno, text ?? capabilityHint('CAP_NET_ADMIN')(errno)));
  // That a dump was interrupted may be said in its last message only.
  return ok((message.flags & NLM_F_DUMP_INTR) === 0 ? messages : [...messages, message]);
}

/** True if what was dumped changed meanwhile: parts of it may be missing, or there twice. */
export const wasInterrupted = (messages: readonly NetlinkMessage[]): boolean =>
  messages.some((message) => (message.flags & NLM_F_DUMP_INTR) !== 0);

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
