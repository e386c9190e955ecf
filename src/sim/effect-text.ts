import { familyOf } from '../base/address.js';
import { centisToMicros, secondsToMicros, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type SendAdvert, type VrrpEffect } from '../vrrp/index.js';
import {
  AH_LENGTH,
  AUTH_TRAILER_LENGTH,
  decodeAdvert,
  decodeAh,
  IPPROTO_AH,
  splitTrailer,
  type Advert,
} from '../wire/index.js';

/** Kinds of effects that a story may or may not tell. */
export type EffectKind =
  'states' | 'adverts' | 'addresses' | 'announcements' | 'notifies' | 'scripts' | 'records' | 'deadlines';

/** Which kind an effect is of. */
export function kindOf(effect: VrrpEffect): EffectKind {
  switch (effect.type) {
    case 'StateChanged':
    case 'Stopped':
      return 'states';
    case 'SendAdvert':
      return 'adverts';
    case 'AddAddresses':
    case 'RemoveAddresses':
      return 'addresses';
    case 'SendGratuitousArp':
      return 'announcements';
    case 'RunNotify':
      return 'notifies';
    case 'RunScript':
      return 'scripts';
    case 'Record':
      return 'records';
    case 'SetDeadline':
    case 'ClearDeadline':
      return 'deadlines';
  }
}

/**
 * An effect in words: first who does what, then details. Stories and simulator timelines are written in this
 * language, so a change here changes test/conformance/cases.
 */
export function describeEffect(effect: VrrpEffect): readonly string[] {
  switch (effect.type) {
    case 'StateChanged':
      return [
        `${effect.instance} becomes ${effect.to}`,
        `from ${effect.from}`,
        `because ${effect.cause.code}`,
      ];
    case 'SendAdvert':
      return describeAdvert(effect);
    case 'AddAddresses':
      return [`${effect.instance} adds its addresses`];
    case 'RemoveAddresses':
      return [`${effect.instance} removes its addresses`];
    case 'SendGratuitousArp':
      return [`${effect.instance} announces ${effect.address}`, `on ${effect.interface}`];
    case 'RunNotify':
      return [`notify ${effect.subject} ${effect.name} ${effect.state}`, `priority ${effect.priority}`];
    case 'RunScript':
      return [`run script ${effect.script}`, `timeout ${inSeconds(effect.timeout)}`];
    case 'Record':
      return [`record ${effect.code}`, `level ${effect.level}`, effect.text];
    case 'SetDeadline':
      return [`deadline ${effect.name}`, `at ${inSeconds(effect.at)}`];
    case 'ClearDeadline':
      return [`no deadline ${effect.name}`];
    case 'Stopped':
      return ['stopped'];
  }
}

/** What it says of an advert comes from its bytes: the message is decoded as a receiver would. */
function describeAdvert(effect: SendAdvert): readonly string[] {
  const { instance, source, destinations, ttl } = effect;
  const adverts = destinations.map((destination, index) => decode(effect, destination, index));
  const first = adverts[0];
  const priority = first ? first.priority : effect.priority;
  return [
    `${instance} sends advert`,
    `priority ${priority}`,
    `from ${source}`,
    ...destinations.map((destination) => `to ${destination}`),
    `on ${effect.interface}`,
    `ttl ${ttl ?? 'default'}`,
    ...(first ? describeMessage(first) : []),
    ...describeProof(effect),
    ...(adverts.includes(undefined) ? ['undecodable'] : []),
  ];
}

function decode(effect: SendAdvert, destination: SendAdvert['source'], index: number): Advert | undefined {
  const { source } = effect;
  const { message, trailerLength } = messageIn(effect, index);
  const context = { source, destination, checksumAsV2: true, trailerLength };
  const result = message && decodeAdvert(message, context);
  return result?.ok === true ? result.value : undefined;
}

/** The message behind AH, with the trailer of auth_hmac still behind it. */
function messageIn(
  { protocol, payloads, source }: SendAdvert,
  index: number,
): { message: Uint8Array | undefined; trailerLength: number } {
  const payload = payloads[index];
  if (protocol === IPPROTO_AH) return { message: payload?.subarray(AH_LENGTH), trailerLength: 0 };
  const signed = payload && splitTrailer(payload, familyOf(source)) !== undefined;
  return { message: payload, trailerLength: signed ? AUTH_TRAILER_LENGTH : 0 };
}

/** What proves the origin of an advert besides the message. */
function describeProof({ protocol, payloads: [payload], source }: SendAdvert): readonly string[] {
  if (!payload) return [];
  if (protocol === IPPROTO_AH) {
    const ah = decodeAh(payload);
    return ah.ok ? [`ah sequence ${ah.value.header.sequence}`] : [];
  }
  const signed = splitTrailer(payload, familyOf(source));
  return signed ? [`signed with key ${signed.trailer.keyId}`] : ['unsigned'];
}

function describeMessage(advert: Advert): readonly string[] {
  const interval =
    advert.version === 3
      ? centisToMicros(advert.maxAdvertIntervalCs)
      : secondsToMicros(advert.advertIntervalS);
  return [
    `version ${advert.version}`,
    `vrid ${advert.vrid}`,
    `interval ${inSeconds(interval)}`,
    `addresses ${advert.addresses.join(' ')}`,
    ...(advert.version === 2 ? [`auth type ${advert.authType}`] : []),
  ];
}

/** `3.609375s`, without superfluous zeros. */
export const inSeconds = (time: Micros): string => `${parseFloat((time / MICROS_PER_SECOND).toFixed(6))}s`;
