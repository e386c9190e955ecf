export type * from './command.js';
export type * from './desired.js';
export type * from './kernel-state.js';
export { desiredFromPool, type PoolView, type ResumedView } from './desired-from-pool.js';
export { planServices } from './plan.js';
