import { plus } from '../base/units.js';
import { type Instance } from './instance.js';
import { type HeardAdvert } from './reception.js';
import { inSeconds, PRIORITY_OWNER, PRIORITY_RESIGN } from './timers.js';

/**
 * BACKUP receives an advert (RFC 9568, 6.4.2).
 * @param newMaster it is the first one from its sender since another was heard.
 */
export function hearAsBackup(instance: Instance, heard: HeardAdvert, newMaster: boolean): void {
  if (newMaster) {
    instance.listener.forgetComplaints();
    const before = instance.master ? `changed from ${instance.master.address}` : 'set';
    instance.record('debug', 'master-changed', `master ${before} to ${heard.source}`);
  }
  restoreOwnerPriority(instance, heard, newMaster);
  if (heard.priority === PRIORITY_RESIGN) {
    instance.record('debug', 'master-resigned', 'Backup received priority 0 advertisement');
    instance.downTimer.listen('resigned');
  } else if (isFollowed(instance, heard)) {
    follow(instance, heard);
  } else {
    const text = `received lower priority (${heard.priority}) advert from ${heard.source} - discarding`;
    instance.record('info', 'advert-lower-priority', text);
    instance.master = { address: heard.source, priority: heard.priority };
    instance.downTimer.preempt();
  }
}

/** A master of lower priority is followed all the same with nopreempt, or while preempt_delay lasts. */
function isFollowed(instance: Instance, heard: HeardAdvert): boolean {
  const { settings, preemptAt, context } = instance;
  if (heard.priority >= instance.effectivePriority || !settings.preempt) return true;
  return settings.preemptDelay > 0 && (preemptAt === undefined || preemptAt > context.now);
}

function follow(instance: Instance, heard: HeardAdvert): void {
  learnInterval(instance, heard);
  instance.master = { address: heard.source, priority: heard.priority };
  delayPreemption(instance, heard);
  // Held back by its sync group until now: but there is a better master than we would be.
  instance.wantsMaster = false;
  instance.downTimer.listen('master');
}

/** RFC 9568, 6.4.2: version 3 follows the master's own interval. */
export function learnInterval(instance: Instance, heard: HeardAdvert): void {
  if (instance.settings.version !== 3 || heard.interval === instance.masterAdvertInterval) return;
  const text =
    `advertisement interval updated from ${instance.masterAdvertInterval / 1000}ms ` +
    `to ${heard.interval / 1000}ms by master`;
  instance.record('debug', 'advert-interval-learned', text);
  instance.masterAdvertInterval = heard.interval;
}

function delayPreemption(instance: Instance, heard: HeardAdvert): void {
  const { preemptDelay } = instance.settings;
  if (preemptDelay === 0) return;
  if (heard.priority >= instance.effectivePriority) {
    if (instance.preemptAt !== undefined)
      instance.record('debug', 'preempt-delay-ended', 'stop preempt delay');
    instance.preemptAt = undefined;
  } else if (instance.preemptAt === undefined) {
    instance.record('debug', 'preempt-delay', `start preempt delay (${inSeconds(preemptDelay)})`);
    instance.preemptAt = plus(instance.context.now, preemptDelay);
  }
}

/** We had lowered our priority for another owner, which is not heard as one any more. */
function restoreOwnerPriority(instance: Instance, heard: HeardAdvert, newMaster: boolean): void {
  if (!newMaster && heard.priority === PRIORITY_OWNER) return;
  instance.restoreOwnerPriority('received advert with lower priority');
}
