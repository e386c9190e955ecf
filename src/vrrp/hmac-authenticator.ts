import { type IpAddress } from '../base/address.js';
import { constantTimeEqual } from '../base/constant-time.js';
import { HmacSha256 } from '../base/sha256.js';
import { appendTrailer } from '../wire/vrrp.js';
import {
  AUTH_SCHEME_SHA256,
  AUTH_TRAILER_LENGTH,
  encodeTrailer,
  splitTrailer,
  trailerHmac,
  type AuthTrailer,
} from '../wire/vrrp-trailer.js';
import { type Authenticator, type Opened } from './authenticator.js';
import { type Complaint } from './complaint.js';
import { type Context } from './context.js';
import { type SendAdvert } from './effect.js';
import { type AdvertReceived } from './event.js';
import { ReplayWindow } from './replay-window.js';
import { type HmacAuthentication, type InstanceSettings } from './settings.js';

const NO_MESSAGE = new Uint8Array(0);

/**
 * auth_hmac of keepalived 2.4: adverts are signed with HMAC-SHA256, bound to the virtual router and their source, and carry
 * a sequence made of the sender's clock. Every configured key is believed, one of them signs, so that keys can be
 * exchanged one router after another.
 */
export class HmacAuthenticator implements Authenticator {
  private readonly window: ReplayWindow;
  private keys: ReadonlyMap<number, HmacSha256>;

  constructor(
    private settings: InstanceSettings,
    private authentication: HmacAuthentication,
    context: Context,
  ) {
    this.window = new ReplayWindow(
      () => context.unixTime(),
      () => context.unixTime(context.happenedAt),
    );
    this.keys = keysOf(authentication);
  }

  reconfigure(settings: InstanceSettings): void {
    this.settings = settings;
    if (settings.authentication.type !== 'hmac') return;
    this.authentication = settings.authentication;
    this.keys = keysOf(settings.authentication);
  }

  seal(advert: SendAdvert): SendAdvert {
    const { mode, activeKey, timeWindowS } = this.authentication;
    const key = this.keys.get(activeKey);
    if (mode === 'receive-only' || !key) return advert;
    const { source } = advert;
    const sequence = this.window.next(timeWindowS);
    const trailer = { scheme: AUTH_SCHEME_SHA256, keyId: activeKey, reserved: 0, sequence };
    const message = advert.payloads[0] ?? NO_MESSAGE;
    // The destination is not signed: what is sent to each peer differs in its checksum alone, if at all.
    const signed = encodeTrailer(trailer, message, this.binding(source), key);
    const payloads = advert.destinations.map((destination, index) =>
      appendTrailer(advert.payloads[index] ?? NO_MESSAGE, signed, { source, destination }),
    );
    return { ...advert, payloads };
  }

  open(event: AdvertReceived): Opened {
    const { source, payload } = event;
    const split = splitTrailer(payload, this.settings.family);
    if (!split) return this.unsigned(event);
    const stranger = this.strangeTo(source);
    if (stranger) return { ok: false, complaint: stranger };
    const { message, trailer } = split;
    const complaint = this.verify(message, trailer, source) ?? this.replayed(trailer, source);
    if (complaint) return { ok: false, complaint };
    const complaints = this.drift(trailer, source);
    return { ok: true, payload, headerLength: 0, trailerLength: AUTH_TRAILER_LENGTH, complaints };
  }

  outbid(): undefined {
    return undefined;
  }

  /** The clock is ahead of whatever a predecessor has sent. */
  resume(): void {
    return;
  }

  private unsigned({ source, payload }: AdvertReceived): Opened {
    if (this.authentication.mode !== 'enforce') {
      return { ok: true, payload, headerLength: 0, trailerLength: 0, complaints: [] };
    }
    const text = `missing authentication trailer from ${source}`;
    return { ok: false, complaint: { code: 'advert-auth-missing', text } };
  }

  /** In unicast a signature holds only from a configured peer, who has a sequence of its own. */
  private strangeTo(source: IpAddress): Complaint | undefined {
    const { transport } = this.settings;
    if (transport.kind === 'multicast' || transport.peers.some(({ address }) => address === source)) {
      return undefined;
    }
    return { code: 'advert-unknown-peer', text: `unicast source address ${source} not a unicast peer` };
  }

  /** What can be told without the sequences heard before; a stale one costs no digest. */
  private verify(message: Uint8Array, trailer: AuthTrailer, source: IpAddress): Complaint | undefined {
    const { timeWindowS } = this.authentication;
    if (trailer.scheme !== AUTH_SCHEME_SHA256 || trailer.reserved !== 0) {
      return { code: 'advert-auth-malformed', text: `malformed authentication trailer from ${source}` };
    }
    const skew = this.window.skewS(trailer.sequence);
    if (timeWindowS !== undefined && Math.abs(skew) > timeWindowS) {
      const text =
        `stale authentication trailer from ${source}, ` +
        `clock skew ${skew} sec exceeds window ${timeWindowS} sec`;
      return { code: 'advert-auth-stale', text };
    }
    const key = this.keys.get(trailer.keyId);
    if (!key) {
      const text = `unknown authentication key id ${trailer.keyId} from ${source}`;
      return { code: 'advert-auth-unknown-key', text };
    }
    if (constantTimeEqual(trailer.hmac, trailerHmac(trailer, message, this.binding(source), key))) {
      return undefined;
    }
    return { code: 'advert-auth-bad-hmac', text: `invalid authentication HMAC from ${source}` };
  }

  /** Only what is signed may move the mark of its sender. */
  private replayed({ sequence }: AuthTrailer, source: IpAddress): Complaint | undefined {
    const { transport } = this.settings;
    const senders = transport.kind === 'unicast' ? transport.peers.length : undefined;
    if (this.window.accept(source, sequence, this.authentication.timeWindowS, senders)) return undefined;
    return { code: 'advert-auth-replay', text: `replayed authentication trailer from ${source}` };
  }

  /** Clocks that differ by more than half of what they may are worth a word before it is too late. */
  private drift({ sequence }: AuthTrailer, source: IpAddress): readonly Complaint[] {
    const { timeWindowS } = this.authentication;
    const skew = this.window.skewS(sequence);
    if (timeWindowS === undefined || Math.abs(skew) <= Math.floor(timeWindowS / 2)) return [];
    const text =
      `authentication clock skew ${skew} sec from ${source} ` + `approaching window ${timeWindowS} sec`;
    return [{ code: 'auth-clock-skew', text }];
  }

  private binding(source: IpAddress): { version: number; vrid: number; source: IpAddress } {
    const { version, vrid } = this.settings;
    return { version, vrid, source };
  }
}

const keysOf = ({ keys }: HmacAuthentication): ReadonlyMap<number, HmacSha256> =>
  new Map(keys.map(({ id, secret }) => [id, new HmacSha256(bytesOf(secret))]));

const bytesOf = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
