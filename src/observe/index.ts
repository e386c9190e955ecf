export * from './chronicle.js';
export * from './journal.js';
export * from './record-encoding.js';
export * from './recorder.js';
export * from './recording.js';
export type * from './status.js';
export type * from './why.js';
export type * from './worker-state.js';
export * from './status-text.js';
