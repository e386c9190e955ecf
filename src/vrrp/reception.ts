import { isMulticast, type IpAddress } from '../base/address.js';
import { centisToMicros, MICROS_PER_SECOND, secondsToMicros, type Micros } from '../base/units.js';
import { AH_LENGTH, IPPROTO_AH } from '../wire/ah.js';
import { decodeAdvert, VRRP_TTL, type Advert, type AdvertErrorCode } from '../wire/vrrp.js';
import { advertisedAddresses } from './advert.js';
import { type Authenticator, type Opened } from './authenticator.js';
import { type Complaint } from './complaint.js';
import { checkAuthentication } from './authentication.js';
import { type AdvertReceived } from './event.js';
import { type InstanceSettings } from './settings.js';
import { PRIORITY_RESIGN, wholeCentis } from './timers.js';

const IPV4_PROTOCOL_OFFSET = 9;
const VRID_OFFSET = 1;

/** An advert that may be believed, as far as the protocol looks at it. */
export interface HeardAdvert {
  readonly source: IpAddress;
  readonly priority: number;
  /** Its sender's advert interval. */
  readonly interval: Micros;
}

/** What becomes of a received advert. */
export type Verdict =
  /** Believed; `complaints` are what is said about it all the same. */
  | {
      readonly accepted: true;
      readonly advert: HeardAdvert;
      readonly complaints: readonly Complaint[];
      /** Its checksum is that of keepalived before 1.3.6 (old_unicast_checksum). */
      readonly oldChecksum: boolean;
    }
  /** Dropped: it changes nothing but a counter. */
  | { readonly accepted: false; readonly complaint: Complaint };

/** What the verdict depends on besides the settings. */
export interface ReceptionState {
  /** Compare the VIP list: always, or (skip_check_adv_addr) only with the first advert of a master. */
  readonly checkAddresses: boolean;
  /** We are the owner of the addresses and are not to look (owner_ignore_adverts). */
  readonly ignoresAdverts?: boolean;
  /** Where more than the message's own fields proves its origin. */
  readonly authenticator?: Authenticator | undefined;
}

/** True if an IPsec AH header stands before the VRRP message. */
const hasAh = (event: AdvertReceived): boolean => event.ipHeader?.[IPV4_PROTOCOL_OFFSET] === IPPROTO_AH;

/** The VRID that a packet is for; undefined if it is too short to say. */
export function vridOf(event: AdvertReceived): number | undefined {
  return event.payload[(hasAh(event) ? AH_LENGTH : 0) + VRID_OFFSET];
}

/**
 * Receive processing (RFC 9568, 7.1; RFC 3768, 7.1): believes an advert or says why not. Nothing of a packet
 * that fails here reaches the state machine.
 */
export function judge(event: AdvertReceived, settings: InstanceSettings, state: ReceptionState): Verdict {
  const untrusted = checkAh(event, settings) ?? checkTtl(event, settings) ?? checkVersion(event, settings);
  if (untrusted) return drop(untrusted);
  const opened = state.authenticator?.open(event) ?? plainly(event);
  if (!opened.ok) return drop(opened.complaint);
  const { decoded, oldChecksum } = decode(event, opened, settings);
  if (!decoded.ok) return drop(decodeComplaint(decoded.error.code, decoded.error.text, event, settings));
  const advert = decoded.value;
  const fault =
    checkVersion2(advert, event, settings) ??
    checkInterval(advert, event) ??
    checkDestination(event, settings) ??
    checkOwnership(event, state) ??
    checkPeer(event, settings);
  if (fault) return drop(fault);
  return {
    accepted: true,
    oldChecksum,
    advert: { source: event.source, priority: advert.priority, interval: intervalOf(advert) },
    complaints: [
      ...opened.complaints,
      ...checkVersion3Interval(advert, settings),
      ...checkAddresses(advert, event, settings, state.checkAddresses),
    ],
  };
}

