export * from './attribute.js';
export * from './generic.js';
export * from './host-order.js';
export * from './link.js';
export * from './message.js';
export * from './route.js';
export * from './nftables.js';
export * from './nftables-encode.js';
