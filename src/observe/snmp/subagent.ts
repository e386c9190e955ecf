import { connect, type Socket } from 'node:net';
import {
  AGENTX_ERROR,
  CLOSE_REASON,
  type AgentxBody,
  type AgentxPdu,
  type Oid,
  type VarBind,
} from '../../wire/agentx/index.js';
import { AgentxChannel } from './agentx-channel.js';
import { placeText, type AgentxPlace } from './agentx-place.js';
import { answer, response } from './answer.js';
import { type MibView } from './mib-view.js';
import { NotificationQueue } from './notification-queue.js';
import { SetDesk, type CarryOut } from './set.js';

/** A part of the tree that we answer for. */
export interface Registration {
  readonly subtree: Oid;
  /** `The MIB module for …` in the agent's sysORTable. */
  readonly name: string;
}

export interface SubagentSurroundings {
  /** What is to be answered from now; undefined if nothing is known. */
  view(): Promise<MibView | undefined>;
  /** Does what a SET asks for. */
  readonly carryOut: CarryOut;
  /** What sysUpTime of the agent is, in hundredths of a second. */
  agentUpTime(centis: number): void;
  readonly log: { info(text: string): void; warning(text: string): void };
}

/** Milliseconds. */
export interface SubagentTiming {
  /** How long the master may take to answer, and to let us connect. */
  readonly patience: number;
  /** The first wait before connecting again; each is twice the one before. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** From one sign of life to asking for the next. */
  readonly ping: number;
}

const TIMING: SubagentTiming = { patience: 10_000, firstRetry: 1000, longestRetry: 15_000, ping: 15_000 };
/** Seconds that the master waits for us: long enough for the first look at 10,000 real servers. */
const ANSWER_WITHIN_S = 10;
const PRIORITY = 127;

type RequestBody = Exclude<AgentxBody, { type: 'Response' | 'CleanupSet' }>;
type Response = Extract<AgentxBody, { type: 'Response' }>;

/**
 * An AgentX subagent (RFC 2741): registers with a master agent, answers what that asks, passes notifications on to it,
 * and begins anew whenever the master is gone, silent or not to be understood. Never throws, and holds no more memory
 * for a broken master than for a good one.
 */
export class Subagent {
  private readonly timing: SubagentTiming;
  private readonly queue = new NotificationQueue();
  private readonly sets: SetDesk;
  private channel: AgentxChannel | undefined;
  private session = 0;
  private packet = 0;
  private readonly awaited = new Map<number, (answer: Response) => void>();
  private overdue: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private retry: number;
  private complained = false;
  private stopped = false;
  private serving = false;

  constructor(
    private readonly place: AgentxPlace,
    private readonly registrations: readonly Registration[],
    private readonly around: SubagentSurroundings,
    timing: Partial<SubagentTiming> = {},
  ) {
    this.timing = { ...TIMING, ...timing };
    this.retry = this.timing.firstRetry;
    this.sets = new SetDesk((order) => this.around.carryOut(order));
  }

  /** Connects, now and whenever the connection is lost. */
  start(): void {
    if (this.stopped) return;
    this.around.log.info('Starting SNMP subagent');
    this.open();
  }

  /** Passes a notification on; it waits while there is no master, with a bounded number of others. */
  notify(varBinds: readonly VarBind[]): void {
    this.queue.add(varBinds);
    this.flush();
  }

