import { type HmacKey, type HmacSettings } from '../model-vrrp.js';
import { decodeSource } from '../source-decode.js';
import { type PassContext } from './context.js';
import { byteLength, type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** auth_hmac while it is read; several blocks of one instance add up. */
export interface HmacDraft {
  section: Section;
  readonly keys: HmacKey[];
}

const MIN_KEY_BYTES = 32;
const MAX_KEY_BYTES = 64;

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

function readKey(context: PassContext, { values, statement }: Reading, keys: HmacKey[]): boolean {
  const [id, source] = values as readonly [number, string];
  const secret = source.startsWith('file:') ? readKeyFile(context, source.slice(5), statement.span) : source;
  if (secret === undefined) return false;
  const bytes = secret.startsWith('hex:') ? hexBytes(secret.slice(4)) : byteLength(secret);
  if (bytes < MIN_KEY_BYTES || bytes > MAX_KEY_BYTES) {
    const text = `key ${id} has ${bytes} bytes, not ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES}; it is ignored`;
    context.error('invalid-key', text, statement.span);
    return false;
  }
  if (keys.some((key) => key.id === id)) {
    context.error('already-given', `key ${id} is already given; this one is ignored`, statement.span);
    return false;
  }
  keys.push({ id, source });
  return true;
}

function readKeyFile(
  context: PassContext,
  path: string,
  span: Reading['statement']['span'],
): string | undefined {
  const refuse = (text: string): string | undefined => {
    context.error('invalid-key', `${text}; the key is ignored`, span);
    return undefined;
  };
  const read = context.host.readFile(path, 1 << 12);
  if (!read.ok) return refuse(`key file '${path}' cannot be read`);
  const permissions = context.host.permissions(path);
  if (permissions && (permissions.mode & 0o077) !== 0) {
    context.warning('open-key-file', `key file '${path}' can be read by group or others`, span);
  }
  const text = decodeSource(read.value).text.replace(/[\r\n]+$/, '');
  return text.length <= 2 * MAX_KEY_BYTES + 12 ? text : refuse(`key file '${path}' is too large`);
}

/** Bytes of hexadecimal digits with spaces between them; 0 if they are none. */
function hexBytes(text: string): number {
  const octets = text.trim().split(/\s+/);
  if (!octets.every((each) => /^[0-9a-f]+$/i.test(each))) return 0;
  return octets.reduce((sum, each) => sum + Math.ceil(each.length / 2), 0);
}

/** @param advertIntervalS in seconds, which the time window is derived from where none is given. */
export function completeHmac(
  context: PassContext,
  draft: HmacDraft,
  strict: boolean,
  advertIntervalS: number,
): HmacSettings | undefined {
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
  return { keys, activeKey, ...(window !== undefined && { timeWindowS: window }), antiReplay, mode };
}
