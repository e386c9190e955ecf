export type * from './probe.js';
export type { ScriptEnding, ScriptHost } from './misc.js';
export { regexTrouble } from './body-pattern.js';
export { hashPage, type PageWatcher } from './page-hash.js';
export { Prober } from './prober.js';
export { tlsTrouble } from './tls-identity.js';
