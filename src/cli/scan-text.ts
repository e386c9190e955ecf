import { MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { textTable } from '../observe/text-table.js';
import { VRRP_TTL } from '../wire/vrrp.js';
import { isMulticast } from '../base/address.js';
import { type Speaker, type VridConflict } from '../vrrp/index.js';

/** A speaker as `understudy scan` shows it. */
export interface ScannedSpeaker {
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: number;
  readonly priority: number;
  /** Seconds; what the advert says. */
  readonly advertIntervalS?: number;
  readonly authentication: string;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly mac: string;
  /** Its source is an address of this host. */
  readonly local: boolean;
  readonly adverts: number;
  readonly resignations: number;
  /** Seconds from one advert to the next, as measured. */
  readonly everyS?: number;
  readonly addresses: readonly string[];
  /** What is wrong with its adverts. */
  readonly problem?: string;
}

/** Routers that cannot be of one mind. */
export interface ScannedConflict extends Pick<VridConflict, 'vrid' | 'sources' | 'reason'> {
  readonly family: 'ipv4' | 'ipv6';
  readonly freeVrid?: number;
}

/** All that `understudy scan` found; the document of --json. */
export interface ScanDocument {
  readonly interface: string;
  readonly seconds: number;
  readonly speakers: readonly ScannedSpeaker[];
  readonly conflicts: readonly ScannedConflict[];
}

const inSeconds = (duration: Micros): number => Number((duration / MICROS_PER_SECOND).toFixed(3));

/** @param local addresses of this host. */
export function scannedSpeaker(speaker: Speaker, local: ReadonlySet<string>): ScannedSpeaker {
  const { interval, every, family, hardwareAddress, problem, ttl, destination } = speaker;
  const wrong =
    problem ?? (isMulticast(destination) && ttl !== VRRP_TTL ? `TTL ${ttl} instead of 255` : undefined);
  return {
    vrid: speaker.vrid,
    family: family === 'inet' ? 'ipv4' : 'ipv6',
    version: speaker.version,
    priority: speaker.priority,
    ...(interval !== undefined && { advertIntervalS: inSeconds(interval) }),
    authentication: speaker.authentication,
    source: speaker.source,
    destination,
    ttl,
    mac: hardwareAddress,
    local: local.has(speaker.source),
    adverts: speaker.adverts,
    resignations: speaker.resignations,
    ...(every !== undefined && { everyS: inSeconds(every) }),
    addresses: speaker.addresses,
    ...(wrong !== undefined && { problem: wrong }),
  };
}

/** The document for people. */
export function renderScan({ interface: name, seconds, speakers, conflicts }: ScanDocument): string {
  if (speakers.length === 0) return `Nobody spoke VRRP on ${name} within ${seconds} s.\n`;
  const heads = [
    'VRID',
    'IP',
    'VERSION',
    'PRIORITY',
    'INTERVAL',
    'AUTH',
    'FROM',
    'MAC',
    'HEARD',
    'ADDRESSES',
  ];
  const table = textTable(heads, speakers.map(row));
  const problems = speakers
    .filter(({ problem }) => problem !== undefined)
    .map(({ vrid, source, problem = '' }) => `PROBLEM   VRID ${vrid} from ${source}: ${problem}\n`);
  return [table, ...problems, ...conflicts.map(conflictLine)].join('');
}

const row = (speaker: ScannedSpeaker): readonly string[] => [
  `${speaker.vrid}`,
  speaker.family === 'ipv4' ? '4' : '6',
  `${speaker.version}`,
  `${speaker.priority}${speaker.resignations > 0 ? ` (resigned)` : ''}`,
  speaker.advertIntervalS === undefined ? '?' : `${speaker.advertIntervalS} s`,
  speaker.authentication,
  `${speaker.source}${speaker.local ? ' (this host)' : ''}`,
  speaker.mac,
  `${speaker.adverts} x${speaker.everyS === undefined ? '' : `, every ${speaker.everyS} s`}`,
  speaker.addresses.join(' '),
];

function conflictLine({ vrid, family, sources, reason, freeVrid }: ScannedConflict): string {
  const free = freeVrid === undefined ? 'no VRID is free' : `VRID ${freeVrid} is free`;
  const ip = family === 'ipv4' ? 'IPv4' : 'IPv6';
  return `CONFLICT  VRID ${vrid} on ${ip}, ${sources.join(' and ')}: ${reason}; ${free}\n`;
}