/** A packet that is all message. */
const plainly = ({ payload }: AdvertReceived): Opened => ({
  ok: true,
  payload,
  headerLength: 0,
  trailerLength: 0,
  complaints: [],
});

/** Decodes the message; where its checksum does not fit, once more for that of keepalived before 1.3.6. */
function decode(
  { source, destination, ipHeader }: AdvertReceived,
  { payload, headerLength, trailerLength }: Extract<Opened, { ok: true }>,
  { checksumAsV2, transport }: InstanceSettings,
): { decoded: ReturnType<typeof decodeAdvert>; oldChecksum: boolean } {
  const headers = ipHeader ? { headersLength: ipHeader.length + headerLength } : {};
  const context = { source, destination, checksumAsV2, trailerLength, ...headers };
  const decoded = decodeAdvert(payload, context);
  const old = transport.kind === 'unicast' ? transport.oldChecksum : undefined;
  if (decoded.ok || decoded.error.code !== 'advert-bad-checksum' || !old || old.use === 'never') {
    return { decoded, oldChecksum: false };
  }
  return { decoded: decodeAdvert(payload, { ...context, destination: old.group }), oldChecksum: true };
}

const drop = (complaint: Complaint): Verdict => ({ accepted: false, complaint });

const intervalOf = (advert: Advert): Micros =>
  advert.version === 3 ? centisToMicros(advert.maxAdvertIntervalCs) : secondsToMicros(advert.advertIntervalS);

function checkAh(event: AdvertReceived, settings: InstanceSettings): Complaint | undefined {
  const found = hasAh(event);
  if (found === (settings.authentication.type === 'ah')) return undefined;
  return {
    code: 'advert-auth-type-mismatch',
    text: found
      ? `Received AH header but auth type not AH from ${event.source}`
      : `No AH header but auth type is AH from ${event.source}`,
  };
}

/** RFC 9568, 7.1: the TTL MUST be 255; unicast may cross routers, and has its own check by peer. */
function checkTtl(event: AdvertReceived, settings: InstanceSettings): Complaint | undefined {
  if (settings.transport.kind === 'unicast' || event.ttl === VRRP_TTL) return undefined;
  const found = event.ttl ?? 'none';
  return {
    code: 'advert-bad-ttl',
    text: `invalid TTL/HL from ${event.source}. Received ${found} and expect ${VRRP_TTL}`,
  };
}

function decodeComplaint(
  code: AdvertErrorCode,
  text: string,
  event: AdvertReceived,
  settings: InstanceSettings,
): Complaint {
  const { source } = event;
  const versionAndType = event.payload[0] ?? 0;
  switch (code) {
    case 'advert-truncated':
      return { code, text: `vrrp packet from ${source} too short, ${text}` };
    case 'advert-too-long':
      return { code, text: `vrrp packet from ${source} too long, ${text}` };
    case 'advert-unknown-version':
      return versionComplaint(code, versionAndType >> 4, event, settings);
    case 'advert-unknown-type':
      return { code, text: `Invalid packet type from ${source}. ${versionAndType & 0x0f} and expect 1` };
    case 'advert-bad-checksum':
      return { code, text: `Invalid VRRPv${versionAndType >> 4} checksum from ${source}` };
  }
}

function versionComplaint(
  code: string,
  found: number,
  event: AdvertReceived,
  settings: InstanceSettings,
): Complaint {
  const text = `wrong VRRP version from ${event.source}. Received ${found} and expect ${settings.version}`;
  return { code, text };
}

/** RFC 9568, 7.1: the version MUST be ours. It is looked at first: a signature holds for one version only. */
function checkVersion(event: AdvertReceived, settings: InstanceSettings): Complaint | undefined {
  const version = (event.payload[hasAh(event) ? AH_LENGTH : 0] ?? 0) >> 4;
  // What is no version at all is the decoder's business.
  if (version === settings.version || (version !== 2 && version !== 3)) return undefined;
  return versionComplaint('advert-wrong-version', version, event, settings);
}

