export * from './effect-text.js';
export * from './host.js';
