import { type Family, isLinkLocal } from '../../base/address.js';
import { type Micros, secondsToMicros } from '../../base/units.js';
import { type VrrpVersion } from '../../vrrp/index.js';
import { AH_LENGTH } from '../../wire/ah.js';
import { AUTH_TRAILER_LENGTH } from '../../wire/vrrp-trailer.js';
import { type Span } from '../tree.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type InstanceDraft, needsInterface } from './instance-draft.js';
import { instanceDetails, ownerIgnoresAdverts } from './instance-details.js';
import { completeHmac, type CompletedHmac } from './instance-hmac.js';
import { settleTracking } from './settle-tracking.js';
import { type SyncGroupDraft } from './sync-group.js';
import { type TrackLists } from './track-kinds.js';
import { type InstanceDetails } from '../model-vrrp.js';

/** What an instance amounts to once all of the file is known. */
export interface CompletedInstance {
  readonly draft: InstanceDraft;
  readonly family: Family;
  readonly version: VrrpVersion;
  readonly vrid: number;
  readonly state: 'MASTER' | 'BACKUP';
  readonly priority: number;
  readonly advertInterval: Micros;
  readonly strict: boolean;
  readonly unicast: boolean;
  readonly authentication: 'none' | 'pass' | 'ah';
  readonly hmac: CompletedHmac | undefined;
  readonly preempt: boolean;
  readonly preemptDelay: Micros;
  readonly downTimerAdverts: number;
  readonly lowerPriorityNoAdvert: boolean;
  readonly higherPrioritySendAdvert: boolean;
  readonly ownerIgnoresAdverts: boolean;
  readonly garpLowerPriorityDelay: Micros;
  readonly garpLowerPriorityRepeat: number;
  readonly track: TrackLists;
  readonly details: Omit<InstanceDetails, 'configuredState'>;
}

const OWNER = 255;

/** What an instance must have; without it keepalived runs nothing at all. */
export function checkMinimum(context: PassContext, draft: InstanceDraft): boolean {
  if (draft.section.number('virtual_router_id') === undefined) {
    context.error('vrid-missing', `vrrp_instance '${draft.name}' needs a virtual_router_id`, draft.span);
    context.refuse(`vrrp_instance ${draft.name} has no virtual_router_id`);
    return false;
  }
  if (draft.interface !== undefined) return true;
  if (!draft.unicastKeyword) {
    context.error('interface-missing', `vrrp_instance '${draft.name}' needs an interface`, draft.span);
  } else if (draft.section.has('use_vmac')) {
    context.error(
      'interface-missing',
      `vrrp_instance '${draft.name}' cannot use_vmac without an interface`,
      draft.span,
    );
  } else return true;
  context.refuse(`vrrp_instance ${draft.name} has no interface`);
  return false;
}

/** Defaults that depend on other settings, contradictions, strict mode; undefined if keepalived gives up here. */
export function completeInstance(
  context: PassContext,
  globals: Globals,
  draft: InstanceDraft,
  group: SyncGroupDraft | undefined,
): CompletedInstance | undefined {
  const { section } = draft;
  const strict = section.flag('strict_mode') ?? globals.vrrp.strict;
  const family = draft.family ?? 'inet';
  const version = versionOf(context, globals, draft, family, strict);
  const { priority, state } = standing(context, draft, strict);
  const authentication = authenticationOf(context, draft, { family, version, strict, state, priority });
  const seconds = (section.number('advert_int') ?? 0) / secondsToMicros(1);
  const hmac = draft.hmac && completeHmac(context, draft.hmac, strict, seconds);
  const wantsMaster = state === 'MASTER' && !(authentication === 'ah' && priority !== OWNER);
  if (!checkTransport(context, draft, strict)) return undefined;
  limitAddresses(context, draft, family, version, addedByAuthentication(authentication, hmac));
  const preemption = preemptionOf(context, draft, wantsMaster, priority, strict);
  const strictly = strictSettings(context, globals, draft, strict);
  const advertInterval = advertIntervalOf(context, draft, version);
  if (!checkAddresses(context, draft, version, strict)) return undefined;
  const track = settleTracking(context, draft, group, priority);
  const unicast = draft.peers.length > 0;
  const details = instanceDetails({
    context,
    globals,
    draft,
    family,
    version,
    strict,
    unicast,
    priority,
    hmac,
  });
  return {
    draft,
    family,
    version,
    vrid: section.number('virtual_router_id') ?? 0,
    state: wantsMaster ? 'MASTER' : 'BACKUP',
    priority,
    advertInterval,
    strict,
    unicast,
    authentication,
    hmac,
    ...preemption,
    ...strictly,
    ownerIgnoresAdverts: ownerIgnoresAdverts({ context, draft, globals, priority, strict }),
    track,
    details,
  };
}

