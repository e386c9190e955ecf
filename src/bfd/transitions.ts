import { assert } from '../base/assert.js';
import { type BfdState } from '../wire/bfd.js';

/**
 * Where a packet with the state Sta takes a session (RFC 5880, 6.8.6 and the diagram of 6.2): the first key is
 * bfd.SessionState, the second what was received. In AdminDown every packet is discarded.
 */
const onReception: Readonly<Record<BfdState, Readonly<Record<BfdState, BfdState>>>> = {
  AdminDown: { AdminDown: 'AdminDown', Down: 'AdminDown', Init: 'AdminDown', Up: 'AdminDown' },
  Down: { AdminDown: 'Down', Down: 'Init', Init: 'Up', Up: 'Down' },
  Init: { AdminDown: 'Down', Down: 'Init', Init: 'Up', Up: 'Up' },
  Up: { AdminDown: 'Down', Down: 'Down', Init: 'Up', Up: 'Up' },
};

/** The state after a packet; the same as before if there is nothing to do. */
export const stateAfter = (state: BfdState, received: BfdState): BfdState => onReception[state][received];

/** One thing to do on the way from a state to another; Session knows how. */
export type Step =
  /** Take the new state, and say so. */
  | 'enter'
  /** Take another discriminator, so that nothing which is still under way is taken for part of the next life. */
  | 'renew-discriminator'
  /** bfd.DesiredMinTxInterval becomes that of a session which is not Up, or is. */
  | 'slow-down'
  | 'speed-up'
  /** Tell whoever follows the session. */
  | 'tell'
  /** Send a packet at once: the neighbour should know (RFC 5880, 6.8.7). */
  | 'transmit'
  /** Clear every timer. */
  | 'fall-silent';

const rise: readonly Step[] = ['enter', 'speed-up', 'tell', 'transmit'];

/** Every transition there is: what is done, in order. */
const transitions: Readonly<Record<BfdState, Readonly<Record<BfdState, readonly Step[] | undefined>>>> = {
  AdminDown: { AdminDown: undefined, Down: ['enter'], Init: undefined, Up: undefined },
  Down: { AdminDown: ['enter', 'fall-silent'], Down: undefined, Init: ['enter', 'transmit'], Up: rise },
  Init: {
    AdminDown: ['enter', 'fall-silent'],
    Down: ['enter', 'transmit'],
    Init: undefined,
    Up: rise,
  },
  Up: {
    AdminDown: ['enter', 'renew-discriminator', 'slow-down', 'tell', 'fall-silent'],
    Down: ['enter', 'renew-discriminator', 'slow-down', 'tell', 'transmit'],
    Init: undefined,
    Up: undefined,
  },
};

/** What to do on the way from `from` to `to`, in order; a way that does not exist is a bug of the caller. */
export function stepsOf(from: BfdState, to: BfdState): readonly Step[] {
  const steps = transitions[from][to];
  assert(steps !== undefined, `no transition from ${from} to ${to}`);
  return steps;
}
