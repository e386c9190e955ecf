import { type Prng } from '../base/prng.js';
import { err, ok, type Result } from '../base/result.js';
import { type Micros } from '../base/units.js';
import { decodeBfd, type BfdErrorCode, type BfdPacket } from '../wire/bfd.js';
import { type DecodeError } from '../wire/decode-error.js';
import { type BfdEffect } from './effect.js';
import { type BfdEvent, type PacketReceived } from './event.js';
import { DEADLINES, Session } from './session.js';
import { type BfdSettings, type SessionSettings } from './settings.js';
import { type BfdSnapshot } from './snapshot.js';
import { Drops } from './tally.js';

/** Reasons not to believe a packet that is well formed, in the order in which they are looked for. */
export type DropCode =
  | 'bfd-no-session'
  | 'bfd-wrong-port'
  | 'bfd-unexpected-authentication'
  | 'bfd-unknown-ttl'
  | 'bfd-ttl-too-low'
  | 'bfd-session-admin-down';

const LARGEST_DISCRIMINATOR = 0xffff_ffff;

/**
 * All BFD sessions of this host. Pure: what happened comes in by `step`, what is to be done goes out as effects.
 */
export class BfdSystem {
  private sessions = new Map<string, Session>();
  private readonly drops = new Drops();
  private effects: BfdEffect[] = [];

  /** @param prng for discriminators, which strangers should not guess (RFC 5880, 6.8.1), and for jitter. */
  constructor(
    private settings: BfdSettings,
    private readonly prng: Prng,
  ) {}

  /**
   * Takes one event and returns the orders that follow from it, to be carried out in this order and completely
   * before the next event.
   * @param now the monotonic clock; never earlier than at the step before.
   */
  step(event: BfdEvent, now: Micros): readonly BfdEffect[] {
    this.effects = [];
    switch (event.type) {
      case 'Started':
        for (const session of this.settings.sessions) this.begin(session);
        break;
      case 'PacketReceived':
        this.receive(event, now);
        break;
      case 'DeadlinePassed':
        this.pass(event.name, event.at, now);
        break;
      case 'SocketOpened':
        this.sessions.get(event.session)?.socketOpened(now);
        break;
      case 'SocketRefused':
        this.sessions.get(event.session)?.socketRefused(event.error, now);
        break;
      case 'SendFailed':
        this.sessions.get(event.session)?.sendFailed(event.error);
        break;
      case 'Reconfigured':
        this.reconfigure(event.settings, now);
        break;
      case 'StopRequested':
        for (const session of this.sessions.values()) session.close();
        this.sessions.clear();
        this.effects.push({ type: 'Stopped' });
        break;
    }
    return this.effects;
  }

  /** Everything as it is now, as plain data. */
  snapshot(): BfdSnapshot {
    return {
      sessions: [...this.sessions.values()].map((session) => session.snapshot()),
      dropped: this.drops.snapshot(),
    };
  }

  private begin(settings: SessionSettings): void {
    const session = new Session(settings, {
      freshDiscriminator: () => this.freshDiscriminator(),
      prng: this.prng,
      emit: (effect) => this.effects.push(effect),
    });
    this.sessions.set(settings.name, session);
    session.start();
  }

  /** Random, not 0, and nobody else's (RFC 5880, 6.8.1). */
  private freshDiscriminator(): number {
    for (;;) {
      const discriminator = this.prng.between(1, LARGEST_DISCRIMINATOR);
      if (!this.byDiscriminator(discriminator)) return discriminator;
    }
  }

  private byDiscriminator(discriminator: number): Session | undefined {
    for (const session of this.sessions.values()) if (session.discriminator === discriminator) return session;
    return undefined;
  }

  private receive(event: PacketReceived, now: Micros): void {
    const decoded = decodeBfd(event.payload);
    if (!decoded.ok) return this.drop(this.drops, event, decoded.error);
    const packet = decoded.value;
    const session = this.sessionOf(packet, event);
    if (!session) {
      const discriminator = packet.yourDiscriminator.toString(16).padStart(8, '0');
      const text = `session is not found - your discriminator field is 0x${discriminator}`;
      return this.drop(this.drops, event, { code: 'bfd-no-session', text });
    }
    const believed = judge(session, packet, event);
    if (believed.ok) session.receive(packet, event.receivedAt, now);
    else this.drop(session.tally.drops, event, believed.error);
  }

