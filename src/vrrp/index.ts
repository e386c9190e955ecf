export { sameData } from './equality.js';
export { Router } from './router.js';
export type * from './advert-verdict.js';
export type * from './effect.js';
export type * from './event.js';
export type * from './settings.js';
export type * from './snapshot.js';
export * from './segment-advert.js';
export * from './segment-survey.js';
