import { addressBytes, familyOf, type Family, type IpAddress } from '../../base/address.js';
import { microsToSeconds, MICROS_PER_CENTI, type Micros } from '../../base/units.js';
import { encodeUtf8 } from '../../base/utf8.js';
import { type MibValue } from '../../wire/agentx/index.js';

/*
 * Values of MIB objects from what we know. Where there is no value there is no such instance: readers say `undefined`,
 * and what they hand on may be undefined too.
 */

/** What a column has in a row; undefined where the row has no such instance. */
export type Maybe<T> = T | undefined;

/** 32 bits are all that an Integer32, a Gauge32 or a Counter32 has. */
const LOW_32 = 0xffff_ffffn;

export const integer = (value: Maybe<number>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'integer', value: value | 0 };

/** Unsigned32 and Gauge32: of more than they can hold, the lowest 32 bits, as keepalived's are. */
export const gauge = (value: Maybe<number | bigint>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'gauge32', value: low32(value) };

/** Counter32: it begins again at 0. */
export const counter = (value: Maybe<number | bigint>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'counter32', value: low32(value) };

export const counter64 = (value: Maybe<number | bigint>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'counter64', value: BigInt(value) };

/** Where 0 says that there is none. */
export const unlessZero = (value: Maybe<number>): Maybe<number> => (value === 0 ? undefined : value);

/** TimeTicks: hundredths of a second. */
export const ticks = (value: Micros): MibValue => ({
  type: 'timeTicks',
  value: low32(Math.max(0, Math.trunc(value / MICROS_PER_CENTI))),
});

const low32 = (value: number | bigint): number =>
  typeof value === 'number' && value >= 0 && value <= 0xffff_ffff
    ? Math.trunc(value)
    : Number(BigInt(value) & LOW_32);

/** DisplayString. */
export const text = (value: Maybe<string>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'octets', value: encodeUtf8(value) };

export const octets = (value: Uint8Array): MibValue => ({ type: 'octets', value });

/** TruthValue, and all that is enabled(1) or disabled(2), set(1) or unset(2). */
export const truth = (value: Maybe<boolean>): MibValue => ({
  type: 'integer',
  value: value === true ? 1 : 2,
});

/** InetAddress. */
export const address = (value: Maybe<IpAddress>): Maybe<MibValue> =>
  value === undefined ? undefined : { type: 'octets', value: addressBytes(value) };

/** IpAddress: IPv4 alone; 0.0.0.0 where nothing is known. */
export const ipAddress = (value: Maybe<IpAddress>): MibValue => ({
  type: 'ipAddress',
  value: value === undefined ? new Uint8Array(4) : addressBytes(value),
});

/** InetAddressType: ipv4(1) or ipv6(2). */
export const familyNumber = (family: Family): number => (family === 'inet' ? 1 : 2);

export const addressType = (value: Maybe<IpAddress>): Maybe<MibValue> =>
  value === undefined ? undefined : integer(familyNumber(familyOf(value)));

/** Whole seconds, cut off. */
export const wholeSeconds = (value: Maybe<Micros>): Maybe<MibValue> =>
  value === undefined ? undefined : gauge(Math.trunc(microsToSeconds(value)));

/** InetScopeType of an rtm scope. */
export function scope(rtmScope: number): MibValue {
  const types: Readonly<Record<number, number>> = { 0: 14, 255: 0, 254: 1, 253: 2, 200: 5 };
  return { type: 'integer', value: types[rtmScope] ?? 0 };
}

/** A command line as keepalived shows it: each word in quotes, and quotes inside as a shell takes them. */
export function command(value: Maybe<{ readonly argv: readonly string[] }>): Maybe<MibValue> {
  if (!value) return undefined;
  const quoted = value.argv.map((word, index) =>
    index === 0 && /^[<>]/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return text(quoted.join(' '));
}
