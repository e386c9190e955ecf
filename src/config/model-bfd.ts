/** What a bfd_instance says beyond its session. */
export interface BfdDetails {
  /** As written, 1-255; without it 255 is sent. */
  readonly ttl?: number;
  /** -1 for no check. */
  readonly maxHops: number;
  /** For instances that track it. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Which workers are told. */
  readonly vrrp: boolean;
  readonly checker: boolean;
}
