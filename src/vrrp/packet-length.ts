import { AH_LENGTH } from '../wire/ah.js';
import { AUTH_TRAILER_LENGTH } from '../wire/vrrp-trailer.js';
import { advertisedAddresses } from './advert.js';
import { type InstanceSettings } from './settings.js';

const IPV4_HEADER_LENGTH = 20;
const MESSAGE_HEADER_LENGTH = 8;
const AUTH_DATA_LENGTH = 8;

/**
 * Bytes of an advert of this instance as a raw socket delivers it: with its IP header on IPv4, without on IPv6, and with
 * what authentication adds (RFC 9568, 5.1; RFC 3768, 5.1).
 */
export function packetLength(settings: InstanceSettings): number {
  const { family, version, authentication } = settings;
  const inet = family === 'inet';
  const addresses = advertisedAddresses(settings).length * (inet ? 4 : 16);
  const message = MESSAGE_HEADER_LENGTH + addresses + (version === 2 ? AUTH_DATA_LENGTH : 0);
  const ah = authentication.type === 'ah' ? AH_LENGTH : 0;
  const signs = authentication.type === 'hmac' && authentication.mode !== 'receive-only';
  return (inet ? IPV4_HEADER_LENGTH : 0) + ah + message + (signs ? AUTH_TRAILER_LENGTH : 0);
}
