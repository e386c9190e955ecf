export type * from './desired.js';
export * from './plan.js';
