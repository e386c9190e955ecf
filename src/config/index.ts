export type * from './model.js';
export type * from './model-global.js';
export type * from './model-notify.js';
export type * from './model-probe.js';
export * from './problem.js';
export * from './problem-codes.js';
export type * from './tree.js';
