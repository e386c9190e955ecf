import { MICROS_PER_SECOND, micros, minus, type Micros } from '../base/units.js';
import { type AdvertReceived, type AdvertVerdict, type RunNotify, type VrrpEffect } from '../vrrp/index.js';
import { type NewsDesk } from './news-desk.js';

type StateChanged = Extract<VrrpEffect, { type: 'StateChanged' }>;

/** Refused adverts that are told of in a second: more would only help whoever sends them. */
const MOST_REFUSALS = 10;

/** Puts into words for the alerts worker what VRRP orders and hears. */
export class VrrpNewsDesk {
  private secondBegan: Micros = micros(0);
  private refusals = 0;

  /** @param priorityOf the effective priority of an instance; undefined if there is none of that name. */
  constructor(
    private readonly desk: NewsDesk,
    private readonly priorityOf: (instance: string) => number | undefined,
  ) {}

  stateChanged({ instance, from, to, cause }: StateChanged): void {
    const priority = this.priorityOf(instance) ?? 0;
    this.desk.add({ type: 'InstanceChanged', instance, from, to, priority, cause });
  }

  notified(effect: RunNotify): void {
    this.desk.add({ ...effect, type: 'Notified' });
  }

  /** An advert came to nothing. */
  refused({ interface: name, source }: AdvertReceived, { instance, code }: AdvertVerdict, now: Micros): void {
    if (minus(now, this.secondBegan) >= MICROS_PER_SECOND) {
      this.secondBegan = now;
      this.refusals = 0;
    }
    this.refusals += 1;
    if (this.refusals > MOST_REFUSALS) return;
    const whose = instance !== undefined && { instance };
    this.desk.add({ type: 'AdvertRefused', ...whose, interface: name, source, code });
  }
}
