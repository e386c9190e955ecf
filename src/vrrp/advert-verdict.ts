/** What became of one received advert. */
export interface AdvertVerdict {
  /** The instance that it was for; absent if there is none. */
  readonly instance?: string;
  /**
   * `accepted`; `not-listening` in INIT, in FAULT and during vrrp_startup_delay; otherwise why it was dropped, as
   * the counters name it, for example `advert-bad-ttl`.
   */
  readonly code: string;
}
