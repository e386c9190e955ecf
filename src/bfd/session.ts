import { type Prng } from '../base/prng.js';
import { micros, minus, plus, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { BFD_DIAG, bfdDiagText, type BfdPacket, type BfdState } from '../wire/bfd.js';
import { type BfdEffect } from './effect.js';
import { type SessionSettings } from './settings.js';
import { type SessionSnapshot } from './snapshot.js';
import { SessionTally } from './tally.js';
import { desiredMinTx, jittered, requiredMinRx } from './timing.js';
import { stateAfter, stepsOf, type Step } from './transitions.js';

/** What a session needs beside its settings. */
export interface SessionSurroundings {
  /** A discriminator that no session has (RFC 5880, 6.8.1). */
  readonly freshDiscriminator: () => number;
  /** For the jitter. */
  readonly prng: Prng;
  readonly emit: (effect: BfdEffect) => void;
}

/** The deadlines of a session; the name of the session follows. */
export const DEADLINES = ['transmit', 'detect', 'reopen'] as const;
type DeadlineKind = (typeof DEADLINES)[number];

/** How often a session tries to open the socket that it was refused. */
const REOPEN_INTERVAL: Micros = micros(MICROS_PER_SECOND);

/** One session (RFC 5880, 6.8): its variables, its timers, and what packets do to them. Knows nothing of addresses. */
export class Session {
  settings: SessionSettings;
  readonly tally = new SessionTally();
  /** bfd.LocalDiscr */
  discriminator: number;
  private state: BfdState = 'AdminDown';
  private diag: number = BFD_DIAG.none;
  private remoteState: BfdState = 'Down';
  private remoteDiag: number = BFD_DIAG.none;
  private remoteDiscriminator = 0;
  /** bfd.RemoteMinRxInterval begins with 1 (6.8.1). */
  private remoteMinRx: Micros = micros(1);
  private remoteMinTx: Micros = micros(0);
  private remoteDemand = false;
  private remoteDetectMult = 0;
  private readonly minTx: ReturnType<typeof desiredMinTx>;
  private readonly minRx: ReturnType<typeof requiredMinRx>;
  /** A Poll Sequence is under way (6.5), and whether another must follow because more has changed since. */
  private polling = false;
  private pollAgain = false;
  private toldUp = false;
  private lastSentAt: Micros | undefined;
  private lastHeardAt: Micros | undefined;
  private detectionTime: Micros = micros(0);
  private readonly deadlines = new Map<DeadlineKind, Micros>();
  /** What they are called, put together once: each packet moves one. */
  private readonly names: Readonly<Record<DeadlineKind, string>>;
  /** Whether the latest packet could not be sent, and the one before it: a line is written for the first in a row. */
  private failedLast = false;
  private failedBefore = false;
  private refusalSaid = false;

  constructor(
    settings: SessionSettings,
    private readonly around: SessionSurroundings,
  ) {
    this.settings = settings;
    const { name } = settings;
    this.names = { transmit: `transmit ${name}`, detect: `detect ${name}`, reopen: `reopen ${name}` };
    this.discriminator = around.freshDiscriminator();
    this.minTx = desiredMinTx(settings.idleMinTx);
    this.minRx = requiredMinRx(settings.requiredMinRx);
  }

  /** Opens its socket; the session itself begins when it has one. */
  start(): void {
    this.tell();
    this.openSocket();
  }

  socketOpened(now: Micros): void {
    this.refusalSaid = false;
    this.clear('reopen');
    if (this.state !== 'AdminDown') return;
    this.become('Down', BFD_DIAG.none, now);
    if (this.mayTransmit()) this.transmit(now);
    this.rest(now);
  }

  /** The source is not an address of ours, for example, and may be one later. */
  socketRefused(error: string, now: Micros): void {
    if (!this.refusalSaid) {
      this.say('error', 'socket-refused', `(${this.settings.name}) ${error}`);
      const text = `(${this.settings.name}) Unable to open output socket, disabling instance`;
      this.say('error', 'session-disabled', text);
    }
    this.refusalSaid = true;
    if (this.state !== 'AdminDown') this.become('AdminDown', BFD_DIAG.adminDown, now);
    this.set('reopen', plus(now, REOPEN_INTERVAL));
  }

  sendFailed(error: string): void {
    this.tally.sendErrors += 1;
    if (!this.failedBefore) {
      this.say('error', 'send-failed', `(${this.settings.name}) Error sending packet: ${error}`);
    }
    this.failedLast = true;
  }

  get isAdminDown(): boolean {
    return this.state === 'AdminDown';
  }

  /** A packet that is the session's to believe (6.8.6, from "Set bfd.RemoteDiscr" on). */
  receive(packet: BfdPacket, receivedAt: Micros, now: Micros): void {
    this.tally.packetsReceived += 1;
    this.remoteDiscriminator = packet.myDiscriminator;
    this.remoteState = packet.state;
    this.remoteDiag = packet.diag;
    this.remoteDemand = packet.demand;
    this.remoteMinRx = packet.requiredMinRx;
    this.remoteMinTx = packet.desiredMinTx;
    this.remoteDetectMult = packet.detectMult;
    this.lastHeardAt = receivedAt;
    if (packet.final) this.endPoll();
    const next = stateAfter(this.state, packet.state);
    const changes = next !== this.state;
    // A reply to Poll is due whatever else there is; the news of another state travels in it.
    if (changes) this.become(next, next === 'Down' ? BFD_DIAG.neighborDown : BFD_DIAG.none, now, packet.poll);
    if (packet.poll) this.send(true);
    this.rest(now);
  }

  /** @returns false if the deadline does not stand at `at` any more. */
  pass(kind: DeadlineKind, at: Micros, now: Micros): boolean {
    if (this.deadlines.get(kind) !== at) return false;
    this.deadlines.delete(kind);
    if (kind === 'reopen') this.openSocket();
    else if (kind === 'detect') this.expire(now);
    else this.transmit(now);
    if (kind !== 'reopen') this.rest(now);
    return true;
  }

  /** A reload changed something, but neither end. */
  reconfigure(settings: SessionSettings, now: Micros): void {
    const before = this.settings;
    this.settings = settings;
    if (settings.ttl !== before.ttl) this.openSocket();
    const up = this.state === 'Up';
    const changed = [
      this.minTx.change(up ? settings.desiredMinTx : settings.idleMinTx, up),
      this.minRx.change(settings.requiredMinRx, up),
    ];
    if (up && changed.includes(true)) this.startPoll();
    if (this.state !== 'AdminDown') this.rest(now);
  }

  /** Ends without a word: a neighbour that were told AdminDown would not take it for a failure (RFC 5882, 4.2). */
  close(): void {
    for (const kind of DEADLINES) this.clear(kind);
    this.around.emit({ type: 'CloseSocket', session: this.settings.name });
  }

  snapshot(): SessionSnapshot {
    return {
      name: this.settings.name,
      state: this.state,
      remoteState: this.remoteState,
      localDiscriminator: this.discriminator,
      remoteDiscriminator: this.remoteDiscriminator,
      localDiag: this.diag,
      remoteDiag: this.remoteDiag,
      remoteMinRx: this.remoteMinRx,
      remoteMinTx: this.remoteMinTx,
      remoteDemand: this.remoteDemand,
      remoteDetectMult: this.remoteDetectMult,
      polling: this.polling,
      transmitInterval: this.transmitInterval,
      detectionTime: this.detectionTime,
      ...(this.lastHeardAt !== undefined && { lastHeardAt: this.lastHeardAt }),
      toldUp: this.toldUp,
      counters: this.tally.snapshot(),
    };
  }

  // Transitions.

  /** @param answering a reply to Poll follows anyway. */
  private become(to: BfdState, diag: number, now: Micros, answering = false): void {
    const steps = stepsOf(this.state, to);
    for (const step of steps) {
      if (step === 'enter') this.enter(to, diag);
      else if (step !== 'transmit') this.take(step);
      else if (!answering && this.mayTransmit()) this.transmit(now);
    }
  }

  private enter(to: BfdState, diag: number): void {
    const { name } = this.settings;
    const wasUp = this.state === 'Up';
    this.state = to;
    this.diag = diag;
    if (to === 'Up') {
      this.tally.timesUp += 1;
      this.say('info', 'session-up', `(${name}) Entering Up state`);
    } else if (to === 'AdminDown') {
      this.say('warning', 'session-admin-down', `(${name}) Entering AdminDown state`);
    } else if (to === 'Down' && wasUp) {
      const why = `Local diagnostic - ${bfdDiagText(diag)}, Remote diagnostic - ${bfdDiagText(this.remoteDiag)}`;
      this.say('warning', 'session-down', `(${name}) Entering Down state (${why})`);
    }
    if (wasUp) this.tally.timesDown += 1;
  }

  private take(step: Exclude<Step, 'enter' | 'transmit'>): void {
    switch (step) {
      case 'renew-discriminator':
        this.discriminator = this.around.freshDiscriminator();
        break;
      case 'speed-up':
        if (this.minTx.change(this.settings.desiredMinTx, true)) this.startPoll();
        break;
      case 'slow-down':
        this.polling = this.pollAgain = false;
        this.minTx.change(this.settings.idleMinTx, false);
        this.minRx.settle();
        break;
      case 'tell':
        this.tell();
        break;
      case 'fall-silent':
        for (const kind of DEADLINES) this.clear(kind);
        break;
    }
  }

  /**
   * Followers hear that the session is up, or not. That the neighbour went AdminDown is no failure of the path, and
   * changes nothing for them (RFC 5882, 4.2; keepalived keeps it to itself likewise).
   */
  private tell(): void {
    const up = this.state === 'Up';
    if (this.toldUp && this.state === 'Down' && this.remoteState === 'AdminDown') return;
    this.toldUp = up;
    this.around.emit({ type: 'SessionChanged', session: this.settings.name, up });
  }

  // Timers.

  /** A Detection Time has passed in silence (6.8.4); where nothing is lost by it, the neighbour is forgotten (6.8.1). */
  private expire(now: Micros): void {
    const { name } = this.settings;
    this.remoteDiscriminator = 0;
    this.remoteDemand = false;
    if (this.state === 'Up') {
      const silence = minus(now, this.lastHeardAt ?? now);
      const overdue = minus(silence, this.detectionTime);
      const ms = Math.floor(silence / 1000);
      this.say('warning', 'session-expired', `(${name}) Expired after ${ms} ms (${overdue} usec overdue)`);
    }
    if (this.state === 'Up' || this.state === 'Init') this.become('Down', BFD_DIAG.expired, now);
  }

  private get transmitInterval(): Micros {
    return micros(Math.max(this.minTx.used, this.remoteMinRx));
  }

  /** 6.8.7: in which cases there are no periodic packets. */
  private mayTransmit(): boolean {
    if (this.state === 'AdminDown' || this.remoteMinRx === 0) return false;
    if (this.settings.passive && this.remoteDiscriminator === 0) return false;
    const bothUp = this.state === 'Up' && this.remoteState === 'Up';
    return !(this.remoteDemand && bothUp && !this.polling);
  }

  /** Leaves the timers as the variables want them after an event. */
  private rest(now: Micros): void {
    this.rearmDetection();
    if (!this.mayTransmit()) return this.clear('transmit');
    const from = this.lastSentAt ?? now;
    const armed = this.deadlines.get('transmit');
    // A longer interval begins with the next packet; a shorter one is honoured at once (6.8.3).
    if (armed !== undefined && armed <= plus(from, this.transmitInterval)) return;
    const interval = jittered(this.transmitInterval, this.settings.detectMult, this.around.prng);
    this.set('transmit', micros(Math.max(now, plus(from, interval))));
  }

  /** 6.8.4: by the neighbour's multiplier and the slower of what it sends and what we can take. */
  private rearmDetection(): void {
    if (this.lastHeardAt === undefined || this.remoteDiscriminator === 0) return this.clear('detect');
    const time = micros(this.remoteDetectMult * Math.max(this.minRx.used, this.remoteMinTx));
    if (time !== this.detectionTime) {
      const indent = ' '.repeat(this.settings.name.length + 2);
      const text = `${indent} Detection time is ${time} us (was ${this.detectionTime} us)`;
      this.say('info', 'detection-time', text);
      this.detectionTime = time;
    }
    this.set('detect', plus(this.lastHeardAt, time));
  }

  // Packets.

  private startPoll(): void {
    if (this.polling) this.pollAgain = true;
    else this.say('debug', 'poll', `(${this.settings.name}) Starting poll sequence`);
    this.polling = true;
  }

  private endPoll(): void {
    if (!this.polling) return;
    this.polling = this.pollAgain;
    this.pollAgain = false;
    if (this.polling) return;
    this.minTx.settle();
    this.minRx.settle();
  }

  private transmit(now: Micros): void {
    this.lastSentAt = now;
    this.clear('transmit');
    this.send(false);
  }

  private send(final: boolean): void {
    this.tally.packetsSent += 1;
    this.failedBefore = this.failedLast;
    this.failedLast = false;
    const packet: BfdPacket = {
      diag: this.diag,
      state: this.state,
      poll: this.polling && !final,
      final,
      controlPlaneIndependent: false,
      authenticated: false,
      demand: false,
      detectMult: this.settings.detectMult,
      myDiscriminator: this.discriminator,
      yourDiscriminator: this.remoteDiscriminator,
      desiredMinTx: this.minTx.value,
      requiredMinRx: this.minRx.value,
      requiredMinEchoRx: micros(0),
    };
    this.around.emit({ type: 'SendPacket', session: this.settings.name, packet });
  }

  private openSocket(): void {
    this.around.emit({ type: 'OpenSocket', session: this.settings });
  }

  private set(kind: DeadlineKind, at: Micros): void {
    if (this.deadlines.get(kind) === at) return;
    this.deadlines.set(kind, at);
    this.around.emit({ type: 'SetDeadline', name: this.names[kind], at });
  }

  private clear(kind: DeadlineKind): void {
    if (!this.deadlines.delete(kind)) return;
    this.around.emit({ type: 'ClearDeadline', name: this.names[kind] });
  }

  private say(level: 'debug' | 'info' | 'warning' | 'error', code: string, text: string): void {
    this.around.emit({ type: 'Record', level, code, session: this.settings.name, text });
  }
}
