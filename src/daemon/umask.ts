import { type GlobalSettings } from '../config/index.js';
import { type DaemonFlags } from './flags.js';

/** What keepalived creates, and what scripts create that it runs, is the owner's alone: u=rw. */
const KEEPALIVED_UMASK = 0o177;

/** The file mode creation mask: -u goes before the file, and the file before keepalived's own. */
export const umaskOf = (flags: DaemonFlags, global?: GlobalSettings): number =>
  flags.umask ?? global?.umask ?? KEEPALIVED_UMASK;
