import { familyOf, type IpAddress } from '../../base/address.js';
import { type Micros } from '../../base/units.js';
import { type BfdSettings } from '../model-bfd.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** Longest interval that makes sense, in microseconds. */
const SENSIBLE = 10_000_000;
const MILLISECOND = 1000;

/** All bfd_instance blocks. */
export class BfdReader {
  readonly sessions = new Map<string, BfdSettings>();
  private readonly names = new Map<string, Reading>();
  private readonly ends = new Set<string>();

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
    const session = this.complete(name, section);
    if (session) this.sessions.set(name, session);
  }

  private complete(name: string, section: Section): BfdSettings | undefined {
    const neighbor = section.text('neighbor_ip') as IpAddress | undefined;
    const source = section.text('source_ip') as IpAddress | undefined;
    const multihop = section.flag('multihop') ?? false;
    const leaveOut = (code: string, why: string): BfdSettings | undefined => {
      this.context.error(code, `bfd_instance '${name}' ${why}; it is left out`, section.span);
      return undefined;
    };
    if (neighbor === undefined) return leaveOut('neighbor-missing', 'has no neighbor_ip');
    if (source !== undefined && familyOf(source) !== familyOf(neighbor))
      return leaveOut('wrong-family', 'has ends of different families');
    const ends = `${neighbor} ${source ?? ''} ${String(multihop)}`;
    if (this.ends.has(ends)) return leaveOut('already-given', 'has the ends of another session');
    this.ends.add(ends);
    const [weight = 0, direction] = section.get('weight')?.values ?? [];
    const both = !section.has('vrrp') && !section.has('checker');
    return {
      neighbor,
      ...(source !== undefined && { source }),
      minRx: this.interval(section, 'min_rx', 10),
      minTx: this.interval(section, 'min_tx', 10),
      idleTx: this.interval(section, 'idle_tx', 1000),
      multiplier: section.number('multiplier') ?? 5,
      passive: section.has('passive'),
      ...this.hops(section, neighbor),
      multihop,
      weight: weight as number,
      reverse: direction === 'reverse',
      vrrp: both || section.has('vrrp'),
      checker: both || section.has('checker'),
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

  private hops(section: Section, neighbor: IpAddress): { ttl: number; maxHops: number } {
    const ttl = section.number('ttl') ?? (familyOf(neighbor) === 'inet' ? 255 : 64);
    const maxHops = section.number('max_hops') ?? 0;
    if (maxHops <= ttl) return { ttl, maxHops };
    this.context.warning(
      'out-of-range',
      `max_hops ${maxHops} is more than ttl ${ttl}; using that`,
      section.spanOf('max_hops'),
    );
    return { ttl, maxHops: ttl };
  }
}
