import { familyOf, type Family, type IpAddress } from '../base/address.js';
import { minus, type Micros } from '../base/units.js';
import { type Complaint } from './complaint.js';
import { type Context } from './context.js';
import { type VrrpState } from './effect.js';
import { type AdvertReceived } from './event.js';
import { type Instance } from './instance.js';
import { nextFreeVrid } from './segment-survey.js';
import { type InstanceSettings } from './settings.js';

/** A peer may send a few adverts that do not fit while somebody works on it: so many are no accident. */
const ENOUGH = 3;
/** Sources watched for one instance: whoever forges them must fill neither our memory nor the log. */
const MOST_SOURCES = 16;
/** Routers that have claimed to be master within so many master-down intervals claim it at the same time. */
const MEMORY = 4;

/** What has been noticed of one router. */
interface Notice {
  /** How often each code was complained of. */
  readonly complaints: Map<string, number>;
  /** When its latest adverts came that were believed. */
  claims: readonly Micros[];
  /** What the log has been told of already. */
  readonly told: Set<string>;
}

/** What has been noticed for one instance. */
interface Notices {
  state: VrrpState;
  readonly bySource: Map<IpAddress, Notice>;
}

/** An advert for one of our instances, and what came of it. */
export interface JudgedAdvert {
  readonly instance: Instance;
  readonly event: AdvertReceived;
  readonly believed: boolean;
  readonly complaints: readonly Complaint[];
}

/**
 * Looks out for routers that use a VRID of ours and cannot be our peers, or not all of them. Their adverts do no harm
 * here, but hosts see one virtual MAC address, or one VIP, in two places.
 */
export class VridWatch {
  /** VRIDs heard, by interface and family. */
  private readonly heardVrids = new Map<string, Set<number>>();
  private notices = new Map<Instance, Notices>();

  /** @param instances all of this router's, at the moment of asking. */
  constructor(
    private readonly context: Context,
    private readonly instances: () => readonly Instance[],
  ) {}

  /** Some advert has come in, for an instance of ours or not. */
  heard({ interface: name, source }: AdvertReceived, vrid: number): void {
    const key = segmentKey(name, familyOf(source));
    const known = this.heardVrids.get(key);
    if (known) known.add(vrid);
    else this.heardVrids.set(key, new Set([vrid]));
  }

  /** An advert for one of our instances has been judged, and acted upon. */
  judged(advert: JudgedAdvert): void {
    const { instance, event, believed, complaints } = advert;
    const notices = this.noticesOf(instance);
    const notice = noticeOf(notices, event.source);
    for (const { code } of complaints) {
      const reason = REASONS[code]?.(instance.settings);
      if (reason === undefined) continue;
      const count = (notice.complaints.get(code) ?? 0) + 1;
      notice.complaints.set(code, count);
      if (count >= ENOUGH) this.tell(advert, notice, code, reason);
    }
    if (!believed) return;
    notice.claims = [...notice.claims, this.context.now].slice(-ENOUGH);
    const rival = this.rivalOf(instance, notices, event.source, notice);
    if (rival !== undefined) this.tell(advert, notice, 'two-masters', `${rival} claims to be master, too`);
  }

  /** A reload: what was wrong may be right now, or wrong in another way. */
  forget(): void {
    this.notices = new Map();
  }

  /** In a new state of ours others may be about to take theirs: only what comes from now on counts. */
  private noticesOf(instance: Instance): Notices {
    const known = this.notices.get(instance);
    if (known?.state === instance.state) return known;
    const bySource = known?.bySource ?? new Map<IpAddress, Notice>();
    for (const notice of bySource.values()) notice.claims = [];
    const notices = { state: instance.state, bySource };
    this.notices.set(instance, notices);
    return notices;
  }

