import { type Alert } from './mail-text.js';

/** Who writes to whom, as the configuration has it. */
export interface Letterhead {
  /** With a display name or without: `ops@example.com` or `Ops <ops@example.com>`. */
  readonly from: string;
  readonly to: readonly string[];
}

/** A message as it crosses to the server, and its envelope (RFC 5321, 2.3.1). */
export interface Mail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** Headers and body (RFC 5322), lines ending in CRLF. */
  readonly text: string;
  /** Something is not ASCII: the server must take eight bits (RFC 6152). */
  readonly eightBit: boolean;
}

/**
 * The mail for an alert: keepalived's headers in its order, X-Mailer among them because filters go by it, and a
 * Message-ID, by which a server that hears of a mail twice can tell.
 * @param id unique in the world, without brackets.
 * @param to the recipients of the envelope, if not all.
 */
export function composeMail(alert: Alert, { from, to }: Letterhead, id: string, only = to): Mail {
  const body = alert.body.replaceAll(/\r?\n/g, '\r\n');
  const sender = formatAddress(from);
  const recipients = to.map(formatAddress);
  const headers = [
    `Date: ${dateOf(new Date(alert.at))}`,
    `From: ${encodeAddress(sender)}`,
    `Subject: ${encodeWord(alert.subject)}`,
    'X-Mailer: Keepalived',
    `To: ${recipients.map(encodeAddress).join(',\r\n ')}`,
    `Message-ID: <${id}>`,
  ];
  const eightBit = !isAscii(body);
  if (eightBit) {
    headers.push('MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8');
    headers.push('Content-Transfer-Encoding: 8bit');
  }
  return {
    envelope: { from: addressOf(sender), to: only.map((each) => addressOf(formatAddress(each))) },
    text: `${headers.join('\r\n')}\r\n\r\n${body}\r\n\r\n`,
    eightBit,
  };
}

/** Characters that a display name must be quoted for (RFC 5322, 3.2.3). */
const SPECIALS = /[()<>[\]:;@\\,.]/;

/** `Lbs, first <a@b>` becomes `"Lbs, first" <a@b>`; everything else stays as it is. */
export function formatAddress(address: string): string {
  const start = address.endsWith('>') ? address.lastIndexOf('<') : -1;
  if (start <= 0) return address;
  const name = address.slice(0, start).trimEnd();
  const rest = address.slice(name.length);
  if (!SPECIALS.test(name) || /^".*"$/s.test(name)) return address;
  return `"${name.replaceAll(/["\\]/g, '\\$&')}"${rest}`;
}

/** What stands between the brackets, or all of it. */
export function addressOf(address: string): string {
  const start = address.endsWith('>') ? address.lastIndexOf('<') : -1;
  return (start < 0 ? address : address.slice(start + 1, -1)).replaceAll(/[\r\n<>]/g, '');
}

/** As strftime's `%a, %d %b %Y %H:%M:%S %z` in the local zone (RFC 5322, 3.3). */
export function dateOf(at: Date): string {
  const [day, month, date, year, time, zone] = at.toString().split(' ');
  return `${day}, ${date} ${month} ${year} ${time} ${(zone ?? 'GMT+0000').replace('GMT', '')}`;
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** Bytes of UTF-8 in one encoded word, which must not be longer than 75 characters (RFC 2047, 2). */
const WORD_BYTES = 42;

/** Text in a header: as it is if it is ASCII, otherwise as encoded words. Never more than one line's worth of control. */
export function encodeWord(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ');
  if (isAscii(line)) return line;
  const words: string[] = [];
  let chunk = '';
  for (const character of line) {
    if (Buffer.byteLength(chunk + character) > WORD_BYTES) {
      words.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  words.push(chunk);
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

/** Only the display name may be encoded. */
function encodeAddress(address: string): string {
  const start = address.endsWith('>') ? address.lastIndexOf('<') : -1;
  if (start <= 0 || isAscii(address)) return address.replaceAll(/[\r\n]+/g, ' ');
  const name = address
    .slice(0, start)
    .trim()
    .replace(/^"(.*)"$/s, '$1');
  return `${encodeWord(name)} ${address.slice(start)}`;
}
