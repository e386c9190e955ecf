export type * from './probe.js';
export type { ScriptEnding, ScriptHost } from './misc.js';
export { Prober } from './prober.js';