function versionOf(
  context: PassContext,
  globals: Globals,
  draft: InstanceDraft,
  family: Family,
  strict: boolean,
): VrrpVersion {
  if (draft.version === 2 && family === 'inet6' && strict) {
    context.warning('version-conflict', 'IPv6 needs version 3; using that', draft.section.spanOf('version'));
    return 3;
  }
  if (family === 'inet6') {
    const text = 'keepalived sends version 2 over IPv6 here, which no RFC defines; Understudy uses version 3';
    if (draft.version === 2) context.warning('version-2-over-ipv6', text, draft.section.spanOf('version'));
    return 3;
  }
  return draft.version === 2 || draft.version === 3 ? draft.version : globals.vrrp.version;
}

/** Priority and initial state are derived from one another where one is missing. */
function standing(
  context: PassContext,
  draft: InstanceDraft,
  strict: boolean,
): { priority: number; state: 'MASTER' | 'BACKUP' } {
  const priority = draft.section.number('priority') ?? (draft.state === 'MASTER' ? OWNER : 100);
  const derived = priority === OWNER ? 'MASTER' : 'BACKUP';
  if (strict && draft.state !== undefined && draft.state !== derived) {
    context.warning(
      'strict-mode',
      `strict mode: priority ${priority} starts as ${derived}`,
      draft.section.spanOf('state'),
    );
    return { priority, state: derived };
  }
  return { priority, state: draft.state ?? derived };
}

interface AuthenticationScene {
  readonly family: Family;
  readonly version: VrrpVersion;
  readonly strict: boolean;
  readonly state: 'MASTER' | 'BACKUP';
  readonly priority: number;
}

function authenticationOf(
  context: PassContext,
  draft: InstanceDraft,
  scene: AuthenticationScene,
): 'none' | 'pass' | 'ah' {
  const block = draft.authentication;
  const type = block?.text('auth_type');
  if (type === undefined || !block) return 'none';
  const span = block.spanOf('auth_type');
  const drop = (text: string): 'none' => {
    context.warning('authentication-ignored', `${text}; authentication is ignored`, span);
    return 'none';
  };
  if (scene.strict) return drop('strict mode allows no authentication');
  if (scene.version === 3) return drop('VRRP version 3 has no authentication');
  if ((block.text('auth_pass') ?? '') === '') return drop('auth_pass is missing');
  if (scene.family === 'inet6' && type === 'AH') return drop('AH is for IPv4 only');
  if (draft.hmac) return drop('auth_hmac takes its place');
  if (type === 'AH' && scene.state === 'MASTER' && scene.priority !== OWNER) {
    context.warning(
      'ah-starts-as-backup',
      'with AH an instance starts as BACKUP, to learn the sequence number',
      span,
    );
  }
  return type === 'AH' ? 'ah' : 'pass';
}

