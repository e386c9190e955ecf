import type { Endpoint } from '../config/index.js';

/** As keepalived's checkers name where they connect: '[192.0.2.1]:25'. */
export const endpointText = ({ address, port }: Endpoint): string => `[${address}]:${port}`;
