export type * from './effect.js';
export type * from './event.js';
export type * from './settings.js';
