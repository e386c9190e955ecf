import { type Configuration } from '../../config/index.js';
import { type InstanceSettings, type InstanceSnapshot, type VrrpState } from '../../vrrp/index.js';

/*
 * What the dumps have in common: how keepalived writes an address, a command, a state.
 */

type DesiredAddress = Configuration['vrrpAddresses'][string][number];

/** keepalived's numbers for states. */
export const STATE_NUMBERS: Readonly<Record<VrrpState, number>> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 };

/** The state that an instance strives for. */
export function wantedState(
  { state }: InstanceSnapshot,
  { initialState, priority }: InstanceSettings,
): VrrpState {
  if (state === 'MASTER' || priority === 255) return 'MASTER';
  return state === 'INIT' ? initialState : 'BACKUP';
}

/** A command line, each word in quotes. */
export const commandText = (argv: readonly string[]): string =>
  argv.map((word) => `'${word.replace(/['\\]/g, '\\$&')}'`).join(' ');

/** One address with its options. @param isSet it stands in the kernel now. */
export function addressText(address: DesiredAddress, isSet: boolean): string {
  const isIpv6 = address.address.includes(':');
  const hostLength = isIpv6 ? 128 : 32;
  const length = address.prefixLength === hostLength ? '' : `/${address.prefixLength}`;
  const options: readonly (string | false | undefined)[] = [
    address.broadcast !== undefined && `brd ${address.broadcast}`,
    `dev ${address.interface}`,
    address.useVmac && 'use_vmac',
    `scope ${SCOPES[address.scope] ?? String(address.scope)}`,
    address.label !== undefined && `label ${address.label}`,
    address.peer !== undefined && `peer ${address.peer}/${address.prefixLength}`,
    address.home && 'home',
    address.mngtmpaddr && 'mngtmpaddr',
    address.noprefixroute && 'noprefixroute',
    address.autojoin && 'autojoin',
    address.noTrack && 'no_track',
    isIpv6 && lifetimeText(address.preferredLifetimeS),
    isSet && 'set',
  ];
  return [address.address + length, ...options.filter((option) => typeof option === 'string')].join(' ');
}

const SCOPES: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};

function lifetimeText(seconds: number | undefined): string {
  if (seconds === undefined) return 'preferred_lft forever';
  return seconds === 0 ? 'deprecated' : `preferred_lft ${seconds}`;
}

/** A time in seconds since 1970, and behind it in words. */
export const clockText = (unixSeconds: number): string =>
  `${unixSeconds.toFixed(6)} (${timeText(unixSeconds)})`;

/** As ctime(3), with microseconds. */
function timeText(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  const [weekday, month, day, year] = date.toDateString().split(' ');
  const micros = String(Math.floor((unixSeconds % 1) * 1_000_000)).padStart(6, '0');
  const time = date.toTimeString().slice(0, 8);
  return `${weekday ?? ''} ${month ?? ''} ${String(Number(day)).padStart(2)} ${time}.${micros} ${year ?? ''}`;
}
