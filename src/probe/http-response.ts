import { createHash, type Hash } from 'node:crypto';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A response as keepalived reads it: byte by byte off the wire. Digests are made of exactly these bytes (genhash
 * takes them the same way), so that a chunked body is hashed with its chunk sizes.
 */
export class HttpResponse {
  private head = Buffer.alloc(0);
  private complete = false;
  private contentLength: number | undefined;
  private readonly hash: Hash | undefined;
  private received = 0;

  /** @param digesting whether the body's MD5 will be asked for. */
  constructor(digesting: boolean) {
    this.hash = digesting ? createHash('md5') : undefined;
  }

  /** The head has come to its empty line. */
  get hasHead(): boolean {
    return this.complete;
  }

  /** Bytes after the head. */
  get bodyBytes(): number {
    return this.received;
  }

  /** 0 where the first line has none. */
  get statusCode(): number {
    return Number(/^[^ \r\n]* (\d{3})(?: |\r)/.exec(this.head.toString('latin1'))?.[1] ?? 0);
  }

  /** The next bytes off the wire. A head without end is undici's to refuse (at 16 KiB). */
  push(bytes: Buffer): void {
    if (this.complete) {
      this.pushBody(bytes);
      return;
    }
    const seen = Buffer.concat([this.head, bytes]);
    const end = seen.indexOf(HEAD_END);
    this.complete = end >= 0;
    this.head = this.complete ? seen.subarray(0, end + HEAD_END.length) : seen;
    if (!this.complete) return;
    const length = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n/i.exec(this.head.toString('latin1'))?.[1];
    this.contentLength = length === undefined ? undefined : Number(length);
    this.pushBody(seen.subarray(this.head.length));
  }

  /** MD5 of the body in lower-case hex: what genhash prints. To be asked once, at the end. */
  digest(): string | undefined {
    return this.hash?.digest('hex');
  }

  /** Bytes beyond Content-Length are not part of the digest. */
  private pushBody(bytes: Buffer): void {
    const rest = (this.contentLength ?? Infinity) - this.received;
    if (this.hash && rest > 0) this.hash.update(bytes.length > rest ? bytes.subarray(0, rest) : bytes);
    this.received += bytes.length;
  }
}
