import { micros, type Micros } from '../base/units.js';
import { type Vip } from './interface-view.js';
import { type WorkerShares } from './messages.js';

type Share = WorkerShares['vrrp'];

/** The address owner (RFC 9568, 1.6). */
const OWNER_PRIORITY = 255;

/** It becomes master at once: whatever is found of it at the start is its own. */
export const isOwner = ({ priority }: { readonly priority: number }): boolean => priority === OWNER_PRIORITY;

/** Every address that moves with an instance. */
export const vipsOf = ({ vrrp, vrrpAddresses }: Share): readonly Vip[] =>
  vrrp.instances.flatMap((instance) =>
    (vrrpAddresses[instance.name] ?? []).map((desired) => ({
      interface: desired.interface,
      address: desired.address,
      tracked: !desired.noTrack,
      owner: isOwner(instance),
    })),
  );

/** Traps are sent for adverts that were not believed. */
export const tellsRefusals = ({ news, details }: Share): boolean => news && details.daemon.snmp.traps;

/** BFD sessions decide on a state: what they are now must be known before the first one is taken. */
export const tracksBfd = ({ vrrp }: Share): boolean =>
  [...vrrp.instances, ...vrrp.syncGroups].some(({ trackBfd }) => trackBfd.length > 0);

/** debug: this instance says what all of them say with -D. */
export const isDebugged = ({ details }: Share, instance: string | undefined): boolean =>
  instance !== undefined && (details.instances[instance]?.debug ?? 0) > 0;

/** Standing still for as long as this has nobody take over from us yet. */
export const shortestInterval = ({ instances }: Share['vrrp']): Micros =>
  micros(Math.min(...instances.map(({ advertInterval }) => advertInterval)));
