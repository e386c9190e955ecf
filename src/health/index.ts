export type * from './settings.js';
