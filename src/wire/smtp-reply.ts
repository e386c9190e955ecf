/*
 * Replies of a mail server (RFC 5321, 4.2): lines that begin with the same three digits, of which all but the last
 * go on with "-".
 *
 *     220-mail.example.net
 *     220 ESMTP
 */

/** RFC 5321, 4.5.3.1.5: a reply line has at most 512 octets with its end. */
const LINE_LIMIT = 512;
/** More lines no greeting needs; a server that goes on for ever is not waited for. */
const LINES_LIMIT = 100;

const LINE_FEED = 0x0a;

/** A whole reply by its code, or what is no reply. */
export type SmtpReply = { readonly code: number } | 'malformed' | 'too-long';

/** Puts one reply together from the bytes that come in. */
export class SmtpReplyReader {
  private line: number[] = [];
  private lines = 0;
  private code: number | undefined;

  /** Takes more bytes. Undefined until the reply is complete; bytes behind its end are dropped. */
  push(bytes: Uint8Array): SmtpReply | undefined {
    for (const byte of bytes) {
      if (byte !== LINE_FEED) {
        if (this.line.push(byte) >= LINE_LIMIT) return 'too-long';
        continue;
      }
      const end = this.endLine(String.fromCharCode(...this.line));
      this.line = [];
      if (end) return end;
    }
    return undefined;
  }

  private endLine(text: string): SmtpReply | undefined {
    const [, digits, more] = /^(\d{3})(?:([ -]).*)?\r?$/s.exec(text) ?? [];
    const code = Number(digits);
    if (digits === undefined || (this.code !== undefined && this.code !== code)) return 'malformed';
    this.code = code;
    if (more !== '-') return { code };
    this.lines += 1;
    return this.lines >= LINES_LIMIT ? 'too-long' : undefined;
  }
}
