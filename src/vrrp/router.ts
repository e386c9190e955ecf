import { type Micros } from '../base/units.js';
import { type VrrpEffect } from './effect.js';
import { type VrrpEvent } from './event.js';
import { type VrrpSettings } from './settings.js';
import { type RouterSnapshot } from './snapshot.js';

/**
 * All of VRRP on one host: every instance, sync group and tracking script. Pure: what happened comes in by
 * `step`, what is to be done goes out as effects, and nothing else crosses the door.
 */
export class Router {
  private readonly settings: VrrpSettings;

  constructor(settings: VrrpSettings) {
    this.settings = settings;
  }

  /**
   * Takes one event and returns the orders that follow from it, to be carried out in this order and completely
   * before the next event.
   * @param now the monotonic clock; never earlier than at the step before.
   */
  step(event: VrrpEvent, now: Micros): readonly VrrpEffect[] {
    void event;
    void now;
    return [];
  }

  /** What the router knows at this moment, as plain data. */
  snapshot(): RouterSnapshot {
    void this.settings;
    return { instances: [], syncGroups: [], scripts: [], unclaimedAdverts: {} };
  }
}
