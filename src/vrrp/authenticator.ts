import { AhAuthenticator } from './ah-authenticator.js';
import { type Complaint } from './complaint.js';
import { type Context } from './context.js';
import { type SendAdvert } from './effect.js';
import { type AdvertReceived } from './event.js';
import { HmacAuthenticator } from './hmac-authenticator.js';
import { type InstanceSettings } from './settings.js';

/** What became of a received packet's proof of origin. */
export type Opened =
  | {
      readonly ok: true;
      /** The message, and what belongs to the packet behind it. */
      readonly payload: Uint8Array;
      /** Bytes of AH in front of the message. */
      readonly headerLength: number;
      /** Bytes of trailer behind it. */
      readonly trailerLength: number;
      /** Said all the same. */
      readonly complaints: readonly Complaint[];
    }
  | { readonly ok: false; readonly complaint: Complaint };

/**
 * Proof of an advert's origin beyond the fields of the message: AH in front of it or a trailer behind it. Keeps what
 * tells a replay from an original, for one instance, through reloads.
 */
export interface Authenticator {
  /** Makes an advert ready to be sent, as the next of its sequence. */
  seal(advert: SendAdvert): SendAdvert;
  /** Takes a received packet apart; one whose proof does not hold changes nothing. */
  open(event: AdvertReceived): Opened;
  /** A master of lower priority was heard: ours come after its in the sequence. @returns what the log hears of it. */
  outbid(): string | undefined;
  /** A predecessor that died may have sent before us: ours come after its. */
  resume(): void;
  /** A reload has changed the settings, but not the kind of authentication. */
  reconfigure(settings: InstanceSettings): void;
}

/** What authenticates the adverts of an instance; undefined where that is the message's own business, or nobody's. */
export function authenticatorOf(settings: InstanceSettings, context: Context): Authenticator | undefined {
  const { authentication } = settings;
  if (authentication.type === 'ah') return new AhAuthenticator(settings, authentication, context);
  if (authentication.type === 'hmac') return new HmacAuthenticator(settings, authentication, context);
  return undefined;
}
