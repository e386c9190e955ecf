import { micros, plus, secondsToMicros, type Micros } from '../base/units.js';
import { type VrrpState } from '../vrrp/index.js';
import { type StateAnnouncer } from './state-news.js';

/*
 * serve_when_master: of two directors that are real servers of each other one has the services in IPVS, and either has
 * the virtual address on its loopback. A packet of a connection that somebody else serves, and that comes to a director
 * without services, is answered by its own TCP with a reset. So the services come before the neighbours are told of the
 * address, and stand until the neighbours have been told by the other one.
 */

/** Nobody waits longer for the services of a takeover; nor longer than an advert interval of anybody, for adverts must go on. */
const LONGEST_WAIT: Micros = micros(100_000);

/** Whoever has not answered once is not waited for again so soon: many instances may change together. */
const PAUSE: Micros = secondsToMicros(1);

/** The other one is master, and about to tell the neighbours. */
const WHILE_ANOTHER_BEGINS: Micros = micros(150_000);

/** The other one takes over within its skew, which is less than this, and has no services before that. */
const UNTIL_ANOTHER_TAKES_OVER: Micros = secondsToMicros(1);

/** How long the services may stand when an instance stops being master for this state. */
export function lingeringOf(state: VrrpState): Micros {
  if (state === 'BACKUP') return WHILE_ANOTHER_BEGINS;
  return state === 'FAULT' ? UNTIL_ANOTHER_TAKES_OVER : micros(0);
}

/** What ServicesFirst needs of the outside. */
export interface ServicesFirstSurroundings {
  readonly mastership: Pick<StateAnnouncer, 'awaitAction'>;
  now(): Micros;
  say(text: string): void;
}

/** Has a takeover wait, for a moment, until the health worker has put up the services that wait for it. */
export class ServicesFirst {
  private notBefore: Micros = micros(0);

  constructor(private readonly around: ServicesFirstSurroundings) {}

  /**
   * @param instance it has become master, and has told so.
   * @param advertInterval the shortest of all instances.
   */
  wait(instance: string, advertInterval: Micros): void {
    const { around } = this;
    if (around.now() < this.notBefore) return;
    const longest = micros(Math.min(LONGEST_WAIT, advertInterval));
    if (around.mastership.awaitAction('checkers', instance, longest)) return;
    this.notBefore = plus(around.now(), PAUSE);
    around.say(`(${instance}) The services are not up after ${longest / 1000} ms: not waiting for them`);
  }
}
