import { type StateNotify } from '../config/index.js';
import { type HealthNotify } from '../health/index.js';
import { type RunNotify } from '../vrrp/index.js';
import { toldState } from './state-scripts.js';

/** What a FIFO's reader gets, without the line's end: `INSTANCE "VI_1" MASTER 100`, in keepalived's form. */
export const stateLine = (
  subject: RunNotify['subject'],
  name: string,
  state: RunNotify['state'],
  priority: number,
): string => `${subject} "${name}" ${state} ${subject === 'GROUP' ? 0 : priority}`;

/**
 * The line for a change of VRRP; undefined where there is none: a change of priority that nobody asked to hear of
 * (notify_priority_changes), or a removal in FAULT without notify_deleted.
 */
export function vrrpLine(notify: StateNotify | undefined, event: RunNotify): string | undefined {
  const { subject, name, priority } = event;
  const isPriority = event.state === 'MASTER_PRIORITY' || event.state === 'BACKUP_PRIORITY';
  if (isPriority && notify?.priorityChanges !== true) return undefined;
  const state = toldState(notify ?? TELLS_NOTHING, event);
  return state && stateLine(subject, name, state, priority);
}

/** `RS [192.0.2.10]:tcp:80 [192.0.2.1]:tcp:80 UP` for a real server, `VS [192.0.2.1]:tcp:80 UP` for a quorum. */
export const lvsLine = (event: HealthNotify): string =>
  event.subject === 'RS'
    ? `RS ${event.realServer} ${event.pool} ${event.state}`
    : `VS ${event.pool} ${event.state}`;

const TELLS_NOTHING: StateNotify = { tellsDeleted: false, priorityChanges: false };
