import { familyOf, type IpAddress } from '../../base/address.js';
import { type Micros } from '../../base/units.js';
import { type SessionSettings } from '../../bfd/index.js';
import { BFD_TTL } from '../../wire/bfd.js';
import { type BfdDetails } from '../model-bfd.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** Longest interval that makes sense, in microseconds. */
const SENSIBLE = 10_000_000;
const MILLISECOND = 1000;
/** What keepalived sends IPv6 with unless told. */
const KEEPALIVED_HOP_LIMIT = 64;
/** max_hops. */
const NO_CHECK = -1;

/** All bfd_instance blocks. */
export class BfdReader {
  readonly sessions: SessionSettings[] = [];
  readonly details = new Map<string, BfdDetails>();
  private readonly names = new Map<string, Reading>();

  constructor(private readonly context: PassContext) {}

  /** Takes a block; others are left alone. */
  read(block: Reading): void {
    if (block.keyword.path !== 'bfd_instance') return;
    const name = block.values[0] as string;
    const { statement } = block;
    const earlier = this.names.get(name);
    if (earlier) {
      const notes = [{ text: 'first given here', span: earlier.statement.span }];
      this.context.error(
        'already-given',
        `bfd_instance '${name}' is already given; this one is ignored`,
        statement.span,
        { notes },
      );
      return;
    }
    this.names.set(name, block);
    const section = readSection(this.context, 'bfd_instance', statement.body ?? [], statement);
    const completed = this.complete(name, section);
    if (!completed) return;
    this.sessions.push(completed.session);
    this.details.set(name, completed.details);
  }

  private complete(
    name: string,
    section: Section,
  ): { readonly session: SessionSettings; readonly details: BfdDetails } | undefined {
    const neighbor = section.text('neighbor_ip') as IpAddress | undefined;
    const source = section.text('source_ip') as IpAddress | undefined;
    const multihop = section.flag('multihop') ?? false;
    const leaveOut = (code: string, why: string): ReturnType<BfdReader['complete']> => {
      this.context.error(code, `bfd_instance '${name}' ${why}; it is left out`, section.span);
      return undefined;
    };
    if (neighbor === undefined) return leaveOut('neighbor-missing', 'has no neighbor_ip');
    if (source !== undefined && familyOf(source) !== familyOf(neighbor))
      return leaveOut('wrong-family', 'has ends of different families');
    if (this.sessions.some((other) => haveSameEnds(other, { neighbor, source, multihop })))
      return leaveOut('already-given', 'has the ends of another session');
    const { lowestTtl, ttl, ...hops } = this.hops(section, neighbor);
    return {
      session: {
        name,
        neighbor,
        ...(source !== undefined && { source }),
        requiredMinRx: this.interval(section, 'min_rx', 10),
        desiredMinTx: this.interval(section, 'min_tx', 10),
        idleMinTx: this.interval(section, 'idle_tx', 1000),
        detectMult: section.number('multiplier') ?? 5,
        passive: section.has('passive'),
        multihop,
        ttl: ttl ?? BFD_TTL,
        lowestTtl,
      },
      details: { ...(ttl !== undefined && { ttl }), ...hops, ...followers(section) },
    };
  }

  private interval(section: Section, name: string, fallbackMs: number): Micros {
    const value = section.number(name) ?? fallbackMs * MILLISECOND;
    if (value > SENSIBLE)
      this.context.note(
        'long-interval',
        `${name} of more than 10 s is hardly sensible`,
        section.spanOf(name),
      );
    return value as Micros;
  }

  private hops(section: Section, neighbor: IpAddress): Hops {
    const ttl = section.number('ttl');
    // RFC 5881, 5 wants 255 of everybody, but keepalived sends IPv6 with 64.
    const expected = ttl ?? (familyOf(neighbor) === 'inet' ? BFD_TTL : KEEPALIVED_HOP_LIMIT);
    const written = section.number('max_hops') ?? 0;
    if (written > expected) {
      const text = `max_hops ${written} is more than ttl ${expected}; using that`;
      this.context.warning('out-of-range', text, section.spanOf('max_hops'));
    }
    const maxHops = Math.min(written, expected);
    return {
      ...(ttl !== undefined && { ttl }),
      maxHops,
      lowestTtl: maxHops === NO_CHECK ? 0 : expected - maxHops,
    };
  }
}

/** What a neighbour's packets are expected to have left of their TTL, and what ours begin with. */
interface Hops {
  readonly ttl?: number;
  readonly maxHops: number;
  readonly lowestTtl: number;
}

/** Who is told of the session, and how instances weigh it. */
function followers(section: Section): Pick<BfdDetails, 'weight' | 'reverse' | 'vrrp' | 'checker'> {
  const [weight = 0, direction] = section.get('weight')?.values ?? [];
  const both = !section.has('vrrp') && !section.has('checker');
  return {
    weight: weight as number,
    reverse: direction === 'reverse',
    vrrp: both || section.has('vrrp'),
    checker: both || section.has('checker'),
  };
}

/** A first packet names no discriminator: it must be told by its addresses whose it is. */
const haveSameEnds = (
  a: SessionSettings,
  b: { neighbor: IpAddress; source: IpAddress | undefined; multihop: boolean },
): boolean =>
  a.neighbor === b.neighbor &&
  a.multihop === b.multihop &&
  (a.source === undefined || b.source === undefined || a.source === b.source);
