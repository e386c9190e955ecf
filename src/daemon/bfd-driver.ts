import { DeadlineQueue } from '../base/deadline-queue.js';
import { type Micros } from '../base/units.js';
import {
  type BfdEffect,
  type BfdEvent,
  type BfdSnapshot,
  type BfdSystem,
  type PacketReceived,
  type SessionSettings,
} from '../bfd/index.js';
import { type Recorder } from '../observe/index.js';
import { type BfdPacket } from '../wire/bfd.js';

type EffectOf<Type extends BfdEffect['type']> = Extract<BfdEffect, { type: Type }>;

/** Everything outside the protocol that its effects reach. */
export interface BfdOutside {
  /** The monotonic clock. */
  now(): Micros;
  /** Wake me at `at`; undefined for not at all. */
  arm(at: Micros | undefined): void;
  /** What has arrived and was not handed over yet. */
  waitingPackets(): readonly PacketReceived[];
  /** What the kernel refused, if it did. */
  openSocket(session: SessionSettings): string | undefined;
  closeSocket(session: string): void;
  /** What the kernel refused, if it did. */
  send(session: string, packet: BfdPacket): string | undefined;
  sessionChanged(effect: EffectOf<'SessionChanged'>): void;
  record(effect: EffectOf<'Record'>): void;
  /** StopRequested has been carried out. */
  stopped(): void;
}

/** The deadline that says that a neighbour is silent. */
const DETECTION = 'detect ';

/** Carries the protocol's orders out: one event at a time, all effects of one before the next. */
export class BfdDriver {
  private readonly deadlines = new DeadlineQueue();
  private readonly events: BfdEvent[] = [];
  private busy = false;

  constructor(
    private readonly system: BfdSystem,
    private readonly outside: BfdOutside,
    private readonly recorder?: Recorder,
  ) {}

  /** Takes an event, and returns when everything that follows from it has been done. */
  handle(event: BfdEvent): void {
    this.events.push(event);
    if (this.busy) return;
    this.busy = true;
    for (let next = this.events.shift(); next; next = this.events.shift()) {
      const now = this.outside.now();
      const effects = this.system.step(next, now);
      for (const effect of effects) this.carryOut(effect);
      this.recorder?.step(next, effects, now);
    }
    this.busy = false;
    this.outside.arm(this.deadlines.next());
  }

  /** The timer has fired: everything that is due is taken, earliest first. */
  wake(): void {
    for (;;) {
      const due = this.deadlines.takeDue(this.outside.now());
      if (!due) break;
      // Silence is believed only when nothing waits to be heard. What is heard moves the deadline, which then means
      // nothing any more.
      if (due.name.startsWith(DETECTION)) {
        for (const packet of this.outside.waitingPackets()) this.handle(packet);
      }
      this.handle({ type: 'DeadlinePassed', name: due.name, at: due.at });
    }
    this.outside.arm(this.deadlines.next());
  }

  snapshot(): BfdSnapshot {
    return this.system.snapshot();
  }

  private carryOut(effect: BfdEffect): void {
    switch (effect.type) {
      case 'OpenSocket':
        this.openSocket(effect.session);
        break;
      case 'CloseSocket':
        this.outside.closeSocket(effect.session);
        break;
      case 'SendPacket':
        this.send(effect);
        break;
      case 'SetDeadline':
        this.deadlines.set(effect.name, effect.at);
        break;
      case 'ClearDeadline':
        this.deadlines.clear(effect.name);
        break;
      case 'SessionChanged':
        this.outside.sessionChanged(effect);
        break;
      case 'Record':
        this.outside.record(effect);
        break;
      case 'Stopped':
        this.outside.stopped();
        break;
    }
  }

  private openSocket(settings: SessionSettings): void {
    const error = this.outside.openSocket(settings);
    const session = settings.name;
    this.events.push(
      error === undefined ? { type: 'SocketOpened', session } : { type: 'SocketRefused', session, error },
    );
  }

  private send({ session, packet }: EffectOf<'SendPacket'>): void {
    const error = this.outside.send(session, packet);
    if (error !== undefined) this.events.push({ type: 'SendFailed', session, error });
  }
}
