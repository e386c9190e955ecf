import { encodeUtf8 } from '../../base/utf8.js';
import { type HmacAuthentication } from '../../vrrp/index.js';
import { type HmacKey, type HmacSettings } from '../model-vrrp.js';
import { NOT_UTF8 } from '../source-decode.js';
import { type Span } from '../tree.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** auth_hmac while it is read; several blocks of one instance add up. */
export interface HmacDraft {
  section: Section;
  readonly keys: KeyDraft[];
}

/** A key as written, and what it stands for in hexadecimal digits. */
type KeyDraft = HmacKey & { readonly secret: string };

const MIN_KEY_BYTES = 32;
const MAX_KEY_BYTES = 64;
/** `hex:`, digits and some room, as keepalived has it. */
const LARGEST_KEY_FILE = 4 + 2 * MAX_KEY_BYTES + 7;
const HEX_PREFIX = encodeUtf8('hex:');
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Reads an auth_hmac block onto an earlier one. */
export function readHmac(
  context: PassContext,
  { statement }: Reading,
  before: HmacDraft | undefined,
): HmacDraft {
  const keys = before?.keys ?? [];
  const section = readSection(
    context,
    'vrrp_instance/auth_hmac',
    statement.body ?? [],
    statement,
    (reading) => (reading.name === 'key' ? readKey(context, reading, keys) : true),
  );
  if (!before) return { section, keys };
  for (const reading of section.readings) before.section.add(reading);
  return before;
}

function readKey(context: PassContext, { values, statement }: Reading, keys: KeyDraft[]): boolean {
  const [id, source] = values as readonly [number, string];
  const bytes = source.startsWith('file:')
    ? readKeyFile(context, source.slice(5), statement.span)
    : inlineKey(context, id, source, statement.span);
  if (bytes === undefined) return false;
  if (bytes.length < MIN_KEY_BYTES || bytes.length > MAX_KEY_BYTES) {
    const text = `key ${id} has ${bytes.length} bytes, not ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES}; it is ignored`;
    context.error('invalid-key', text, statement.span);
    return false;
  }
  if (keys.some((key) => key.id === id)) {
    context.error('already-given', `key ${id} is already given; this one is ignored`, statement.span);
    return false;
  }
  keys.push({ id, source, secret: toHex(bytes) });
  return true;
}

function inlineKey(context: PassContext, id: number, source: string, span: Span): Uint8Array | undefined {
  if (!source.includes(NOT_UTF8)) return keyBytes(encodeUtf8(source));
  context.error('invalid-key', `key ${id} is not UTF-8: write it as hex:DIGITS; it is ignored`, span);
  return undefined;
}

/** The bytes of a key file, which holds what could stand in the line: hex:DIGITS, or the key itself. */
function readKeyFile(context: PassContext, path: string, span: Span): Uint8Array | undefined {
  const refuse = (text: string): Uint8Array | undefined => {
    context.error('invalid-key', `${text}; the key is ignored`, span);
    return undefined;
  };
  const read = context.host.readFile(path, 1 << 12);
  if (!read.ok) return refuse(`key file '${path}' cannot be read`);
  const permissions = context.host.permissions(path);
  if (permissions && (permissions.mode & 0o077) !== 0) {
    context.warning('open-key-file', `key file '${path}' can be read by group or others`, span);
  }
  if (read.value.length > LARGEST_KEY_FILE) return refuse(`key file '${path}' is too large`);
  return keyBytes(withoutLineEnd(read.value));
}

/** Up to the first NUL, and without the line end that editors leave. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (bytes[end - 1] === LINE_FEED || bytes[end - 1] === CARRIAGE_RETURN) end -= 1;
  const nul = bytes.subarray(0, end).indexOf(0);
  return bytes.subarray(0, nul < 0 ? end : nul);
}

/** What a key as written stands for: bytes behind `hex:`, otherwise itself. */
function keyBytes(written: Uint8Array): Uint8Array {
  return HEX_PREFIX.every((byte, index) => byte === written[index])
    ? hexBytes(String.fromCharCode(...written.subarray(HEX_PREFIX.length)))
    : written;
}

/** Bytes of hexadecimal digits with spaces between them; none if they are none. */
function hexBytes(text: string): Uint8Array {
  const groups = text.trim().split(/\s+/);
  if (!groups.every((each) => /^[0-9a-f]+$/i.test(each))) return new Uint8Array(0);
  const octets = groups.flatMap((each) => each.match(/..?/g) ?? []);
  return Uint8Array.from(octets, (octet) => parseInt(octet, 16));
}

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** auth_hmac as it is shown, and as it acts. */
export interface CompletedHmac {
  readonly details: HmacSettings;
  readonly authentication: HmacAuthentication;
}

/** @param advertIntervalS in seconds, which the time window is derived from where none is given. */
export function completeHmac(
  context: PassContext,
  draft: HmacDraft,
  strict: boolean,
  advertIntervalS: number,
): CompletedHmac | undefined {
  const { section, keys } = draft;
  const activeKey = section.number('active_key') ?? 0;
  if (!keys.some((key) => key.id === activeKey)) {
    context.error(
      'active-key-missing',
      'auth_hmac has no key that active_key names; it is not used',
      section.spanOf('active_key'),
    );
    return undefined;
  }
  let mode = (section.text('mode') ?? 'enforce') as HmacSettings['mode'];
  if (strict && mode !== 'enforce') {
    context.warning('strict-mode', 'strict mode: auth_hmac mode is enforce', section.spanOf('mode'));
    mode = 'enforce';
  }
  const antiReplay = (section.text('anti_replay') ?? 'time') as HmacSettings['antiReplay'];
  const derived = Math.min(300, Math.max(5, 3 * Math.floor(advertIntervalS)));
  const window = section.number('time_window') ?? (antiReplay === 'time' ? derived : undefined);
  const given = window === undefined ? {} : { timeWindowS: window };
  const shown = keys.map(({ id, source }) => ({ id, source }));
  const acting = keys.map(({ id, secret }) => ({ id, secret }));
  return {
    details: { keys: shown, activeKey, ...given, antiReplay, mode },
    authentication: {
      type: 'hmac',
      keys: acting,
      activeKey,
      ...(antiReplay === 'time' && given),
      mode,
    },
  };
}
