import { compareAddresses, familyOf, type IpAddress } from '../../base/address.js';
import { type IpvsProtocol } from '../../lvs/index.js';
import { type IpvsMarkSettings, type MarkedGroup, type MarkedRange } from '../../net/index.js';
import { type FirewallSettings } from '../model-daemon.js';
import { type AddressRange } from '../model-lvs.js';
import { type CompletedPool } from './complete-pool.js';
import { type PassContext } from './context.js';

/** Gives groups that have addresses only a firewall mark each, if nftables_ipvs is wanted. */
export class GroupMarks {
  private readonly groups = new Map<string, MarkedGroup>();
  private readonly taken = new TakenRanges();

  constructor(
    private readonly context: PassContext,
    private readonly settings: FirewallSettings,
  ) {}

  /** The mark of the pool's group; undefined if it is served by its addresses. */
  markOf({ draft, group, protocol = 'UDP' }: CompletedPool): number | undefined {
    if (this.settings.ipvsTable === undefined || !group || group.marks.length > 0) return undefined;
    const key = `${protocol} ${group.name}`;
    const known = this.groups.get(key);
    if (known) return known.mark;
    const mark = this.settings.ipvsStartMark + this.groups.size;
    const ranges = group.ranges.flatMap((range) => {
      const free = this.taken.take(protocol, range);
      if (!free)
        this.context.warning(
          'overlapping-range',
          `${nameOf(range)} is, at least in part, another group's too, which gets its packets`,
          draft.at.span,
        );
      return free ? [markedRange(range)] : [];
    });
    this.groups.set(key, { group: group.name, protocol, mark, ranges });
    return mark;
  }

  /** Undefined if nothing is to be marked. */
  finish(): IpvsMarkSettings | undefined {
    const { ipvsTable: name, ipvsPriority: priority, nftablesCounters: counters } = this.settings;
    if (name === undefined || this.groups.size === 0) return undefined;
    return { table: { name, priority, counters }, groups: [...this.groups.values()] };
  }
}

const nameOf = ({ first, last, port }: AddressRange): string =>
  `${first === last ? first : `${first}-${last}`}${port === 0 ? '' : ` port ${port}`}`;

const markedRange = ({ first, last, port }: AddressRange): MarkedRange => ({
  family: familyOf(first),
  first,
  last,
  port,
});

interface Span {
  readonly first: IpAddress;
  readonly last: IpAddress;
}

/** nf_tables refuses sets whose elements overlap. */
class TakenRanges {
  /** By protocol and family, then port: spans apart from one another, in order. */
  private readonly spans = new Map<string, Map<number, Span[]>>();

  /** False if a part of the range is taken already; otherwise it is taken now. */
  take(protocol: IpvsProtocol, { first, last, port }: AddressRange): boolean {
    const kind = `${protocol} ${familyOf(first)}`;
    const ports = this.spans.get(kind) ?? new Map<number, Span[]>();
    this.spans.set(kind, ports);
    for (const [other, spans] of ports) {
      const meets = other === port || other === 0 || port === 0;
      if (meets && overlaps(spans, { first, last })) return false;
    }
    const own = ports.get(port) ?? [];
    own.splice(placeOf(own, first), 0, { first, last });
    ports.set(port, own);
    return true;
  }
}

function overlaps(spans: readonly Span[], { first, last }: Span): boolean {
  const place = placeOf(spans, first);
  const [before, after] = [spans[place - 1], spans[place]];
  return (
    (before !== undefined && compareAddresses(before.last, first) >= 0) ||
    (after !== undefined && compareAddresses(after.first, last) <= 0)
  );
}

/** How many of the spans begin before that address. */
function placeOf(spans: readonly Span[], first: IpAddress): number {
  let [from, to] = [0, spans.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const span = spans[middle];
    if (span && compareAddresses(span.first, first) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
