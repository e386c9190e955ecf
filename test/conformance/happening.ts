import { familyOf, parseIpAddress, type IpAddress } from '#base/address.js';
import { centis, seconds, secondsToMicros, type Micros } from '#base/units.js';
import {
  type AdvertReceived,
  type InstanceSettings,
  type ProcessesCounted,
  type VrrpEvent,
} from '#vrrp/index.js';
import { encodeAdvert, encodeIpv4Header, IPPROTO_VRRP, type Advert } from '#wire/index.js';
import { type Case } from './case-file.js';

/** Something that a story lets happen. */
export type Happening =
  | { readonly kind: 'event'; readonly event: VrrpEvent }
  | { readonly kind: 'start'; readonly resume: readonly string[]; readonly uptime?: Micros }
  /** From now on runs of this script end so. */
  | { readonly kind: 'script'; readonly script: string; readonly success: boolean; readonly seconds: number };

/** Reads `advert from 192.0.2.2, priority 200` and the other sentences that README.md lists. */
export function readHappening(sentence: string, story: Case): Happening {
  const [head = '', ...details] = sentence.split(/,\s*/);
  const words = head.split(' ');
  for (const [pattern, read] of sentences) {
    const match = pattern.exec(head);
    if (match) return read(match, details, story);
  }
  throw new Error(`what is "${words.join(' ')}"?`);
}

type Read = (match: RegExpExecArray, details: readonly string[], story: Case) => Happening;

const event = (what: VrrpEvent): Happening => ({ kind: 'event', event: what });

const sentences: readonly (readonly [RegExp, Read])[] = [
  [
    /^start(?: after a crash as master of (.+))?$/,
    ([, names]) => ({ kind: 'start', resume: names?.split(' ') ?? [] }),
  ],
  [
    /^start (\S+)s after the boot$/,
    ([, after = '0']) => ({ kind: 'start', resume: [], uptime: secondsToMicros(Number(after)) }),
  ],
  [/^stop$/, () => event({ type: 'StopRequested' })],
  [
    /^reload (\S+)$/,
    ([, name = ''], _details, story) => {
      const settings = story.reloads[name];
      if (!settings) throw new Error(`no section [keepalived.conf ${name}]`);
      return event({ type: 'Reconfigured', settings });
    },
  ],
  [/^advert from (\S+)$/, ([, source = ''], details, story) => event(readAdvert(source, details, story))],
  [
    /^(\S+) (goes down|comes up)$/,
    ([, name = '', how], _details, story) => changed(name, { up: how === 'comes up' }, story),
  ],
  [
    /^(\S+) has addresses?(?: (.+))?$/,
    ([, name = '', list = ''], _details, story) =>
      changed(name, { addresses: list.split(' ').filter(Boolean).map(address) }, story),
  ],
  [/^(\S+) vanishes$/, ([, name = '']) => event({ type: 'InterfaceVanished', interface: name })],
  [
    /^(\S+) is removed from (\S+)$/,
    ([, what = '', name = '']) => event({ type: 'AddressLost', interface: name, address: address(what) }),
  ],
  [
    /^script (\S+) (fails|succeeds)(?: after (\S+)s)?$/,
    ([, script = '', how, after = '0']) => ({
      kind: 'script',
      script,
      success: how === 'succeeds',
      seconds: Number(after),
    }),
  ],
  [
    /^file (\S+) has (-?\d+)$/,
    ([, name = '', value]) => event({ type: 'FileChanged', name, value: Number(value) }),
  ],
  [
    /^process (\S+) runs (\d+) times? after an? (scan|fork|exec|exit)$/,
    ([, name = '', count, by]) =>
      event({ type: 'ProcessesCounted', name, count: Number(count), by: by as ProcessesCounted['by'] }),
  ],
  [
    /^session (\S+) (goes down|comes up)$/,
    ([, name = '', how]) => event({ type: 'BfdChanged', name, up: how === 'comes up' }),
  ],
  [
    /^sending for (\S+) fails with (\S+)$/,
    ([, instance = '', error = '']) => event({ type: 'SendFailed', instance, error }),
  ],
];

function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (!parsed) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** Each sentence about an interface starts from how the case began, not from the sentence before. */
function changed(
  name: string,
  change: Partial<{ up: boolean; addresses: IpAddress[] }>,
  story: Case,
): Happening {
  const state = story.interfaces.find((each) => each.name === name);
  if (!state) throw new Error(`no interface ${name}`);
  return event({ type: 'InterfaceChanged', state: { ...state, ...change } });
}

