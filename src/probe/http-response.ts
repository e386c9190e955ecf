import { createHash, type Hash } from 'node:crypto';

const HEAD_END = Buffer.from('\r\n\r\n');

/** A longer head is as none (keepalived: 4,095 bytes). */
export const HEAD_LIMIT_BYTES = 64 * 1024;

/** What a reader of a response wants of it. */
export interface ResponseWishes {
  /** The body's MD5 will be asked for. */
  readonly digest: boolean;
  /** Whether a response with this status is the one that was asked for: interim ones (1xx) are not, unless wanted. */
  readonly isFinal: (status: number) => boolean;
  /** Called with each piece of the body, which is valid only during the call. */
  readonly onBody?: (bytes: Buffer) => void;
}

/**
 * A response as keepalived reads it: its status, and bytes off the wire. Digests are made of exactly these bytes
 * (genhash takes them the same way), so that a chunked body is hashed with its chunk sizes.
 */
export class HttpResponse {
  private partial: Buffer | undefined;
  private head: string | undefined;
  private contentLength: number | undefined;
  private readonly hash: Hash | undefined;
  private received = 0;

  constructor(private readonly wishes: ResponseWishes) {
    this.hash = wishes.digest ? createHash('md5') : undefined;
  }

  /** The head has come to its empty line. */
  get hasHead(): boolean {
    return this.head !== undefined;
  }

  /** The head is longer than anybody's should be. */
  get hasEndlessHead(): boolean {
    return (this.partial?.length ?? 0) > HEAD_LIMIT_BYTES;
  }

  /** All of the head, with its empty line. */
  get headBytes(): Buffer {
    return Buffer.from(`${this.head ?? ''}\r\n`, 'latin1');
  }

  /** Bytes after the head, also those beyond Content-Length. */
  get bodyBytes(): number {
    return this.received;
  }

  /** By its own Content-Length, or because such a response has no body. */
  get isComplete(): boolean {
    if (this.head === undefined) return false;
    if (this.contentLength !== undefined) return this.received >= this.contentLength;
    return this.statusCode === 204 || this.statusCode === 304;
  }

  /** 0 where the first line has none. */
  get statusCode(): number {
    return statusIn(this.head ?? '');
  }

  /** The next bytes off the wire. */
  push(bytes: Buffer): void {
    if (this.head === undefined) this.pushHead(bytes);
    else this.pushBody(bytes);
  }

  /** MD5 of the body in lower-case hex: what genhash prints. To be asked once, at the end. */
  digest(): string | undefined {
    return this.hash?.digest('hex');
  }

  private pushHead(bytes: Buffer): void {
    const seen = this.partial ? Buffer.concat([this.partial, bytes]) : bytes;
    const end = seen.indexOf(HEAD_END);
    if (end < 0) {
      this.partial = this.partial ? seen : Buffer.from(bytes); // what we were given is not ours to keep
      return;
    }
    this.partial = undefined;
    const head = seen.toString('latin1', 0, end + 2);
    const rest = seen.subarray(end + HEAD_END.length);
    if (this.wishes.isFinal(statusIn(head))) {
      this.head = head;
      const length = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n/i.exec(head)?.[1];
      this.contentLength = length === undefined ? undefined : Number(length);
      if (rest.length > 0) this.pushBody(rest);
    } else if (rest.length > 0) this.pushHead(rest);
  }

  /** Bytes beyond Content-Length are not part of the body. */
  private pushBody(bytes: Buffer): void {
    const left = (this.contentLength ?? Infinity) - this.received;
    this.received += bytes.length;
    if (left <= 0) return;
    const body = bytes.length > left ? bytes.subarray(0, left) : bytes;
    this.hash?.update(body);
    this.wishes.onBody?.(body);
  }
}

const statusIn = (head: string): number => Number(/^[^ \r\n]* (\d{3})(?: |\r)/.exec(head)?.[1] ?? 0);
