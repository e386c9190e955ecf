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
 * A deleted instance is told of as DELETED only to those who ask for that (notify_deleted). Others hear what keepalived told
 * before it knew the word: `notify` is called with FAULT, unless that is what it was called with last; notify_fault is
 * not called.
 */
export function stateScripts(notify: StateNotify | undefined, event: RunNotify): readonly ScriptCommand[] {
  if (!notify) return [];
  const state = toldState(notify, event);
  if (state === undefined) return [];
  const specific = notify[SPECIFIC[event.state as keyof typeof SPECIFIC]];
  const scripts = specific ? [specific] : [];
  if (!notify.any || !GENERAL.has(state)) return scripts;
  const priority = event.subject === 'GROUP' ? 0 : event.priority;
  return [...scripts, withArguments(notify.any, [event.subject, event.name, state, String(priority)])];
}

/** What the listeners of an instance or group are to hear of an event; undefined for nothing. */
export function toldState(notify: StateNotify, event: RunNotify): RunNotify['state'] | undefined {
  if (event.state !== 'DELETED' || notify.tellsDeleted) return event.state;
  return event.wasFault === true ? undefined : 'FAULT';
}

const withArguments = (script: ScriptCommand, further: readonly string[]): ScriptCommand => ({
  ...script,
  argv: [...script.argv, ...further],
});
