import { compareAddresses, type IpAddress } from '../base/address.js';
import { micros, type Micros } from '../base/units.js';
import { type InstanceSettings, type VrrpState } from '../vrrp/index.js';
import { type Station } from './station.js';

/** One router's part in a virtual router: the instance that it has configured for it. */
export interface Member {
  readonly station: Station;
  readonly settings: InstanceSettings;
}

/** Instances on different routers that stand in for one another: same segment, family and VRID (RFC 9568, 3). */
export interface VirtualRouter {
  /** For people: `eth0 inet VRID 51`. */
  readonly name: string;
  readonly members: readonly Member[];
}

/** The virtual routers that these stations form. */
export function virtualRouters(stations: readonly Station[]): readonly VirtualRouter[] {
  const members = new Map<string, Member[]>();
  for (const station of stations) {
    for (const settings of station.settings.instances) {
      const name = `${settings.interface} ${settings.family} VRID ${settings.vrid}`;
      members.set(name, [...(members.get(name) ?? []), { station, settings }]);
    }
  }
  return [...members].map(([name, list]) => ({ name, members: list }));
}

/** The state of a member; undefined while its daemon does not run. */
export const stateOf = ({ station, settings }: Member): VrrpState | undefined =>
  station.running ? station.states.get(settings.name) : undefined;

/** The longest advert interval among the members. */
export const longestInterval = ({ members }: VirtualRouter): Micros =>
  micros(Math.max(...members.map(({ settings }) => settings.advertInterval)));

/**
 * The longest that any member may take to claim mastership after the last advert of a master: its own
 * master-down interval at the lowest priority, preempt_delay on top.
 */
export function longestClaim(router: VirtualRouter): Micros {
  const interval = longestInterval(router);
  const waits = router.members.map(({ settings }) => {
    const skew = settings.version === 3 ? interval : 1_000_000;
    return settings.downTimerAdverts * interval + skew + settings.preemptDelay;
  });
  return micros(Math.max(...waits));
}

/** Orders candidates as an election does: greatest priority first, then greatest address (RFC 9568, 6.4.3). */
export function compareCandidates(
  a: { readonly priority: number; readonly address: IpAddress },
  b: { readonly priority: number; readonly address: IpAddress },
): number {
  return b.priority - a.priority || compareAddresses(b.address, a.address);
}
