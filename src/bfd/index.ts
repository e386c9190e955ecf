export type * from './effect.js';
export type * from './event.js';
export type * from './settings.js';
export type * from './snapshot.js';
export { BfdSystem, type DropCode } from './system.js';