function checkTransport(context: PassContext, draft: InstanceDraft, strict: boolean): boolean {
  const { name, section, span } = draft;
  const unicast = draft.peers.length > 0;
  const device = draft.interface === undefined ? undefined : context.interface(draft.interface);
  const give = (code: string, text: string, at: Span | undefined): false => {
    context.error(code, text, at);
    context.refuse(text);
    return false;
  };
  if (draft.unicastKeyword && !unicast) noPeers(context, draft);
  if (strict && unicast && device?.multicast)
    return give('strict-mode', 'strict mode allows no unicast peers', section.spanOf('unicast_peer'));
  if (draft.interface === undefined && draft.source === undefined) {
    return give('interface-missing', `vrrp_instance '${name}' needs an interface or unicast_src_ip`, span);
  }
  if (draft.interface === undefined && needsInterface(draft)) {
    return give(
      'interface-missing',
      `vrrp_instance '${name}' needs an interface for its link-local source`,
      span,
    );
  }
  if (device && !device.multicast && !unicast)
    fault(
      context,
      draft,
      'no-multicast',
      `interface ${device.name} has no multicast, and there is no unicast_peer`,
    );
  if (unicast && draft.group !== undefined) {
    context.warning('conflict', 'mcast_dst_ip is ignored with unicast_peer', section.spanOf('mcast_dst_ip'));
    draft.group = undefined;
  }
  if (!unicast && section.has('unicast_ttl')) {
    context.warning('conflict', 'unicast_ttl is ignored without unicast_peer', section.spanOf('unicast_ttl'));
  }
  return true;
}

function noPeers(context: PassContext, draft: InstanceDraft): void {
  if (draft.section.has('unicast_fault_no_peer')) {
    draft.faults.push('there is no unicast peer');
    context.note(
      'no-unicast-peer',
      `vrrp_instance '${draft.name}' stays in FAULT: it has no unicast peer`,
      draft.span,
    );
  } else {
    const text = `vrrp_instance '${draft.name}' uses a unicast keyword without unicast_peer; it uses multicast`;
    context.warning('unicast-without-peer', text, draft.span);
  }
}

function fault(context: PassContext, draft: InstanceDraft, code: string, why: string): void {
  draft.faults.push(why);
  context.error(code, `vrrp_instance '${draft.name}' stays in FAULT: ${why}`, draft.span);
}

/** Bytes that AH puts in front of an advert, or auth_hmac behind it. */
function addedByAuthentication(
  authentication: 'none' | 'pass' | 'ah',
  hmac: CompletedHmac | undefined,
): number {
  if (authentication === 'ah') return AH_LENGTH;
  return hmac && hmac.authentication.mode !== 'receive-only' ? AUTH_TRAILER_LENGTH : 0;
}

/** The header sizes of Ethernet, IP and VRRP, in bytes; RFC 3768, 5.1 and RFC 9568, 5.1. */
function limitAddresses(
  context: PassContext,
  draft: InstanceDraft,
  family: Family,
  version: VrrpVersion,
  added: number,
): void {
  const ethernet = 14;
  const vrrp = 8;
  const trailer = (version === 2 && family === 'inet' ? 8 : 0) + added;
  const header = ethernet + (family === 'inet' ? 20 : 40) + vrrp + trailer;
  const mtu = (draft.interface === undefined ? undefined : context.interface(draft.interface)?.mtu) ?? 1500;
  const most = Math.min(255, Math.floor((mtu - header) / (family === 'inet' ? 4 : 16)));
  if (draft.vips.length <= most) return;
  const text = `an advert has room for ${most} addresses; the other ${draft.vips.length - most} are treated as virtual_ipaddress_excluded`;
  context.warning('too-many-addresses', text, draft.section.spanOf('virtual_ipaddress'));
  draft.excluded.push(...draft.vips.splice(most));
}

function preemptionOf(
  context: PassContext,
  draft: InstanceDraft,
  master: boolean,
  priority: number,
  strict: boolean,
) {
  const { section } = draft;
  let { preempt } = draft;
  let preemptDelay = section.number('preempt_delay') ?? 0;
  const ignore = (keyword: string, why: string) =>
    context.warning('conflict', `${keyword} is ignored: ${why}`, section.spanOf(keyword));
  if (!preempt && priority === OWNER) {
    ignore('nopreempt', 'priority 255 always preempts');
    preempt = true;
  }
  if (!preempt && master) {
    ignore('nopreempt', 'it needs state BACKUP');
    preempt = true;
  }
  if (preemptDelay > 0 && (master || strict || !preempt)) {
    ignore('preempt_delay', master ? 'it needs state BACKUP' : strict ? 'strict mode' : 'nopreempt is set');
    preemptDelay = 0;
  }
  if (preempt && section.has('timer_expired_backup')) ignore('timer_expired_backup', 'it needs nopreempt');
  return { preempt, preemptDelay: preemptDelay as Micros };
}

