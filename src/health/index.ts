export type * from './effect.js';
export type * from './event.js';
export type * from './settings.js';
export type * from './snapshot.js';
export type { Marks, MarkedServer, OperatorMark } from './marks.js';
export { LATENCY_BOUNDS } from './latency.js';
export { HealthMonitor } from './monitor.js';
