import { addressBytes, type IpAddress } from '../base/address.js';
import { constantTimeEqual } from '../base/constant-time.js';
import { MICROS_PER_SECOND } from '../base/units.js';
import { encodeUtf8 } from '../base/utf8.js';
import {
  AH_LENGTH,
  decodeAh,
  encodeAh,
  integrityCheckValue,
  IPPROTO_AH,
  type AuthenticationHeader,
} from '../wire/ah.js';
import { encodeIpv4Header, IPTOS_INTERNETCONTROL } from '../wire/ipv4.js';
import { IPPROTO_VRRP, VRRP_AUTH_DATA_LENGTH, VRRP_TTL } from '../wire/vrrp.js';
import { type Authenticator, type Opened } from './authenticator.js';
import { type Context } from './context.js';
import { type SendAdvert } from './effect.js';
import { type AdvertReceived } from './event.js';
import { type Authentication, type InstanceSettings } from './settings.js';

type AhAuthentication = Extract<Authentication, { type: 'ah' }>;

const IPV4_HEADER_LENGTH = 20;
/** keepalived's last one; behind it the sequence begins anew. */
const LAST_SEQUENCE = 0xffff_fffe;
const NO_VALUE = new Uint8Array(0);

/**
 * IPsec AH as VRRP version 2 had it (RFC 2338, 5.3.6.3): HMAC-MD5-96 over IP header, AH and message. Whoever becomes
 * master goes on with the sequence where the last one was heard.
 *
 * keepalived has one counter for both directions. With it two routers that become master at the same moment, and so with the
 * same number, take each other for replays for as long as they send in step. Here what is heard must be beyond what was
 * heard before, and what is sent beyond both.
 */
export class AhAuthenticator implements Authenticator {
  /** Sequence Number of the latest packet that we sent. */
  private sent = 0;
  /** Of the latest that we believed. */
  private heard = 0;
  private key: Uint8Array;
  private routed: boolean;

  constructor(
    settings: InstanceSettings,
    authentication: AhAuthentication,
    private readonly context: Context,
  ) {
    this.key = keyOf(authentication);
    this.routed = settings.transport.kind === 'unicast';
  }

  reconfigure({ authentication, transport }: InstanceSettings): void {
    if (authentication.type === 'ah') this.key = keyOf(authentication);
    this.routed = transport.kind === 'unicast';
  }

  seal(advert: SendAdvert): SendAdvert {
    const latest = Math.max(this.sent, this.heard);
    this.sent = latest >= LAST_SEQUENCE ? 1 : latest + 1;
    const payloads = advert.destinations.map((destination, index) =>
      this.protect(advert, destination, advert.payloads[index] ?? NO_VALUE),
    );
    return { ...advert, protocol: IPPROTO_AH, payloads };
  }

  open(event: AdvertReceived): Opened {
    const { source, ipHeader, payload } = event;
    const decoded = decodeAh(payload);
    if (!decoded.ok || !ipHeader) {
      const why = decoded.ok ? 'no IP header' : decoded.error.text;
      return refuse('advert-ah-malformed', `IPSEC-AH : malformed header from ${source}, ${why}`);
    }
    const { header, payload: message } = decoded.value;
    if (header.nextHeader !== IPPROTO_VRRP) {
      return refuse('advert-ah-not-vrrp', `IPSEC-AH : protocol ${header.nextHeader} from ${source}`);
    }
    const expected = this.valueOf(ipHeader, payload);
    if (!constantTimeEqual(header.icv, expected)) {
      const text =
        'IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password ! ' +
        `Packet from ${source}`;
      return refuse('advert-ah-bad-value', text);
    }
    const spi = spiOf(source);
    if (header.spi !== spi) {
      const text = `IPSEC AH : invalid IPSEC SPI value. ${header.spi} and expect ${spi}`;
      return refuse('advert-ah-bad-spi', text);
    }
    if (header.sequence <= this.heard) {
      const text =
        `IPSEC-AH : sequence number ${header.sequence} already processed. ` +
        `Packet dropped. Local(${this.heard})`;
      return refuse('advert-ah-replay', text);
    }
    this.heard = header.sequence;
    return { ok: true, payload: message, headerLength: AH_LENGTH, trailerLength: 0, complaints: [] };
  }

  outbid(): string {
    this.sent = Math.max(this.sent, this.heard) + 1;
    return 'IPSEC-AH : Syncing seq_num - Increment seq';
  }

  /** There is at most an advert a second, so the time in seconds is beyond anything that a counter from 1 has reached. */
  resume(): void {
    this.sent = Math.floor(this.context.unixTime() / MICROS_PER_SECOND);
  }

  private protect(advert: SendAdvert, destination: IpAddress, message: Uint8Array): Uint8Array {
    const header: AuthenticationHeader = {
      nextHeader: IPPROTO_VRRP,
      spi: spiOf(advert.source),
      sequence: this.sent,
      icv: NO_VALUE,
    };
    const packet = new Uint8Array(AH_LENGTH + message.length);
    packet.set(encodeAh(header));
    packet.set(message, AH_LENGTH);
    const ipHeader = encodeIpv4Header({
      tos: IPTOS_INTERNETCONTROL,
      totalLength: IPV4_HEADER_LENGTH + packet.length,
      identification: advert.identification ?? 0,
      fragment: 0,
      ttl: advert.ttl ?? VRRP_TTL,
      protocol: IPPROTO_AH,
      source: advert.source,
      destination,
      options: NO_VALUE,
    });
    packet.set(encodeAh({ ...header, icv: this.valueOf(ipHeader, packet) }));
    return packet;
  }

  private valueOf(ipHeader: Uint8Array, ahAndPayload: Uint8Array): Uint8Array {
    return integrityCheckValue({ ipHeader, ahAndPayload, routed: this.routed }, this.key);
  }
}

/** keepalived's key: auth_pass in the 8 bytes of the authentication field, padded with zeros. */
function keyOf({ password }: AhAuthentication): Uint8Array {
  const key = new Uint8Array(VRRP_AUTH_DATA_LENGTH);
  key.set(encodeUtf8(password).subarray(0, VRRP_AUTH_DATA_LENGTH));
  return key;
}

/** The Security Parameters Index is the sender's address. */
function spiOf(source: IpAddress): number {
  return new DataView(addressBytes(source).slice().buffer).getUint32(0);
}

const refuse = (code: string, text: string): Opened => ({ ok: false, complaint: { code, text } });