  /** By Your Discriminator alone if there is one, and by where it came from otherwise (RFC 5880, 6.3 and 6.8.6). */
  private sessionOf(packet: BfdPacket, event: PacketReceived): Session | undefined {
    if (packet.yourDiscriminator !== 0) return this.byDiscriminator(packet.yourDiscriminator);
    for (const session of this.sessions.values()) {
      const { neighbor, source, multihop } = session.settings;
      if (neighbor !== event.source || multihop !== event.multihop) continue;
      if (source === undefined || source === event.destination) return session;
    }
    return undefined;
  }

  /** A packet that is not believed changes nothing but a counter. */
  private drop(
    drops: Drops,
    { source }: PacketReceived,
    { code, text }: DecodeError<BfdErrorCode | DropCode>,
  ): void {
    drops.count(code);
    this.effects.push({
      type: 'Record',
      level: 'debug',
      code,
      text: `Discarding packet from ${source} (${text})`,
    });
  }

  private pass(name: string, at: Micros, now: Micros): void {
    const blank = name.indexOf(' ');
    const kind = DEADLINES.find((known) => known === name.slice(0, blank));
    if (kind) this.sessions.get(name.slice(blank + 1))?.pass(kind, at, now);
  }

  private reconfigure(settings: BfdSettings, now: Micros): void {
    const before = this.sessions;
    const kept = new Map(settings.sessions.map((session) => [session.name, session]));
    for (const [name, session] of before) {
      const next = kept.get(name);
      if (next && haveSameEnds(session.settings, next)) continue;
      session.close();
      before.delete(name);
    }
    for (const next of settings.sessions) {
      const session = before.get(next.name);
      if (!session) this.begin(next);
      else if (!isEqual(session.settings, next)) session.reconfigure(next, now);
    }
    this.sessions = new Map(
      settings.sessions.flatMap(({ name }) => {
        const session = this.sessions.get(name);
        return session ? [[name, session] as const] : [];
      }),
    );
    this.settings = settings;
  }
}

/** Whether a session may believe a packet that names it (RFC 5880, 6.8.6; RFC 5881, 5; RFC 5883, 4). */
function judge(
  session: Session,
  packet: BfdPacket,
  { multihop, ttl }: PacketReceived,
): Result<undefined, DecodeError<DropCode>> {
  const { settings } = session;
  if (multihop !== settings.multihop) {
    return err({
      code: 'bfd-wrong-port',
      text: `it came to the port of ${multihop ? 'multi' : 'single'}hop`,
    });
  }
  if (packet.authenticated) {
    const text = 'auth bit is set, but no authentication is in use';
    return err({ code: 'bfd-unexpected-authentication', text });
  }
  if (settings.lowestTtl > 0 && ttl === undefined) {
    return err({ code: 'bfd-unknown-ttl', text: 'ttl is not known' });
  }
  if (ttl !== undefined && ttl < settings.lowestTtl) {
    return err({ code: 'bfd-ttl-too-low', text: `ttl ${ttl} < ${settings.lowestTtl}` });
  }
  if (session.isAdminDown) {
    return err({ code: 'bfd-session-admin-down', text: 'session is in AdminDown state' });
  }
  return ok(undefined);
}

/** With another neighbour or another address of ours it is another session, whatever its name. */
const haveSameEnds = (a: SessionSettings, b: SessionSettings): boolean =>
  a.neighbor === b.neighbor && a.source === b.source && a.multihop === b.multihop;

const isEqual = (a: SessionSettings, b: SessionSettings): boolean =>
  haveSameEnds(a, b) &&
  a.requiredMinRx === b.requiredMinRx &&
  a.desiredMinTx === b.desiredMinTx &&
  a.idleMinTx === b.idleMinTx &&
  a.detectMult === b.detectMult &&
  a.passive === b.passive &&
  a.ttl === b.ttl &&
  a.lowestTtl === b.lowestTtl;
