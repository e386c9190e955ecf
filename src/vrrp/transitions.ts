import { assert } from '../base/assert.js';
import { type VrrpState } from './effect.js';

/** One thing to do on the way from a state to another; Instance knows how. */
export type Step =
  /** Send an advert with our priority. */
  | 'advertise'
  /** Send adverts of priority 0, where the cause asks for them. */
  | 'resign'
  /** Take the new state, and say so. */
  | 'enter'
  | 'add-addresses'
  | 'remove-addresses'
  /** First gratuitous ARP round; later rounds are scheduled. */
  | 'announce'
  /** Tell scripts, FIFOs and mail. */
  | 'notify'
  /** Arm Adver_Timer (RFC 9568, 6.2). */
  | 'keep-advertising'
  /** Arm Active_Down_Timer (RFC 9568, 6.2). */
  | 'listen'
  /** Clear every timer of the instance. */
  | 'fall-silent';

/*
 * The advert goes out before the addresses are installed: the old master must have let go of them when our
 * gratuitous ARP is heard.
 */
const becomeMaster: readonly Step[] = [
  'advertise',
  'enter',
  'keep-advertising',
  'add-addresses',
  'announce',
  'notify',
];
const listenForMaster: readonly Step[] = ['enter', 'notify', 'listen'];
const fail: readonly Step[] = ['enter', 'fall-silent', 'notify'];
const stop: readonly Step[] = ['enter', 'fall-silent'];
const stepBack: readonly Step[] = ['enter', 'fall-silent', 'resign', 'remove-addresses', 'notify', 'listen'];
const failAsMaster: readonly Step[] = ['enter', 'fall-silent', 'resign', 'remove-addresses', 'notify'];
const stopAsMaster: readonly Step[] = ['enter', 'fall-silent', 'resign', 'remove-addresses'];

/**
 * Every transition there is (RFC 9568, 6.4, and keepalived's FAULT): what is done, in order. Where the RFC has no
 * arrow there is none here. From FAULT a router always passes through BACKUP, so that it hears a living master
 * before it claims to be one.
 */
const transitions: Readonly<Record<VrrpState, Readonly<Record<VrrpState, readonly Step[] | undefined>>>> = {
  INIT: { INIT: undefined, BACKUP: listenForMaster, MASTER: becomeMaster, FAULT: fail },
  BACKUP: { INIT: stop, BACKUP: undefined, MASTER: becomeMaster, FAULT: fail },
  MASTER: { INIT: stopAsMaster, BACKUP: stepBack, MASTER: undefined, FAULT: failAsMaster },
  FAULT: { INIT: stop, BACKUP: listenForMaster, MASTER: undefined, FAULT: undefined },
};

/** True if there is a way from `from` to `to`. */
export const isTransition = (from: VrrpState, to: VrrpState): boolean => transitions[from][to] !== undefined;

/** What to do on the way from `from` to `to`, in order; a way that does not exist is a bug of the caller. */
export function stepsOf(from: VrrpState, to: VrrpState): readonly Step[] {
  const steps = transitions[from][to];
  assert(steps !== undefined, `no transition from ${from} to ${to}`);
  return steps;
}
