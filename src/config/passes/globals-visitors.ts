import { familyOf, isMulticast, parseIpAddress } from '../../base/address.js';
import {
  type LvsDaemonSettings,
  type MailSettings,
  type SyncDaemonSettings,
  type VrrpDaemonSettings,
} from '../model-daemon.js';
import { type Statement, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';
import { parseC } from './route-names.js';
import { byteLength } from './read-arguments.js';

/** 31 days, the longest timeout that IPVS keeps. */
const LVS_MAX_TIMEOUT_S = 2_678_400;

/** Reads a number of an option; undefined (and a problem) if it is missing or outside its range. */
function optionNumber(
  context: PassContext,
  option: Word,
  value: Word | undefined,
  min: number,
  max: number,
): number | undefined {
  if (!value) {
    context.error('missing-argument', `'${option.text}' needs a number`, option.span);
    return undefined;
  }
  const number = parseInteger(value.text);
  if (number?.exact && number.value >= min && number.value <= max) return number.value;
  context.error(
    'out-of-range',
    `${option.text} '${value.text}' is not within ${min} to ${max}; it is ignored`,
    value.span,
  );
  return undefined;
}

/** lvs_timeouts {tcp|tcpfin|udp} SECONDS… */
export function readLvsTimeouts(context: PassContext, statement: Statement): LvsDaemonSettings['timeouts'] {
  const { words } = statement;
  const timeouts: { tcp?: number; tcpfin?: number; udp?: number } = {};
  if (words.length < 3) {
    context.error('missing-argument', 'lvs_timeouts needs a kind and a number', statement.span);
    return timeouts;
  }
  for (let at = 1; at < words.length; at += 1) {
    const option = words[at];
    if (!option) break;
    if (option.text !== 'tcp' && option.text !== 'tcpfin' && option.text !== 'udp') {
      context.error('unknown-option', `'${option.text}' is none of tcp, tcpfin and udp`, option.span);
      continue;
    }
    at += 1;
    const seconds = optionNumber(context, option, words[at], 0, LVS_MAX_TIMEOUT_S);
    if (seconds !== undefined) timeouts[option.text] = seconds;
  }
  return timeouts;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Options of lvs_sync_daemon that take a number. */
const syncNumbers: Readonly<Record<string, readonly ['id' | 'maxLength' | 'port' | 'ttl', number, number]>> =
  {
    id: ['id', 0, 255],
    maxlen: ['maxLength', 1, 65_507],
    port: ['port', 1, 65_535],
    ttl: ['ttl', 1, 255],
  };

/** lvs_sync_daemon INTERFACE [[inst] INSTANCE] [id N] … */
export function readSyncDaemon(context: PassContext, { words }: Statement): SyncDaemonSettings | undefined {
  const [, device] = words;
  if (!device) return undefined;
  if (byteLength(device.text) > 15) {
    context.error(
      'too-long',
      `'${device.text}' is too long for an interface; the line is ignored`,
      device.span,
    );
    return undefined;
  }
  const settings: Mutable<SyncDaemonSettings> = { interface: device.text };
  for (let at = 2; at < words.length; at += 1) {
    const option = words[at];
    if (!option) break;
    const number = syncNumbers[option.text];
    if (number || option.text === 'inst' || option.text === 'group') {
      at += 1;
      readSyncOption(context, settings, option, words[at]);
    } else readOldSyncWord(context, settings, option, at);
  }
  return settings;
}

function readSyncOption(
  context: PassContext,
  settings: Mutable<SyncDaemonSettings>,
  option: Word,
  value: Word | undefined,
): void {
  const number = syncNumbers[option.text];
  if (number) {
    const [key, min, max] = number;
    const read = optionNumber(context, option, value, min, max);
    if (read !== undefined) settings[key] = read;
  } else if (option.text === 'inst') {
    if (!value) context.error('missing-parameter', "'inst' needs an instance", option.span);
    else if (settings.instance === undefined) settings.instance = value.text;
    else context.error('already-given', 'an instance is already given; this one is ignored', value.span);
  } else {
    const group = parseIpAddress(value?.text ?? '');
    if (group && isMulticast(group)) settings.group = group;
    else
      context.error(
        'not-multicast',
        `'${value?.text ?? ''}' is no multicast address; it is ignored`,
        option.span,
      );
  }
}

/** INSTANCE and ID without a keyword before them, as they once were written. */
function readOldSyncWord(
  context: PassContext,
  settings: Mutable<SyncDaemonSettings>,
  word: Word,
  at: number,
): void {
  if (at === 2) settings.instance = word.text;
  else if (at === 3) {
    const id = optionNumber(context, word, word, 0, 255);
    if (id === undefined) return;
    context.warning('deprecated', "write 'id' before the number", word.span);
    settings.id = id;
  } else context.error('unknown-option', `'${word.text}' is no option of lvs_sync_daemon`, word.span);
}

/** vrrp_rx_bufs_policy MTU | ADVERT | BYTES. */
export function readBufferPolicy(
  context: PassContext,
  { words, span }: Statement,
): VrrpDaemonSettings['receiveBufferPolicy'] {
  let policy: 'default' | 'MTU' | 'ADVERT' = 'default';
  let bytes: number | undefined;
  let both = false;
  for (const word of words.slice(1)) {
    const upper = word.text.toUpperCase();
    if (upper === 'MTU' || upper === 'ADVERT') {
      both ||= policy !== 'default' && policy !== upper;
      if (policy !== 'MTU') policy = upper;
    } else bytes = optionNumber(context, word, word, 0, 4_294_967_295) ?? bytes;
  }
  if (bytes !== undefined && policy !== 'default')
    context.error('conflict', 'a size and a policy are given; the policy is ignored', span);
  else if (both) context.error('conflict', 'both MTU and ADVERT are given; ADVERT is ignored', span);
  return bytes ?? policy;
}

const umaskBits: Readonly<Record<string, number>> = {
  IRUSR: 0o400,
  IWUSR: 0o200,
  IXUSR: 0o100,
  IRWXU: 0o700,
  IRGRP: 0o040,
  IWGRP: 0o020,
  IXGRP: 0o010,
  IRWXG: 0o070,
  IROTH: 0o004,
  IWOTH: 0o002,
  IXOTH: 0o001,
  IRWXO: 0o007,
};

/** umask NUMBER | BIT[|BIT]…; undefined (and a problem) if it is neither. */
export function readUmask(context: PassContext, { words, span }: Statement): number | undefined {
  const first = words[1]?.text ?? '';
  const refuse = (text: string): number | undefined => {
    context.error('invalid-umask', `${text}; the line is ignored`, span);
    return undefined;
  };
  if (/^\d/.test(first)) {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(first) ? parseC(first) : NaN;
    if (words.length > 2) return refuse('umask takes a single number');
    return value <= 0o777 ? value : refuse(`'${first}' is no file mode`);
  }
  const bits = words
    .slice(1)
    .map((word) => word.text)
    .join('')
    .split('|');
  const unknown = bits.find((bit) => umaskBits[bit] === undefined);
  if (unknown !== undefined) return refuse(`'${unknown}' is no bit of a file mode`);
  return bits.reduce((mask, bit) => mask | (umaskBits[bit] ?? 0), 0);
}

/** smtp_server HOST [PORT]: an address, or a name that can be resolved. */
export function readMailServer(context: PassContext, { words, span }: Statement): MailSettings['server'] {
  const [, host, portWord] = words;
  const text = host?.text ?? '';
  const port = portWord ? parseInteger(portWord.text) : { value: 25, exact: true };
  const known = parseIpAddress(text.replace(/[-/].*$/, '')) !== undefined || context.host.resolves(text);
  const portFits = port !== undefined && port.value >= 1 && port.value <= 65_535;
  if (known && portFits && (port.exact || portWord)) {
    if (!port.exact)
      context.warning('invalid-number', `'${portWord?.text ?? ''}' is read as ${port.value}`, span);
    return { host: text, port: port.value };
  }
  const why = portFits
    ? `host '${text}' is not known`
    : `port '${portWord?.text ?? ''}' is not within 1 to 65535`;
  context.error('unknown-mail-server', `${why}; no mail can be sent`, span);
  return undefined;
}

const includeChecks = new Set(['read', 'match', 'wildcard_match', 'brace_match']);

/** include_check [+|-]KIND…: what it means for includes is source's business; here the words are checked. */
export function checkIncludeCheck(context: PassContext, { words }: Statement): readonly string[] {
  const kinds = words.slice(1);
  kinds.forEach((word, index) => {
    const kind = word.text.replace(/^[+-]/, '');
    if (kind === word.text && index > 0) {
      context.error(
        'already-given',
        `'${word.text}' needs + or -, since a kind is already given; it is ignored`,
        word.span,
      );
    } else if (!includeChecks.has(kind)) {
      context.error('unknown-choice', `'${kind}' is none of ${[...includeChecks].join(', ')}`, word.span);
    }
  });
  return kinds.map((word) => word.text);
}

/** True if the name can be that of an nftables table or ipset. */
export function isTableName(context: PassContext, word: Word, most: number): boolean {
  if (word.text !== '' && byteLength(word.text) < most - 1) return true;
  context.error(
    'too-long',
    `'${word.text}' cannot be a name of at most ${most - 2} bytes; the line is ignored`,
    word.span,
  );
  return false;
}

/** IPv6 groups other than link-local ones work, but should not be used. */
export function checkGroup6(context: PassContext, { words, span }: Statement): void {
  const address = parseIpAddress(words[1]?.text ?? '');
  if (!address || familyOf(address) === 'inet' || /^ff.2:/.test(address)) return;
  context.warning('not-link-local', `group ${address} should be link-local (ff02::/16)`, span);
}
