import { encodeUtf8 } from '../../base/utf8.js';
import { AttributeWriter } from './attribute.js';

/** What RTA_METRICS of a route holds (RTAX_*). */
export interface RouteMetrics {
  /**
   * By their iproute2 names; times as the kernel counts them: rtt in eighths, rttvar in quarters of a millisecond,
   * rto_min in milliseconds.
   */
  readonly metrics: Readonly<Partial<Record<RouteMetric, number>>>;
  /** Metrics that are locked, `congctl` among them. */
  readonly locked: readonly LockableMetric[];
  /** `features ecn`. */
  readonly ecn: boolean;
  /** `congctl`: the congestion control of TCP connections over it. */
  readonly congestionControl?: string;
}

export type RouteMetric =
  | 'mtu'
  | 'hoplimit'
  | 'advmss'
  | 'rtt'
  | 'rttvar'
  | 'reordering'
  | 'window'
  | 'cwnd'
  | 'ssthresh'
  | 'rto_min'
  | 'initcwnd'
  | 'initrwnd'
  | 'quickack'
  | 'fastopen_no_cookie';

export type LockableMetric = RouteMetric | 'congctl';

/** RTAX_* of each metric. */
const numbers: Readonly<Record<RouteMetric, number>> = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  fastopen_no_cookie: 17,
};

const RTAX_LOCK = 1;
const RTAX_FEATURES = 12;
const RTAX_CC_ALGO = 16;
const RTAX_FEATURE_ECN = 1;

/** The attributes inside RTA_METRICS; undefined if there are none. */
export function encodeMetrics(route: RouteMetrics): AttributeWriter | undefined {
  const writer = new AttributeWriter();
  const given = (Object.keys(numbers) as RouteMetric[]).filter((name) => route.metrics[name] !== undefined);
  if (given.length === 0 && !route.ecn && route.congestionControl === undefined) return undefined;
  // The name goes without a NUL, as from iproute2.
  if (route.congestionControl !== undefined) writer.bytes(RTAX_CC_ALGO, encodeUtf8(route.congestionControl));
  for (const name of given) writer.u32(numbers[name], route.metrics[name] ?? 0);
  if (route.ecn) writer.u32(RTAX_FEATURES, RTAX_FEATURE_ECN);
  const lock = route.locked.reduce((mask, name) => mask | (1 << numberOf(name)), 0);
  if (lock !== 0) writer.u32(RTAX_LOCK, lock);
  return writer;
}

const numberOf = (name: LockableMetric): number => (name === 'congctl' ? RTAX_CC_ALGO : numbers[name]);
