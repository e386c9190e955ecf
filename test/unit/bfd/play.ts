// One BfdSystem, its clock and what it was ordered: the tests' stage.
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { makePrng, type Prng } from '#base/prng.js';
import { micros, type Micros } from '#base/units.js';
import {
  BfdSystem,
  type BfdEffect,
  type BfdEvent,
  type PacketReceived,
  type SessionSettings,
  type SessionSnapshot,
} from '#bfd/index.js';
import { encodeBfd, type BfdPacket } from '#wire/bfd.js';

export const ip = (text: string): IpAddress => {
  const address = parseIpAddress(text);
  if (!address) throw new Error(text);
  return address;
};

export const ms = (value: number): Micros => micros(value * 1000);

/** As keepalived's defaults have it. */
export const r1: SessionSettings = {
  name: 'r1',
  neighbor: ip('192.0.2.2'),
  requiredMinRx: ms(10),
  desiredMinTx: ms(10),
  idleMinTx: ms(1000),
  detectMult: 5,
  passive: false,
  multihop: false,
  ttl: 255,
  lowestTtl: 255,
};

/** What the neighbour says unless told otherwise: the same, once it is up. */
const theirs: Omit<BfdPacket, 'yourDiscriminator'> = {
  diag: 0,
  state: 'Down',
  poll: false,
  final: false,
  controlPlaneIndependent: false,
  authenticated: false,
  demand: false,
  detectMult: 5,
  myDiscriminator: 77,
  desiredMinTx: ms(1000),
  requiredMinRx: ms(10),
  requiredMinEchoRx: micros(0),
};

export type Sent = BfdPacket & { readonly at: number };

/** Runs a system as the driver does: sockets open at once, deadlines pass when they are due. */
export class Play {
  readonly system: BfdSystem;
  readonly deadlines = new Map<string, Micros>();
  readonly effects: BfdEffect[] = [];
  readonly sent: Sent[] = [];
  readonly told: boolean[] = [];
  readonly lines: string[] = [];
  refusesSockets = false;
  now: Micros = micros(1_000_000);

  constructor(
    readonly sessions: readonly SessionSettings[] = [r1],
    prng: Prng = makePrng(1),
  ) {
    this.system = new BfdSystem({ sessions }, prng);
  }

  start(): this {
    return this.step({ type: 'Started' });
  }

  /** As the driver: all effects of an event are carried out before what came of them is heard. */
  step(event: BfdEvent): this {
    const events = [event];
    for (let next = events.shift(); next; next = events.shift()) {
      for (const effect of this.system.step(next, this.now)) events.push(...this.carryOut(effect));
    }
    return this;
  }

  /** The neighbour says this, naming us rightly unless told otherwise. */
  hear(packet: Partial<BfdPacket> = {}, around: Partial<PacketReceived> = {}): this {
    const session = this.session();
    const knows = packet.state === 'Init' || packet.state === 'Up';
    const whole = { ...theirs, yourDiscriminator: knows ? session.localDiscriminator : 0, ...packet };
    return this.hearBytes(encodeBfd(whole), around);
  }

  hearBytes(payload: Uint8Array, around: Partial<PacketReceived> = {}): this {
    return this.step({
      type: 'PacketReceived',
      source: ip('192.0.2.2'),
      destination: ip('192.0.2.1'),
      multihop: false,
      ttl: 255,
      payload,
      receivedAt: this.now,
      ...around,
    });
  }

  /** Both ends are Up, and the neighbour knows our interval. */
  up(): this {
    this.hear({ state: 'Init' });
    return this.hear({ state: 'Up', final: true, desiredMinTx: ms(10) });
  }

  /** Lets time pass, with all deadlines that fall due. */
  wait(duration: Micros): this {
    const end = micros(this.now + duration);
    for (;;) {
      const due = [...this.deadlines].filter(([, at]) => at <= end).sort(([, a], [, b]) => a - b)[0];
      if (!due) break;
      const [name, at] = due;
      this.deadlines.delete(name);
      this.now = micros(Math.max(this.now, at));
      this.step({ type: 'DeadlinePassed', name, at });
    }
    this.now = end;
    return this;
  }

  session(name = this.sessions[0]!.name): SessionSnapshot {
    const found = this.system.snapshot().sessions.find((session) => session.name === name);
    if (!found) throw new Error(`no session ${name}`);
    return found;
  }

  /** What was sent since the last call. */
  takeSent(): Sent[] {
    return this.sent.splice(0);
  }

  /** When the deadline of that kind is due, counted from now; undefined if it is not set. */
  due(kind: string, name = 'r1'): number | undefined {
    const at = this.deadlines.get(`${kind} ${name}`);
    return at === undefined ? undefined : at - this.now;
  }

  /** Why packets were dropped, of no session and of the first. */
  drops(): Readonly<Record<string, number>> {
    return { ...this.system.snapshot().dropped, ...this.session().counters.dropped };
  }

  /** @returns what comes of it. */
  private carryOut(effect: BfdEffect): readonly BfdEvent[] {
    this.effects.push(effect);
    if (effect.type === 'SetDeadline') this.deadlines.set(effect.name, effect.at);
    else if (effect.type === 'ClearDeadline') this.deadlines.delete(effect.name);
    else if (effect.type === 'SendPacket') this.sent.push({ ...effect.packet, at: this.now });
    else if (effect.type === 'SessionChanged') this.told.push(effect.up);
    else if (effect.type === 'Record') this.lines.push(effect.text);
    else if (effect.type === 'OpenSocket') {
      const session = effect.session.name;
      return this.refusesSockets
        ? [{ type: 'SocketRefused', session, error: 'bind: EADDRNOTAVAIL' }]
        : [{ type: 'SocketOpened', session }];
    }
    return [];
  }
}
