import { type Family } from '../../base/address.js';
import { type InstanceDetails, type VirtualLink } from '../model-vrrp.js';
import { type Span } from '../tree.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type InstanceDraft } from './instance-draft.js';
import { type CompletedHmac } from './instance-hmac.js';

const OWNER = 255;

/** What is settled about an instance when its details are. */
export interface DetailScene {
  readonly context: PassContext;
  readonly globals: Globals;
  readonly draft: InstanceDraft;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly strict: boolean;
  readonly unicast: boolean;
  readonly priority: number;
  readonly hmac: CompletedHmac | undefined;
}

/** Everything of an instance that vrrp/ does not need to know. */
export function instanceDetails(scene: DetailScene): Omit<InstanceDetails, 'configuredState'> {
  const { draft, globals, strict } = scene;
  const { section } = draft;
  const details: Mutable<Omit<InstanceDetails, 'configuredState'>> = {
    strict,
    accept: acceptOf(scene),
    useVmacAddr: section.has('use_vmac_addr'),
    unicastFaultNoPeer: section.has('unicast_fault_no_peer'),
    trackSourceAddress: section.has('track_src_ip') && draft.source !== undefined,
    noVirtualIpaddress: section.has('no_virtual_ipaddress') && !strict,
    promoteSecondaries: section.has('promote_secondaries'),
    linkbeatPolling: section.has('linkbeat_use_polling') && draft.interface !== undefined,
    debug: section.number('debug') ?? 0,
    smtpAlert: section.flag('smtp_alert') ?? globals.vrrp.smtpAlert ?? false,
    garpExtraInterval: draft.garpExtra?.interval ?? globals.garpExtra.interval,
    garpExtraAll: draft.garpExtra?.all ?? globals.garpExtra.all,
  };
  addRare(scene, details);
  return details;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What few instances have. Assigned one by one: tens of thousands of instances make this a busy place. */
function addRare(scene: DetailScene, details: Mutable<Omit<InstanceDetails, 'configuredState'>>): void {
  const { draft } = scene;
  const { section } = draft;
  const link = settleLink(scene);
  if (link) details.link = link;
  const vrf = settleVrf(scene);
  if (vrf !== undefined) details.vrf = vrf;
  if (scene.hmac) details.hmac = scene.hmac.details;
  const buffer = section.number('kernel_rx_buf_size');
  if (buffer !== undefined) details.kernelRxBufSize = buffer;
  const sync = section.text('lvs_sync_daemon_interface');
  if (sync !== undefined) details.lvsSyncInterface = sync;
}

/** VMAC and ipvlan: what they need, and what unicast does to them. */
function settleLink(scene: DetailScene): VirtualLink | undefined {
  const { context, draft, strict } = scene;
  const { section } = draft;
  const { link } = draft;
  if (link?.kind !== 'vmac' && section.has('vmac_xmit_base')) {
    context.warning(
      'conflict',
      'vmac_xmit_base is ignored without use_vmac',
      section.spanOf('vmac_xmit_base'),
    );
  }
  if (!link) return undefined;
  const device = draft.interface === undefined ? undefined : context.interface(draft.interface);
  const span = (): Span | undefined => section.spanOf(link.kind === 'vmac' ? 'use_vmac' : 'use_ipvlan');
  if (device && !device.ethernet) {
    draft.faults.push(`'${device.name}' is no Ethernet`);
    context.error(
      'not-ethernet',
      `a virtual MAC needs Ethernet, which '${device.name}' is not; the instance stays in FAULT`,
      span(),
    );
  }
  if (link.kind === 'ipvlan') return settleIpvlan(scene, link);
  const { mac, ...rest } = link;
  if (strict && mac !== undefined)
    context.warning('strict-mode', 'strict mode: the MAC address of use_vmac is ignored', span());
  const transmitOnBase = !strict && (section.has('vmac_xmit_base') || draft.unicastKeyword);
  if (strict && section.has('vmac_xmit_base')) {
    const text = 'strict mode: vmac_xmit_base is ignored';
    context.warning('strict-mode', text, section.spanOf('vmac_xmit_base'));
  }
  if (!strict && draft.unicastKeyword && !section.has('vmac_xmit_base')) {
    context.warning('conflict', 'use_vmac with unicast needs vmac_xmit_base; it is set', span());
  }
  return { ...rest, ...(mac !== undefined && !strict && { mac }), transmitOnBase };
}

function settleIpvlan(
  { context, draft, family }: DetailScene,
  link: VirtualLink & { kind: 'ipvlan' },
): VirtualLink {
  const span = draft.section.spanOf('use_ipvlan');
  if (draft.unicastKeyword) {
    context.warning('conflict', 'use_ipvlan with unicast needs vmac_xmit_base; it is set', span);
  }
  if (family === 'inet' && link.address === undefined) {
    draft.faults.push('use_ipvlan has no address');
    context.error(
      'address-missing',
      'use_ipvlan needs an address for IPv4; the instance stays in FAULT',
      span,
    );
  }
  return link;
}

function settleVrf({ context, draft, unicast }: DetailScene): string | undefined {
  const vrf = draft.section.text('vrf');
  if (vrf === undefined) return undefined;
  if (draft.interface === undefined && unicast) return vrf;
  const why = draft.interface === undefined ? 'it needs unicast' : 'an interface is given';
  context.warning('conflict', `vrf is ignored: ${why}`, draft.section.spanOf('vrf'));
  return undefined;
}

function acceptOf({ context, draft, priority, strict, version }: DetailScene): boolean {
  const accept = draft.accept ?? (priority === OWNER || !strict);
  if (!accept || priority === OWNER || !strict || version === 3) return accept;
  context.warning(
    'strict-mode',
    'strict mode: version 2 has no accept mode (RFC 3768)',
    draft.section.spanOf('accept'),
  );
  return false;
}

/** owner_ignore_adverts, which only an owner can have. */
export function ownerIgnoresAdverts({
  context,
  draft,
  globals,
  priority,
  strict,
}: Pick<DetailScene, 'context' | 'draft' | 'globals' | 'priority' | 'strict'>): boolean {
  const given = draft.section.flag('owner_ignore_adverts');
  const span = (): Span | undefined => draft.section.spanOf('owner_ignore_adverts');
  if (priority !== OWNER) {
    if (given) context.warning('conflict', 'owner_ignore_adverts is ignored: priority is not 255', span());
    return false;
  }
  if (given === undefined) return strict || globals.vrrp.ownerIgnoreAdverts;
  // keepalived 2.4.3 sets it for an owner even where it says off, strict or not.
  if (!given) context.warning('strict-mode', 'with priority 255, owner_ignore_adverts is on', span());
  return true;
}
