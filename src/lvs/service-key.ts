import { type DestinationKey } from './command.js';
import { type ServiceKey } from './desired.js';

/** A service's identity as a map key; also how plans are logged: 'TCP 192.0.2.1 80', 'FWM 5 inet'. */
export const serviceId = (key: ServiceKey): string =>
  key.kind === 'fwmark' ? `FWM ${key.mark} ${key.family}` : `${key.protocol} ${key.address} ${key.port}`;

/** A destination's identity within its service. */
export const destinationId = (key: DestinationKey): string => `${key.address} ${key.port}`;
