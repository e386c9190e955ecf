export type * from './model.js';
export type * from './model-global.js';
export type * from './model-notify.js';
export type * from './model-probe.js';
