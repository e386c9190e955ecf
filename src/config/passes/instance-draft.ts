import { familyOf, isLinkLocal } from '../../base/address.js';
import { type Family, type IpAddress } from '../../base/address.js';
import { type Micros } from '../../base/units.js';
import { type UnicastPeer } from '../../vrrp/index.js';
import { type DesiredRoute, type DesiredRule } from '../../net/index.js';
import { type VirtualLink } from '../model-vrrp.js';
import { type Span } from '../tree.js';
import { type AddressDraft } from './addresses.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type HmacDraft } from './instance-hmac.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { type ScriptDraft } from './scripts.js';
import { type Section } from './section.js';
import { type TrackLists } from './track-kinds.js';

/**
 * A vrrp_instance while its lines are read. keepalived decides some things by which line comes first (the address
 * family, the version), so lines are visited in order.
 */
export interface InstanceDraft {
  readonly name: string;
  readonly span: Span;
  section: Section;
  authentication: Section | undefined;
  family: Family | undefined;
  version: number;
  state: 'MASTER' | 'BACKUP' | undefined;
  interface: string | undefined;
  source: IpAddress | undefined;
  group: IpAddress | undefined;
  /** A keyword that only unicast has was used. */
  unicastKeyword: boolean;
  checkUnicastSource: boolean;
  peers: UnicastPeer[];
  readonly vips: AddressDraft[];
  readonly excluded: AddressDraft[];
  preempt: boolean;
  readonly track: TrackLists;
  readonly routes: DesiredRoute[];
  readonly rules: DesiredRule[];
  link: VirtualLink | undefined;
  hmac: HmacDraft | undefined;
  accept: boolean | undefined;
  garpExtra: { readonly interval: Micros; readonly all: boolean } | undefined;
  readonly notify: Record<string, ScriptDraft>;
  /** Why the instance can never leave FAULT, if so. */
  readonly faults: string[];
}

/** What the visitors of an instance's lines share. */
export interface InstanceScene {
  readonly context: PassContext;
  readonly globals: Globals;
  readonly registry: Registry;
  readonly draft: InstanceDraft;
}

/** Takes an accepted line of an instance; false leaves it out after all. */
export type InstanceVisitor = (scene: InstanceScene, reading: Reading) => boolean | undefined;

/** Sets the family from the first address; false (and a problem) if it differs from that. */
export function joinFamily(
  { context, draft }: InstanceScene,
  address: IpAddress,
  what: string,
  span: Span,
): boolean {
  draft.family ??= familyOf(address);
  if (draft.family === familyOf(address)) return true;
  const family = draft.family === 'inet' ? 'IPv4' : 'IPv6';
  context.error(
    'wrong-family',
    `${what} '${address}' is not ${family} as the instance; it is left out`,
    span,
  );
  return false;
}

/** True for an IPv6 source that needs an interface to be meant. */
export const needsInterface = (draft: InstanceDraft): boolean =>
  draft.family === 'inet6' && draft.source !== undefined && isLinkLocal(draft.source);
