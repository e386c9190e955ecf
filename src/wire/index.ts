export * from './ah.js';
export * from './arp.js';
export * from './checksum.js';
export type * from './decode-error.js';
export * from './ethernet.js';
export * from './ipv4.js';
export * from './ipv6.js';
export * from './ndisc.js';
export * from './vrrp.js';
