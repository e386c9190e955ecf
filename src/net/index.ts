export type * from './desired.js';
export type * from './desired-route.js';
export type * from './desired-rule.js';
export * from './plan.js';
export type * from './firewall-desired.js';
export * from './firewall-plan.js';
