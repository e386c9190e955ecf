export * from './host-order.js';
export type * from './message.js';
export type * from './route.js';
