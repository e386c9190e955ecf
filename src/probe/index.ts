export type * from './probe.js';
export { Prober } from './prober.js';
