import { compareAddresses, isMulticast, type Family, type IpAddress } from '../base/address.js';
import { micros, type Micros } from '../base/units.js';
import { type SegmentAdvert } from './segment-advert.js';
import { PRIORITY_RESIGN } from './timers.js';

/** A router that speaks VRRP on the segment, for one VRID, and what was heard of it. */
export interface Speaker extends SegmentAdvert {
  readonly adverts: number;
  /** Adverts of priority 0. */
  readonly resignations: number;
  readonly firstHeardAt: Micros;
  readonly lastHeardAt: Micros;
  /** From one advert to the next, on average; undefined before the second. */
  readonly every: Micros | undefined;
}

/** Routers that cannot be of one mind about a VRID. */
export interface VridConflict {
  readonly family: Family;
  readonly vrid: number;
  readonly sources: readonly IpAddress[];
  readonly reason: string;
}

/** When a speaker was heard, as far back as matters. */
interface Hearing {
  latest: SegmentAdvert;
  adverts: number;
  resignations: number;
  readonly firstHeardAt: Micros;
  lastHeardAt: Micros;
  /** The latest moments at which it claimed to be master. */
  readonly claims: Micros[];
}

const MOST_CLAIMS = 32;
/** A segment has a few dozen; whoever forges sources must not fill our memory. */
const MOST_SPEAKERS = 4096;

/** Everybody who speaks VRRP on a segment. */
export class SegmentSurvey {
  private readonly hearings = new Map<string, Hearing>();

  /** @param at when it arrived; never earlier than the one before. */
  hear(advert: SegmentAdvert, at: Micros): void {
    const { family, vrid, source, version, hardwareAddress } = advert;
    const key = `${family} ${vrid} ${source} ${version} ${hardwareAddress}`;
    const known = this.hearings.get(key);
    if (!known && this.hearings.size >= MOST_SPEAKERS) return;
    const hearing: Hearing = known ?? {
      latest: advert,
      adverts: 0,
      resignations: 0,
      firstHeardAt: at,
      lastHeardAt: at,
      claims: [],
    };
    this.hearings.set(key, hearing);
    hearing.adverts += 1;
    hearing.lastHeardAt = at;
    if (advert.priority === PRIORITY_RESIGN) {
      hearing.resignations += 1;
      // Its last word is not what it usually says.
      if (known) return;
    } else {
      hearing.claims.push(at);
      if (hearing.claims.length > MOST_CLAIMS) hearing.claims.shift();
    }
    hearing.latest = advert;
  }

  /** By VRID, family and source. */
  speakers(): readonly Speaker[] {
    return [...this.hearings.values()].map(speakerOf).sort(bySpeaker);
  }

  /** What does not fit together; of two routers one reason, the worst first. */
  conflicts(): readonly VridConflict[] {
    const conflicts: VridConflict[] = [];
    for (const hearings of this.byVirtualRouter()) {
      hearings.forEach((one, index) => {
        for (const other of hearings.slice(index + 1)) {
          const reason = reasonBetween(one, other);
          const { family, vrid } = one.latest;
          const sources = [one.latest.source, other.latest.source];
          if (reason !== undefined) conflicts.push({ family, vrid, sources, reason });
        }
      });
    }
    return conflicts;
  }

  /** A VRID that nobody was heard with: the next one after `vrid`, in a circle; undefined if there is none. */
  freeVrid(family: Family, vrid: number): number | undefined {
    const used = new Set(
      [...this.hearings.values()]
        .filter(({ latest }) => latest.family === family)
        .map(({ latest }) => latest.vrid),
    );
    return nextFreeVrid(vrid, used);
  }

  private byVirtualRouter(): readonly (readonly Hearing[])[] {
    const groups = new Map<string, Hearing[]>();
    const inOrder = [...this.hearings.values()].sort((a, b) => bySpeaker(a.latest, b.latest));
    for (const hearing of inOrder) {
      const key = `${hearing.latest.family} ${hearing.latest.vrid}`;
      const others = groups.get(key);
      if (others) others.push(hearing);
      else groups.set(key, [hearing]);
    }
    return [...groups.values()];
  }
}

/** The next VRID after `vrid` that is not in use, in a circle from 1 to 255; undefined if all are. */
export function nextFreeVrid(vrid: number, used: ReadonlySet<number>): number | undefined {
  for (let step = 0; step < 255; step += 1) {
    const candidate = ((vrid + step) % 255) + 1;
    if (!used.has(candidate)) return candidate;
  }
  return undefined;
}

function speakerOf(hearing: Hearing): Speaker {
  const { latest, adverts, resignations, firstHeardAt, lastHeardAt } = hearing;
  const every = adverts > 1 ? micros(Math.round((lastHeardAt - firstHeardAt) / (adverts - 1))) : undefined;
  return { ...latest, adverts, resignations, firstHeardAt, lastHeardAt, every };
}

const bySpeaker = (a: SegmentAdvert, b: SegmentAdvert): number =>
  a.vrid - b.vrid || a.family.localeCompare(b.family) || compareAddresses(a.source, b.source);

function reasonBetween(one: Hearing, other: Hearing): string | undefined {
  const [a, b] = [one.latest, other.latest];
  if (a.version !== b.version) return `VRRP version ${a.version} and ${b.version}`;
  if (a.authentication !== b.authentication)
    return `authentication ${a.authentication} and ${b.authentication}`;
  const [ours, theirs] = [a, b].map(({ addresses }) => [...addresses].sort().join(', ') || 'none');
  if (ours !== theirs) return `addresses ${ours ?? ''} and ${theirs ?? ''}`;
  if (a.version === 2 && a.interval !== b.interval) return 'different advertisement intervals in version 2';
  if (isMulticast(a.destination) !== isMulticast(b.destination))
    return 'one by multicast, the other by unicast';
  return areMastersTogether(one, other) ? 'both claim to be master' : undefined;
}

/** In an election the one falls silent when it hears the other; two adverts of each after the other began are no election. */
const areMastersTogether = (one: Hearing, other: Hearing): boolean =>
  claimsSince(one, other.claims[0]) > 1 && claimsSince(other, one.claims[0]) > 1;

const claimsSince = ({ claims }: Hearing, start: Micros | undefined): number =>
  start === undefined ? 0 : claims.filter((at) => at > start).length;
