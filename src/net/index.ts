export type * from './desired.js';
