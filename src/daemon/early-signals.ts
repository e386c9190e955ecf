/*
 * Imported before anything else by the command line: from the first moment on, a HUP or USR signal does not end the
 * process, as it would by default (and USR1 would open Node's debugger). What came early is acted on when somebody
 * takes over.
 */

/** Signals that a running daemon is sent by scripts which may not wait until it is up. */
export const CONTROL_SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

const pending: NodeJS.Signals[] = [];
let act: (signal: NodeJS.Signals) => void = (signal) => void pending.push(signal);
for (const signal of CONTROL_SIGNALS) process.on(signal, () => act(signal));

/** From now on `action` is called for each of these signals, first for those that have come already. */
export function takeControlSignals(action: (signal: NodeJS.Signals) => void): void {
  act = action;
  for (const signal of pending.splice(0)) action(signal);
}
