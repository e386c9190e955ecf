import { sha256 } from '../base/sha256.js';
import { encodeUtf8 } from '../base/utf8.js';
import { type HmacKey } from '../vrrp/index.js';

const BYTES_SHOWN = 4;

/** What tells one key of auth_hmac from another without giving it away: the beginning of its digest. */
export const fingerprintOf = ({ secret }: HmacKey): string =>
  Array.from(sha256(encodeUtf8(secret)).subarray(0, BYTES_SHOWN), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
