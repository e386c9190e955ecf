import { randomInt } from 'node:crypto';
import { makePrng, type Prng } from '../base/prng.js';
import { type Micros } from '../base/units.js';
import { BfdSystem, type BfdEffect, type SessionSettings } from '../bfd/index.js';
import { now } from '../kernel/clock.js';
import { DeadlineTimer } from '../kernel/timer.js';
import { Recorder } from '../observe/index.js';
import { type BfdPacket } from '../wire/bfd.js';
import { BfdDriver, type BfdOutside } from './bfd-driver.js';
import { BfdSockets } from './bfd-sockets.js';
import { answerForBfd } from './control-answers.js';
import { type WorkerQuery } from './control-queries.js';
import { type WorkerKind, type WorkerShares } from './messages.js';
import { type Scheduling } from './scheduling.js';
import { StateAnnouncer } from './state-news.js';
import { type StartMessage, type Worker, type WorkerContext } from './worker-process.js';

type Share = WorkerShares['bfd'];
type EffectOf<Type extends BfdEffect['type']> = Extract<BfdEffect, { type: Type }>;

/** BFD on this host: the protocol, its sockets, and those who follow its sessions. */
export class BfdService implements Worker<Share>, BfdOutside {
  private share: Share;
  private readonly timer = new DeadlineTimer((late) => this.wake(late));
  private readonly sockets: BfdSockets;
  private readonly announcer = new StateAnnouncer('bfd', (follower, session) =>
    this.follows(follower, session),
  );
  private readonly recorder = new Recorder();
  private readonly driver: BfdDriver;

  /** @throws KernelError if the kernel gives us no timer. */
  constructor(
    { share }: StartMessage<Share>,
    private readonly context: WorkerContext,
    private readonly scheduling: Scheduling,
  ) {
    this.share = share;
    this.sockets = new BfdSockets(UNGUESSABLE, (packets) => {
      for (const packet of packets) this.driver.handle(packet);
    });
    this.driver = new BfdDriver(new BfdSystem(share.bfd, randomness()), this, this.recorder);
    this.driver.handle({ type: 'Started' });
    context.tell({ type: 'Ready' });
  }

  reconfigure(share: Share): void {
    this.share = share;
    this.scheduling.apply(share.global);
    this.driver.handle({ type: 'Reconfigured', settings: share.bfd });
    this.announcer.keepOnly(new Set(share.bfd.sessions.map(({ name }) => name)));
    this.context.tell({ type: 'Ready' });
  }

  answer(query: WorkerQuery): unknown {
    const { recorder, scheduling } = this;
    return answerForBfd(query, () => this.driver.snapshot(), { recorder, stalls: scheduling.stalls });
  }

  stop(): void {
    this.driver.handle({ type: 'StopRequested' });
  }

  // What the driver asks of the outside.

  readonly now = now;

  arm(at: Parameters<BfdOutside['arm']>[0]): void {
    this.timer.arm(at);
  }

  waitingPackets(): ReturnType<BfdOutside['waitingPackets']> {
    return this.sockets.drain();
  }

  openSocket(session: SessionSettings): string | undefined {
    return this.sockets.open(session);
  }

  closeSocket(session: string): void {
    this.sockets.close(session);
  }

  send(session: string, packet: BfdPacket): string | undefined {
    return this.sockets.send(session, packet);
  }

  sessionChanged({ session, up }: EffectOf<'SessionChanged'>): void {
    this.announcer.tell(session, up);
  }

  record({ level, text }: EffectOf<'Record'>): void {
    if (level === 'debug') this.context.log.detail(text);
    else this.context.log.say(level, text);
  }

  stopped(): void {
    this.announcer.close();
    this.timer.close();
    this.context.log.info('Stopped');
    this.context.exit(0);
  }

  private wake(late: Micros): void {
    this.scheduling.wokeLate(late);
    this.driver.wake();
  }

  /** `vrrp` and `checker` of a bfd_instance. */
  private follows(follower: WorkerKind, session: string): boolean {
    const details = this.share.details[session];
    return (follower === 'vrrp' ? details?.vrrp : details?.checker) ?? false;
  }
}

const TWO_TO_32 = 2 ** 32;

/** Strangers should guess neither discriminators nor ports (RFC 5880, 6.8.1; RFC 6056). */
const UNGUESSABLE: Prng = {
  next: () => randomInt(TWO_TO_32) / TWO_TO_32,
  between: (low, high) => randomInt(low, high + 1),
};

/** Jitter is drawn a hundred times a second and need not be a secret; discriminators are the other way round. */
function randomness(): Prng {
  const cheap = makePrng(randomInt(TWO_TO_32));
  return { next: () => cheap.next(), between: (low, high) => UNGUESSABLE.between(low, high) };
}