  /** Tells the master that we go; resolves when that was sent, or soon. */
  stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { channel } = this;
    if (!channel || !this.serving) {
      this.abandon();
      return Promise.resolve();
    }
    this.flush();
    this.send({ type: 'Close', reason: CLOSE_REASON.shutdown });
    return channel.end().then(() => this.abandon());
  }

  private open(): void {
    const socket: Socket = connect(this.place);
    const channel: AgentxChannel = new AgentxChannel(socket, {
      connected: () => void this.introduce(channel),
      received: (pdu) => this.received(pdu),
      unreadable: (error) => {
        if (error.header) this.reply(error.header, response(AGENTX_ERROR.parseError));
      },
      closed: (reason) => this.lost(channel, reason),
    });
    this.channel = channel;
    this.timer = setTimeout(
      () => this.lost(channel, `no answer within ${this.timing.patience} ms`),
      this.timing.patience,
    );
  }

  /** Open, then one Register a subtree. What the master refuses is said, and the rest goes on. */
  private async introduce(channel: AgentxChannel): Promise<void> {
    const id = this.registrations[0]?.subtree ?? [];
    const opened = await this.ask({
      type: 'Open',
      timeoutS: ANSWER_WITHIN_S,
      id,
      description: 'Understudy',
    });
    if (channel !== this.channel) return;
    if (opened.error !== AGENTX_ERROR.noError) {
      this.lost(channel, `the master refuses a session (error ${opened.error})`);
      return;
    }
    for (const { subtree, name } of this.registrations) {
      const registered = await this.ask({ type: 'Register', timeoutS: 0, priority: PRIORITY, subtree });
      if (channel !== this.channel) return;
      if (registered.error !== AGENTX_ERROR.noError) {
        this.around.log.warning(`Unable to register ${name} MIB (error ${registered.error})`);
        continue;
      }
      await this.ask({ type: 'AddAgentCaps', id: subtree, description: `The MIB module for ${name}` });
      if (channel !== this.channel) return;
    }
    this.ready();
  }

  private ready(): void {
    this.around.log.info(`AgentX subagent connected to ${placeText(this.place)}`);
    this.serving = true;
    this.complained = false;
    this.retry = this.timing.firstRetry;
    const { lost } = this.queue;
    if (lost > 0) this.around.log.warning(`${lost} SNMP notifications were lost while there was no master`);
    this.queue.lost = 0;
    this.flush();
    this.pingLater();
  }

  private pingLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { channel } = this;
      void this.ask({ type: 'Ping' }).then(() => {
        if (channel === this.channel) this.pingLater();
      });
    }, this.timing.ping);
  }

  /** What was queued goes out, so many at a time that the master keeps up. */
  private flush(): void {
    while (this.serving && this.channel?.roomy === true) {
      const varBinds = this.queue.take();
      if (!varBinds) return;
      void this.ask({ type: 'Notify', varBinds }).then(() => {
        this.queue.settled();
        this.flush();
      });
    }
  }

  private async received(pdu: AgentxPdu): Promise<void> {
    const { body } = pdu;
    switch (body.type) {
      case 'Response':
        this.answered(pdu, body);
        return;
      case 'Get':
      case 'GetNext':
      case 'GetBulk':
        await this.see(pdu, (view) => answer(body, view));
        return;
      case 'TestSet':
        await this.see(pdu, (view) => this.sets.test(pdu.transaction, body.varBinds, view));
        return;
      case 'CommitSet':
        await this.replyLater(pdu, this.sets.commit(pdu.transaction));
        return;
      case 'UndoSet':
        await this.replyLater(pdu, this.sets.undo(pdu.transaction));
        return;
      case 'Close':
        if (this.channel) this.lost(this.channel, `the master ends the session (reason ${body.reason})`);
        return;
      case 'CleanupSet':
        this.sets.cleanUp(pdu.transaction);
        return;
      default:
        this.reply(pdu, response(AGENTX_ERROR.parseError));
    }
  }

  /** Replies what the MIBs, as they are now, make of a request. */
  private async see(pdu: AgentxPdu, answered: (view: MibView) => Response): Promise<void> {
    if (pdu.context) {
      this.reply(pdu, response(AGENTX_ERROR.unsupportedContext));
      return;
    }
    const view = this.around.view();
    await this.replyLater(
      pdu,
      view.then((seen) => (seen ? answered(seen) : response(AGENTX_ERROR.genErr, 1))),
    );
  }

  /** The session may be another one by then. */
  private async replyLater(pdu: AgentxPdu, later: Promise<Response>): Promise<void> {
    const { channel } = this;
    const body = await later;
    if (channel === this.channel) this.reply(pdu, body);
  }

  private reply(
    { session, transaction, packet }: Pick<AgentxPdu, 'session' | 'transaction' | 'packet'>,
    body: Response,
  ): void {
    this.channel?.send({ session, transaction, packet, body });
  }

  private send(body: RequestBody): number {
    this.packet = (this.packet + 1) & 0x7fff_ffff;
    this.channel?.send({ session: this.session, transaction: 0, packet: this.packet, body });
    return this.packet;
  }

  /** Asks the master; if it is silent for too long, or gone, nothing comes of it. */
  private ask(body: RequestBody): Promise<Response> {
    return new Promise((resolve) => {
      this.awaited.set(this.send(body), resolve);
      this.expectAnswer();
    });
  }

  private expectAnswer(): void {
    if (this.overdue !== undefined || this.awaited.size === 0) return;
    const { channel } = this;
    this.overdue = setTimeout(() => {
      if (channel && channel === this.channel) this.lost(channel, `no answer in ${this.timing.patience} ms`);
    }, this.timing.patience);
  }

  private answered({ packet, session }: AgentxPdu, body: Response): void {
    const resolve = this.awaited.get(packet);
    if (!resolve) return;
    this.awaited.delete(packet);
    // The answer to Open tells it.
    this.session = session;
    clearTimeout(this.overdue);
    this.overdue = undefined;
    this.expectAnswer();
    this.around.agentUpTime(body.sysUpTime);
    resolve(body);
  }

  /** Begins anew after a while. */
  private lost(channel: AgentxChannel, reason: string): void {
    if (channel !== this.channel) return;
    const { serving } = this;
    this.abandon();
    if (this.stopped) return;
    const place = placeText(this.place);
    if (serving) this.around.log.warning(`AgentX master disconnected us (${place}: ${reason}), reconnecting`);
    else if (!this.complained) {
      this.around.log.warning(`Failed to connect to the agentx master agent (${place}): ${reason}`);
    }
    this.complained = true;
    this.timer = setTimeout(() => this.open(), this.retry);
    this.retry = Math.min(this.retry * 2, this.timing.longestRetry);
  }

  private abandon(): void {
    clearTimeout(this.timer);
    clearTimeout(this.overdue);
    this.overdue = undefined;
    const { channel } = this;
    this.channel = undefined;
    this.serving = false;
    this.session = 0;
    this.awaited.clear();
    this.queue.unsettled();
    this.sets.clear();
    channel?.destroy();
  }
}
