import type { TlsFiles } from '../config/index.js';
import { TlsClient } from '../kernel/openssl.js';

/** What SSL_GET shows of us: one TLS context for all checks, because each takes a millisecond to make. */
export class TlsIdentity {
  private made: TlsClient | undefined;

  get client(): TlsClient {
    return (this.made ??= new TlsClient({}));
  }

  /** @throws Error if a file cannot be read or does not hold what it should. What was in use then stays. */
  use(files: TlsFiles | undefined): void {
    const next = files && new TlsClient(files);
    this.made?.free();
    this.made = next;
  }
}

/** Why these files cannot be used, in words; undefined if they can. */
export function tlsTrouble(files: TlsFiles): string | undefined {
  try {
    new TlsClient(files).free();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