/** Settings that strict mode fixes. */
function strictSettings(context: PassContext, globals: Globals, draft: InstanceDraft, strict: boolean) {
  const { section } = draft;
  const settle = <T extends number | boolean>(
    keyword: string,
    given: T | undefined,
    fallback: T,
    strictly: T,
  ): T => {
    if (!strict) return given ?? fallback;
    if (given !== undefined && given !== strictly) {
      context.warning(
        'strict-mode',
        `strict mode: ${keyword} is ${String(strictly)}`,
        section.spanOf(keyword),
      );
    }
    return strictly;
  };
  const { vrrp } = globals;
  const adverts = section.number('down_timer_adverts');
  return {
    downTimerAdverts: settle('down_timer_adverts', adverts ?? vrrp.downTimerAdverts, 3, 3),
    garpLowerPriorityRepeat: settle(
      'garp_lower_prio_repeat',
      section.number('garp_lower_prio_repeat'),
      vrrp.garpLowerPriorityRepeat,
      0,
    ),
    garpLowerPriorityDelay: settle(
      'garp_lower_prio_delay',
      section.number('garp_lower_prio_delay'),
      vrrp.garpLowerPriorityDelay,
      0,
    ) as Micros,
    lowerPriorityNoAdvert: settle(
      'lower_prio_no_advert',
      section.flag('lower_prio_no_advert'),
      vrrp.lowerPriorityNoAdvert,
      true,
    ),
    higherPrioritySendAdvert: settle(
      'higher_prio_send_advert',
      section.flag('higher_prio_send_advert'),
      vrrp.higherPrioritySendAdvert,
      false,
    ),
  };
}

/** Version 2 counts seconds in 8 bits (RFC 3768, 5.3.7), version 3 centiseconds in 12 (RFC 9568, 5.2.7). */
function advertIntervalOf(context: PassContext, draft: InstanceDraft, version: VrrpVersion): Micros {
  const given = draft.section.number('advert_int') ?? secondsToMicros(1);
  const unit = version === 2 ? 1_000_000 : 10_000;
  const most = (version === 2 ? 255 : 4095) * unit;
  const rounded = Math.min(most, Math.max(unit, Math.round(given / unit) * unit));
  if (rounded !== given) {
    const text = `version ${version} has advert intervals of ${unit / 1e6} to ${most / 1e6} s in steps of ${unit / 1e6}; using ${rounded / 1e6}`;
    context.warning('advert-interval', text, draft.section.spanOf('advert_int'));
  }
  return rounded as Micros;
}

function checkAddresses(
  context: PassContext,
  draft: InstanceDraft,
  version: VrrpVersion,
  strict: boolean,
): boolean {
  const { section, vips, name } = draft;
  const [first] = vips;
  if (first && draft.family === 'inet6' && draft.peers.length === 0 && !isLinkLocal(first.address)) {
    const text = 'the first IPv6 address should be link-local (RFC 9568, 5.2.9)';
    if (strict) context.warning('not-link-local', text, first.span);
    else context.note('should-be-link-local', text, first.span);
  }
  if (strict && section.has('no_virtual_ipaddress')) {
    context.warning(
      'strict-mode',
      'strict mode: no_virtual_ipaddress is ignored',
      section.spanOf('no_virtual_ipaddress'),
    );
  }
  if (vips.length > 0 || (section.has('no_virtual_ipaddress') && !strict)) return true;
  const text = `vrrp_instance '${name}' has no virtual_ipaddress`;
  if (version === 3 || strict) {
    context.error('no-addresses', `${text}; version 3 needs one`, draft.span);
    context.refuse(text);
    return false;
  }
  context.warning('no-addresses-v2', text, draft.span);
  return true;
}

/** The password as adverts carry it: its first 8 bytes. */
export const passwordOf = (draft: InstanceDraft): string => draft.authentication?.text('auth_pass') ?? '';