/** RFC 3768, 7.1: authentication and Adver Int MUST be ours. */
function checkVersion2(
  advert: Advert,
  event: AdvertReceived,
  settings: InstanceSettings,
): Complaint | undefined {
  if (advert.version !== 2) return undefined;
  const fault = checkAuthentication(advert, event.source, settings.authentication);
  if (fault) return fault;
  const ours = settings.advertInterval / MICROS_PER_SECOND;
  if (advert.advertIntervalS === ours) return undefined;
  const text =
    `advertisement interval mismatch with ${event.source} mine=${ours} sec ` +
    `rcv'd=${advert.advertIntervalS} sec`;
  return { code: 'advert-interval-mismatch', text };
}

/** An interval of zero would have us take over at once, over and over; RFC 9568, 5.2.7 knows none below 1. */
function checkInterval(advert: Advert, event: AdvertReceived): Complaint | undefined {
  if (advert.priority === PRIORITY_RESIGN || intervalOf(advert) > 0) return undefined;
  return { code: 'advert-zero-interval', text: `advertisement interval 0 from ${event.source}` };
}

function checkDestination(event: AdvertReceived, settings: InstanceSettings): Complaint | undefined {
  const expected = settings.transport.kind;
  const found = isMulticast(event.destination) ? 'multicast' : 'unicast';
  if (found === expected) return undefined;
  return {
    code: 'advert-unexpected-destination',
    text: `Expected ${expected} packet but received ${found} packet from ${event.source}`,
  };
}

/** owner_ignore_adverts: whoever else advertises our addresses is not worth a look. */
function checkOwnership(event: AdvertReceived, { ignoresAdverts }: ReceptionState): Complaint | undefined {
  if (ignoresAdverts !== true) return undefined;
  const text = `Dropping packet(s) from ${event.source} since we are address owner`;
  return { code: 'advert-ignored-by-owner', text };
}

/** check_unicast_src, and the TTL range of the peer. */
function checkPeer(event: AdvertReceived, settings: InstanceSettings): Complaint | undefined {
  const { transport } = settings;
  if (transport.kind !== 'unicast' || !transport.checkSource) return undefined;
  const peer = transport.peers.find(({ address }) => address === event.source);
  if (!peer) {
    const text = `unicast source address ${event.source} not a unicast peer`;
    return { code: 'advert-unknown-peer', text };
  }
  const { minTtl = 0, maxTtl = 255 } = peer;
  if (event.ttl === undefined || (event.ttl >= minTtl && event.ttl <= maxTtl)) return undefined;
  return {
    code: 'advert-ttl-out-of-range',
    text: `TTL/HL ${event.ttl} from ${event.source} not in range [${minTtl}, ${maxTtl}]`,
  };
}

/** Version 3 learns the interval from the master, so a difference is only worth a line. */
function checkVersion3Interval(advert: Advert, settings: InstanceSettings): readonly Complaint[] {
  if (advert.version !== 3) return [];
  const ours = wholeCentis(settings.advertInterval);
  const theirs = advert.maxAdvertIntervalCs;
  if (ours === theirs) return [];
  const text = `advertisement interval mismatch ours = ${ours} centi-sec rcv'd=${theirs} centi-sec`;
  return [{ code: 'advert-interval-differs', text }];
}

/** RFC 9568, 7.1: MAY verify the addresses; keepalived complains of others and believes the advert. */
function checkAddresses(
  advert: Advert,
  event: AdvertReceived,
  settings: InstanceSettings,
  compareEach: boolean,
): readonly Complaint[] {
  const ours = advertisedAddresses(settings);
  if (ours.length !== advert.addresses.length) {
    const text = `expected ${ours.length} VIPs but received ${advert.addresses.length}`;
    return [{ code: 'advert-address-count', text }];
  }
  const missing = compareEach ? ours.find((address) => !advert.addresses.includes(address)) : undefined;
  if (missing === undefined) return [];
  const text =
    `ip address associated with VRID ${settings.vrid} not present in advert ` +
    `from ${event.source}: ${missing}`;
  return [{ code: 'advert-address-missing', text }];
}