  /** Who claims to be master at the same time as this source: ourselves, or another router. */
  private rivalOf(
    instance: Instance,
    { bySource }: Notices,
    source: IpAddress,
    notice: Notice,
  ): string | undefined {
    const memory = MEMORY * instance.masterDownInterval;
    const isRecent = ({ claims }: Notice): boolean =>
      claims.length >= ENOUGH && minus(this.context.now, claims[0] ?? this.context.now) <= memory;
    if (!isRecent(notice)) return undefined;
    if (instance.state === 'MASTER') return 'this host';
    for (const [other, theirs] of bySource) {
      if (other !== source && isRecent(theirs) && areTogether(notice, theirs)) return other;
    }
    return undefined;
  }

  /** Once for each source and reason. */
  private tell({ instance, event }: JudgedAdvert, notice: Notice, code: string, reason: string): void {
    if (notice.told.has(code)) return;
    notice.told.add(code);
    const { vrid, family } = instance.settings;
    const { interface: name, source } = event;
    const free = nextFreeVrid(vrid, this.usedVrids(name, family));
    const advice = free === undefined ? 'no VRID is free there' : `VRID ${free} is free there`;
    const text = `(${instance.name}) VRID ${vrid} conflict on ${name} with ${source}: ${reason}; ${advice}`;
    this.context.emit({
      type: 'Record',
      level: 'warning',
      code: 'vrid-conflict',
      instance: instance.name,
      text,
      offender: { interface: name, source, vrid },
    });
  }

  private usedVrids(name: string, family: Family): ReadonlySet<number> {
    const configured = this.instances()
      .filter(({ settings }) => settings.interface === name && settings.family === family)
      .map(({ settings }) => settings.vrid);
    return new Set([...configured, ...(this.heardVrids.get(segmentKey(name, family)) ?? [])]);
  }
}

/** In an election the old master sends one advert at most after the new one has begun. */
const areTogether = (one: Notice, other: Notice): boolean =>
  claimsSince(one, other.claims[0]) > 1 && claimsSince(other, one.claims[0]) > 1;

const claimsSince = ({ claims }: Notice, start: Micros | undefined): number =>
  start === undefined ? 0 : claims.filter((at) => at > start).length;

const segmentKey = (name: string, family: Family): string => `${family} ${name}`;

/** The one of this source; if there are too many, that of the source which was heard first goes. */
function noticeOf({ bySource }: Notices, source: IpAddress): Notice {
  const known = bySource.get(source);
  if (known) return known;
  const [oldest] = bySource.keys();
  if (bySource.size >= MOST_SOURCES && oldest !== undefined) bySource.delete(oldest);
  const notice: Notice = { complaints: new Map(), claims: [], told: new Set() };
  bySource.set(source, notice);
  return notice;
}

const otherVersion = ({ version }: InstanceSettings): string => `it does not speak VRRP version ${version}`;
const otherAuthentication = (): string => 'its authentication is not ours';
const otherAddresses = (): string => 'its addresses are not ours';
const otherTransport = ({ transport }: InstanceSettings): string =>
  transport.kind === 'multicast' ? 'it sends to us alone, by unicast' : 'it sends by multicast';

/** What no peer of ours would do, by the code of the complaint. */
const REASONS: Readonly<Record<string, ((settings: InstanceSettings) => string) | undefined>> = {
  'advert-unknown-version': otherVersion,
  'advert-wrong-version': otherVersion,
  'advert-bad-auth-type': otherAuthentication,
  'advert-auth-type-mismatch': otherAuthentication,
  'advert-wrong-password': otherAuthentication,
  'advert-auth-missing': otherAuthentication,
  'advert-auth-malformed': otherAuthentication,
  'advert-auth-unknown-key': otherAuthentication,
  'advert-auth-bad-hmac': otherAuthentication,
  'advert-address-count': otherAddresses,
  'advert-address-missing': otherAddresses,
  'advert-interval-mismatch': () => 'its advertisement interval is not ours',
  'advert-unknown-peer': () => 'it is none of our unicast peers',
  'advert-unexpected-destination': otherTransport,
};
