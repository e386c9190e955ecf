import { centisToMicros, secondsToMicros, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type SendAdvert, type VrrpEffect } from '../vrrp/index.js';
import { decodeAdvert, type Advert } from '../wire/index.js';

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
    ...(adverts.includes(undefined) ? ['undecodable'] : []),
  ];
}

function decode(effect: SendAdvert, destination: SendAdvert['source'], index: number): Advert | undefined {
  const payload = effect.payloads[index];
  const context = { source: effect.source, destination, checksumAsV2: true };
  const result = payload && decodeAdvert(payload, context);
  return result?.ok === true ? result.value : undefined;
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
