import { type AdvertReceived } from './event.js';
import { judge, type ReceptionState, type Verdict } from './reception.js';
import { type InstanceSettings } from './settings.js';

/** A packet that was believed, and under which circumstances. */
interface Believed {
  readonly event: AdvertReceived;
  readonly settings: InstanceSettings;
  readonly state: ReceptionState;
  readonly verdict: Verdict;
}

/**
 * Judges what one instance receives, as judge() does. A master that carries on says the same again and again, byte for
 * byte: what was believed once is believed again without being taken apart. That is half of what a backup does.
 */
export class AdvertJudge {
  private latest: Believed | undefined;

  judge(event: AdvertReceived, settings: InstanceSettings, state: ReceptionState): Verdict {
    // Where more than the bytes decides (a sequence, a clock), each packet has to be looked at.
    if (state.authenticator) return judge(event, settings, state);
    if (this.latest && isSame(this.latest, event, settings, state)) return this.latest.verdict;
    const verdict = judge(event, settings, state);
    if (verdict.accepted) this.latest = { event, settings, state, verdict };
    return verdict;
  }
}

function isSame(
  latest: Believed,
  event: AdvertReceived,
  settings: InstanceSettings,
  state: ReceptionState,
): boolean {
  const before = latest.event;
  return (
    latest.settings === settings &&
    latest.state.checkAddresses === state.checkAddresses &&
    latest.state.ignoresAdverts === state.ignoresAdverts &&
    before.source === event.source &&
    before.destination === event.destination &&
    before.ttl === event.ttl &&
    before.interface === event.interface &&
    isSameHeader(before.ipHeader, event.ipHeader) &&
    isSameBytes(before.payload, event.payload)
  );
}

const PROTOCOL = 9;

/** Of the IPv4 header its length and the protocol count; Identification and checksum are new each time. */
const isSameHeader = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a?.length === b?.length && a?.[PROTOCOL] === b?.[PROTOCOL];

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
