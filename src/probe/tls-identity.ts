import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { TlsFiles } from '../config/index.js';

/** What SSL_GET shows of us: one TLS context for all checks, because each takes a millisecond to make. */
export class TlsIdentity {
  private made: tls.SecureContext | undefined;

  get context(): tls.SecureContext {
    return (this.made ??= tlsContext({}));
  }

  /** @throws Error if a file cannot be read or does not hold what it should. What was in use then stays. */
  use(files: TlsFiles | undefined): void {
    this.made = files && tlsContext(files);
  }
}

/**
 * A TLS context with the certificate, key and authorities of these files. Authorities only complete our own chain:
 * no server's certificate is verified.
 * @throws Error if a file cannot be read or does not hold what it should.
 */
export function tlsContext({ ca, certificate, key, password }: TlsFiles): tls.SecureContext {
  return tls.createSecureContext({
    // An empty list keeps Node from loading the 150 authorities of its own.
    ca: ca === undefined ? [] : readFileSync(ca),
    ...(certificate === undefined ? {} : { cert: readFileSync(certificate) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
    ...(password === undefined ? {} : { passphrase: password }),
  });
}

/** Why these files cannot be used, in words; undefined if they can. */
export function tlsTrouble(files: TlsFiles): string | undefined {
  try {
    tlsContext(files);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
