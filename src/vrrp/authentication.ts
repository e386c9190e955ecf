import { constantTimeEqual } from '../base/constant-time.js';
import { encodeUtf8 } from '../base/utf8.js';
import {
  VRRP_AUTH_AH,
  VRRP_AUTH_DATA_LENGTH,
  VRRP_AUTH_NONE,
  VRRP_AUTH_PASS,
  type AdvertV2,
} from '../wire/vrrp.js';
import { type Authentication } from './settings.js';

/** Why the authentication of an advert does not hold. */
export interface AuthenticationFault {
  readonly code: 'advert-bad-auth-type' | 'advert-auth-type-mismatch' | 'advert-wrong-password';
  /** In keepalived's words, what stands behind the instance's name. */
  readonly text: string;
}

/** auth_hmac stands behind the message, which says nothing of it. */
const TYPE_NUMBERS = { none: VRRP_AUTH_NONE, pass: VRRP_AUTH_PASS, ah: VRRP_AUTH_AH, hmac: VRRP_AUTH_NONE };

/** The Auth Type field of version 2 (RFC 2338, 5.3.6). */
export const authTypeNumber = (authentication: Authentication): number => TYPE_NUMBERS[authentication.type];

/** The Authentication Data field of version 2 (RFC 2338, 5.3.9): the password cut to or padded to 8 bytes. */
export function authData(authentication: Authentication): Uint8Array {
  const field = new Uint8Array(VRRP_AUTH_DATA_LENGTH);
  if (authentication.type !== 'pass') return field;
  field.set(encodeUtf8(authentication.password).subarray(0, VRRP_AUTH_DATA_LENGTH));
  return field;
}

/** Checks what a version 2 advert carries against what is configured (RFC 2338, 7.1); undefined if it holds. */
export function checkAuthentication(
  advert: AdvertV2,
  source: string,
  authentication: Authentication,
): AuthenticationFault | undefined {
  const expected = authTypeNumber(authentication);
  const found = advert.authType;
  if (![VRRP_AUTH_NONE, VRRP_AUTH_PASS, VRRP_AUTH_AH].includes(found)) {
    return { code: 'advert-bad-auth-type', text: `Invalid auth type from ${source}: ${found}` };
  }
  if (found !== expected) {
    const text = `received a ${found} auth from ${source}, expecting ${expected}!`;
    return { code: 'advert-auth-type-mismatch', text };
  }
  if (authentication.type === 'pass' && !constantTimeEqual(advert.authData, authData(authentication))) {
    return { code: 'advert-wrong-password', text: `received an invalid passwd from ${source}!` };
  }
  return undefined;
}
