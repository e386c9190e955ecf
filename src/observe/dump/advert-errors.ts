import { type InstanceCounters } from '../../vrrp/index.js';

/** keepalived's counters of what was wrong with adverts, by the names that its JSON has. */
export interface AdvertErrors {
  readonly packet_len_err: number;
  readonly ip_ttl_err: number;
  readonly invalid_type_rcvd: number;
  readonly advert_interval_err: number;
  readonly addr_list_err: number;
  readonly invalid_authtype: number;
  readonly authtype_mismatch: number;
  readonly auth_failure: number;
  readonly auth_ext_missing: number;
  readonly auth_ext_malformed: number;
  readonly auth_ext_unknown_key: number;
  readonly auth_ext_invalid_hmac: number;
  readonly auth_ext_stale: number;
  readonly auth_ext_replay: number;
}

/** Which of our reasons each of keepalived's counters adds up. */
const REASONS: Readonly<Record<keyof AdvertErrors, readonly string[]>> = {
  packet_len_err: ['advert-truncated', 'advert-too-long'],
  ip_ttl_err: ['advert-bad-ttl', 'advert-ttl-out-of-range'],
  invalid_type_rcvd: ['advert-unknown-type'],
  advert_interval_err: ['advert-interval-mismatch'],
  addr_list_err: ['advert-address-count', 'advert-address-missing'],
  invalid_authtype: ['advert-bad-auth-type'],
  authtype_mismatch: ['advert-auth-type-mismatch'],
  auth_failure: [
    'advert-wrong-password',
    ...[
      'advert-ah-malformed',
      'advert-ah-bad-spi',
      'advert-ah-bad-value',
      'advert-ah-not-vrrp',
      'advert-ah-replay',
    ],
  ],
  auth_ext_missing: ['advert-auth-missing'],
  auth_ext_malformed: ['advert-auth-malformed'],
  auth_ext_unknown_key: ['advert-auth-unknown-key'],
  auth_ext_invalid_hmac: ['advert-auth-bad-hmac'],
  auth_ext_stale: ['advert-auth-stale'],
  auth_ext_replay: ['advert-auth-replay'],
};

/** An instance's counters as keepalived counts. */
export function advertErrors({
  dropped,
  complaints,
}: Pick<InstanceCounters, 'dropped' | 'complaints'>): AdvertErrors {
  const sum = (codes: readonly string[]): number =>
    codes.reduce((total, code) => total + (dropped[code] ?? 0) + (complaints[code] ?? 0), 0);
  const entries = Object.entries(REASONS).map(([name, codes]) => [name, sum(codes)] as const);
  return Object.fromEntries(entries) as unknown as AdvertErrors;
}
