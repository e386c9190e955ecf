export type * from './command.js';
export type * from './desired.js';
export type * from './kernel-state.js';
export { desiredAt, desiredFromPool, type PoolView } from './desired-from-pool.js';
export { planDestination, planServices } from './plan.js';
export { resumedFromKernel, type ResumedView } from './resume.js';
export { destinationId, serviceId } from './service-key.js';
export { ServiceTable } from './service-table.js';
