import { compareAddresses, type IpAddress } from '../base/address.js';

/** What takes part in the election: a priority, and the primary address that settles a draw. */
export interface Candidate {
  readonly priority: number;
  readonly address: IpAddress;
}

/** How an advert's sender compares with us. */
export type Rank =
  | 'higher'
  | 'lower'
  /** Same priority and same address: ourselves, or somebody who uses our address. */
  | 'same';

/** RFC 9568, 6.4.3: the higher priority wins; of equal priorities the numerically greater primary address. */
export function rank(sender: Candidate, ours: Candidate): Rank {
  const difference = sender.priority - ours.priority || compareAddresses(sender.address, ours.address);
  if (difference === 0) return 'same';
  return difference > 0 ? 'higher' : 'lower';
}