/** An advert as the first instance (or `for NAME`) expects it, except for what the details say. */
function readAdvert(from: string, details: readonly string[], story: Case): AdvertReceived {
  const given = new Map(details.map((detail) => [detail.split(' ')[0] ?? '', detail.split(' ').slice(1)]));
  const take = (keyword: string): string | undefined => {
    const found = given.get(keyword);
    given.delete(keyword);
    return found?.join(' ');
  };
  const name = take('for');
  const settings = story.settings.instances.find((each) => name === undefined || each.name === name);
  if (!settings) throw new Error(`no instance ${name ?? ''}`);
  const source = address(from);
  const own =
    settings.transport.kind === 'multicast' ? settings.transport.group : ownAddress(settings, story);
  const destination = address(take('to') ?? own);
  const ttl = Number(take('ttl') ?? 255);
  const iface = take('on') ?? settings.interface;
  const checksum = take('checksum');
  const cut = Number(take('cut') ?? 0);
  const type = Number(take('type') ?? 1);
  const reserved = Number(take('reserved') ?? 0);
  const advert = buildAdvert(settings, take);
  // As keepalived before 1.3.6 had it in unicast: for the multicast group.
  const checksumFor = checksum === 'old' ? address('224.0.0.18') : destination;
  const { checksumAsV2 } = settings;
  const payload = encodeAdvert(advert, { source, destination: checksumFor, checksumAsV2 });
  // The type shares a byte with the version, and the reserved bits another one with the interval.
  if (type !== 1 || reserved !== 0) rewrite(payload, 0, ((payload[0] ?? 0) & 0xf0) | type, 4, reserved << 4);
  if (checksum === 'broken') payload[6] = (payload[6] ?? 0) ^ 0xff;
  if (given.size > 0) throw new Error(`what is "${[...given.keys()].join(', ')}" of an advert?`);
  const whole = { type: 'AdvertReceived' as const, interface: iface, source, destination, ttl };
  const sent = payload.subarray(0, payload.length - cut);
  return familyOf(source) === 'inet6'
    ? { ...whole, payload: sent }
    : { ...whole, payload: sent, ipHeader: ipHeader(source, destination, ttl, sent.length) };
}

/**
 * Writes a byte and sets bits of another one, and keeps the checksum right: what is added to the even bytes is taken
 * from it.
 */
function rewrite(payload: Uint8Array, at: number, value: number, bitsAt: number, bits: number): void {
  const view = new DataView(payload.buffer, payload.byteOffset);
  const before = (payload[at] ?? 0) + (payload[bitsAt] ?? 0);
  payload[at] = value;
  payload[bitsAt] = (payload[bitsAt] ?? 0) | bits;
  const added = ((payload[at] ?? 0) + (payload[bitsAt] ?? 0) - before) << 8;
  const checksum = view.getUint16(6) - added;
  view.setUint16(6, checksum < 0 ? checksum - 1 : checksum);
}

const ownAddress = (settings: InstanceSettings, story: Case): string =>
  story.interfaces.find(({ name }) => name === settings.interface)?.addresses[0] ?? '';

function buildAdvert(settings: InstanceSettings, take: (keyword: string) => string | undefined): Advert {
  const listed = settings.addresses.filter(({ advertised }) => advertised).map((each) => each.address);
  const interval = take('interval')?.replace(/s$/, '');
  const micros = interval === undefined ? settings.advertInterval : secondsToMicros(Number(interval));
  const password =
    take('password') ?? (settings.authentication.type === 'pass' ? settings.authentication.password : '');
  const version = Number(take('version') ?? settings.version);
  const authType = Number(take('auth') ?? (password === '' ? 0 : 1));
  const common = {
    vrid: Number(take('vrid') ?? settings.vrid),
    priority: Number(take('priority') ?? settings.priority),
    addresses: take('addresses')?.split(' ').map(address) ?? listed,
  };
  if (version === 3) return { version, ...common, maxAdvertIntervalCs: centis(micros / 10_000) };
  const authData = Uint8Array.from(Buffer.from(password));
  // A version that does not exist is written over a version 2 message.
  return {
    version: version as 2,
    ...common,
    authType,
    authData,
    advertIntervalS: seconds(micros / 1_000_000),
  };
}

const ipHeader = (source: IpAddress, destination: IpAddress, ttl: number, length: number): Uint8Array =>
  encodeIpv4Header({
    tos: 0xc0,
    totalLength: 20 + length,
    identification: 0,
    fragment: 0,
    ttl,
    protocol: IPPROTO_VRRP,
    source,
    destination,
    options: new Uint8Array(),
  });
