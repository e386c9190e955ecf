import { type ScriptCommand, type StateNotify } from '../config/index.js';
import { type RunNotify } from '../vrrp/index.js';

/** Names of the notify_* settings, by the state that each is for. */
const SPECIFIC = {
  MASTER: 'master',
  BACKUP: 'backup',
  FAULT: 'fault',
  STOP: 'stop',
  DELETED: 'deleted',
  MASTER_RX_LOWER_PRI: 'masterRxLowerPri',
} as const satisfies Partial<Record<RunNotify['state'], keyof StateNotify>>;

/** States that the general `notify` is called with; the others are events, told to few. */
const GENERAL: ReadonlySet<string> = new Set(['MASTER', 'BACKUP', 'FAULT', 'STOP', 'DELETED']);

/**
 * The scripts for one change of state, in keepalived's order: notify_STATE first, then `notify` with four further
 * arguments: INSTANCE or GROUP, its name, the state, and the priority (0 for a group).
 *
 * A deleted instance is told of as DELETED only to those who ask for that; to others it is in FAULT, as it was
 * before keepalived knew the word.
 */
export function stateScripts(notify: StateNotify | undefined, event: RunNotify): readonly ScriptCommand[] {
  if (!notify || event.state === 'MASTER_PRIORITY' || event.state === 'BACKUP_PRIORITY') return [];
  const state = event.state === 'DELETED' && !notify.deleted ? 'FAULT' : event.state;
  const specific = notify[SPECIFIC[state]];
  const scripts = specific ? [specific] : [];
  if (!notify.any || !GENERAL.has(state)) return scripts;
  const priority = event.subject === 'GROUP' ? 0 : event.priority;
  return [...scripts, withArguments(notify.any, [event.subject, event.name, state, String(priority)])];
}

const withArguments = (script: ScriptCommand, further: readonly string[]): ScriptCommand => ({
  ...script,
  argv: [...script.argv, ...further],
});
