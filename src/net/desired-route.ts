import { type FibNexthop, type FibRoute } from '../wire/netlink/fib-route.js';

/** A route to be installed, with what `ip route add` takes. Names of tables, protocols and scopes are numbers. */
export interface DesiredRoute extends Omit<FibRoute, 'outputInterface' | 'nexthops'>, Tracking {
  /** `dev`. */
  readonly interface?: string;
  readonly nexthops: readonly DesiredNexthop[];
  /** Where it goes among routes of the same destination: before them, after them, or only if there is none. */
  readonly placement: 'prepend' | 'append' | 'add';
}

/** One of several next hops of a route. */
export interface DesiredNexthop extends Omit<FibNexthop, 'outputInterface'> {
  readonly interface?: string;
}

/** Who minds what becomes of a route or rule. */
export interface Tracking {
  /** Its instance neither follows the state of its interface nor minds if somebody else removes it. */
  readonly noTrack: boolean;
  /** Static ones only: the instances of this track_group follow the state of its interface. */
  readonly trackGroup?: string;
}
