import { accessSync, constants } from 'node:fs';
import koffi, { type LibraryHandle } from 'koffi';
import { assert } from '../base/assert.js';
import { Memory } from './memory.js';

/*
 * The client's side of TLS by the OpenSSL that Node itself runs on, whose functions Node offers to addons. Node's own
 * sockets spend twice as much on objects and streams as a handshake takes. All that is here are opaque pointers and
 * functions that are documented, and the same in OpenSSL 1.1.1 and 3.
 */

const FILETYPE_PEM = 1;
const CTRL_MODE = 33;
const CTRL_SET_READ_AHEAD = 41;
const CTRL_SET_TLSEXT_HOSTNAME = 55;
const CTRL_SET_MIN_PROTO_VERSION = 123;
/** Connections give their buffers back while they wait. */
const MODE_RELEASE_BUFFERS = 0x10;
const TLS1_2_VERSION = 0x0303;
const NAMETYPE_HOST_NAME = 0;

const ERROR_WANT_READ = 2;
const ERROR_WANT_WRITE = 3;
const ERROR_ZERO_RETURN = 6;

const MESSAGE_BYTES = 256;

/** Below 2^47, and so exact. */
type Pointer = number;
type Bound = ReturnType<typeof bindAll>;

function bindAll(library: LibraryHandle) {
  const bind = (name: string, result: string, ...parameters: string[]) =>
    library.func(name, result, parameters) as (...values: unknown[]) => number;
  return {
    clientMethod: bind('TLS_client_method', 'uintptr_t'),
    contextNew: bind('SSL_CTX_new', 'uintptr_t', 'uintptr_t'),
    contextFree: bind('SSL_CTX_free', 'void', 'uintptr_t'),
    contextControl: bind('SSL_CTX_ctrl', 'long', 'uintptr_t', 'int', 'long', 'void *'),
    useAuthorities: bind('SSL_CTX_load_verify_locations', 'int', 'uintptr_t', 'void *', 'void *'),
    useCertificate: bind('SSL_CTX_use_certificate_chain_file', 'int', 'uintptr_t', 'void *'),
    useKey: bind('SSL_CTX_use_PrivateKey_file', 'int', 'uintptr_t', 'void *', 'int'),
    usePassword: bind('SSL_CTX_set_default_passwd_cb_userdata', 'void', 'uintptr_t', 'uintptr_t'),
    sessionNew: bind('SSL_new', 'uintptr_t', 'uintptr_t'),
    sessionFree: bind('SSL_free', 'void', 'uintptr_t'),
    sessionControl: bind('SSL_ctrl', 'long', 'uintptr_t', 'int', 'long', 'void *'),
    useDescriptor: bind('SSL_set_fd', 'int', 'uintptr_t', 'int'),
    connect: bind('SSL_connect', 'int', 'uintptr_t'),
    read: bind('SSL_read', 'int', 'uintptr_t', 'void *', 'int'),
    write: bind('SSL_write', 'int', 'uintptr_t', 'void *', 'int'),
    shutdown: bind('SSL_shutdown', 'int', 'uintptr_t'),
    errorOf: bind('SSL_get_error', 'int', 'uintptr_t', 'int'),
    clearErrors: bind('ERR_clear_error', 'void'),
    nextError: bind('ERR_get_error', 'ulong'),
    describe: bind('ERR_error_string_n', 'void', 'ulong', 'void *', 'size_t'),
  };
}

let bound: Bound | undefined;
const openssl = (): Bound => (bound ??= bindAll(koffi.load(null)));

const cString = (text: string): Buffer => Buffer.from(`${text}\0`);

/** The first error of this thread's queue, which is what has gone wrong; the queue is empty after that. */
function takeError(library: Bound): string {
  const code = library.nextError();
  library.clearErrors();
  if (code === 0) return 'the connection was closed';
  const text = new Memory(MESSAGE_BYTES);
  library.describe(code, text.bytes, MESSAGE_BYTES);
  const bytes = Buffer.from(text.bytes);
  return bytes.toString('latin1', 0, bytes.indexOf(0));
}

/** What a client shows of itself: PEM files. */
export interface TlsClientFiles {
  /** These only complete our own chain: no server's certificate is verified. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly password?: string;
}

/** What all sessions of a client have in common: it takes a millisecond to make. */
export class TlsClient {
  private readonly pointer: Pointer;

  /** @throws Error if a file cannot be read or does not hold what it should. */
  constructor(files: TlsClientFiles) {
    const library = openssl();
    library.clearErrors();
    this.pointer = library.contextNew(library.clientMethod());
    assert(this.pointer !== 0, 'OpenSSL makes contexts');
    library.contextControl(this.pointer, CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, null);
    library.contextControl(this.pointer, CTRL_MODE, MODE_RELEASE_BUFFERS, null);
    library.contextControl(this.pointer, CTRL_SET_READ_AHEAD, 1, null);
    try {
      this.use(library, files);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** A session on a connected, non-blocking descriptor, which stays the caller's. */
  session(fd: number, serverName: string | undefined): TlsSession {
    return new TlsSession(this.pointer, fd, serverName);
  }

  /** No new sessions after this; those that are go on. */
  free(): void {
    openssl().contextFree(this.pointer);
  }

  private use(library: Bound, { ca, certificate, key, password }: TlsClientFiles): void {
    // Without a password OpenSSL would ask for one at the terminal.
    const secret = new Memory(Buffer.byteLength(password ?? '') + 1).put(0, Buffer.from(password ?? ''));
    library.usePassword(this.pointer, secret.address);
    const must = (file: string, result: number): void => {
      if (result !== 1) throw new Error(`${file}: ${takeError(library)}`);
    };
    for (const file of [ca, certificate, key]) if (file !== undefined) accessSync(file, constants.R_OK);
    if (ca !== undefined) must(ca, library.useAuthorities(this.pointer, cString(ca), null));
    if (certificate !== undefined)
      must(certificate, library.useCertificate(this.pointer, cString(certificate)));
    if (key !== undefined) must(key, library.useKey(this.pointer, cString(key), FILETYPE_PEM));
    library.usePassword(this.pointer, 0);
    secret.bytes.fill(0);
  }
}

/** What a session waits for before it can go on, or that it cannot. */
export type TlsState = 'done' | 'readable' | 'writable' | 'ended' | { readonly broken: string };

/** Where sessions put what they read. */
const received = Buffer.alloc(16_384);

/** One connection's TLS. Nothing in it waits. */
export class TlsSession {
  private readonly pointer: Pointer;
  private standing = false;
  private length = 0;

  /** @param context SSL_CTX. */
  constructor(context: Pointer, fd: number, serverName: string | undefined) {
    const library = openssl();
    this.pointer = library.sessionNew(context);
    assert(this.pointer !== 0, 'OpenSSL makes sessions');
    library.useDescriptor(this.pointer, fd);
    if (serverName !== undefined)
      library.sessionControl(this.pointer, CTRL_SET_TLSEXT_HOSTNAME, NAMETYPE_HOST_NAME, cString(serverName));
  }

  /** Goes on with the handshake. */
  connect(): TlsState {
    const library = openssl();
    library.clearErrors();
    const state = this.stateAfter(library, library.connect(this.pointer));
    this.standing = state === 'done';
    return state;
  }

  /** @returns whether all of it was taken. */
  write(bytes: Uint8Array): boolean {
    const library = openssl();
    library.clearErrors();
    return library.write(this.pointer, bytes, bytes.length) === bytes.length;
  }

  /** Reads; with 'done', received() has it. */
  read(): TlsState {
    const library = openssl();
    library.clearErrors();
    this.length = library.read(this.pointer, received, received.length);
    return this.stateAfter(library, this.length);
  }

  /** What the latest read() has brought, until the next one of any session. */
  received(): Buffer {
    return received.subarray(0, Math.max(0, this.length));
  }

  /** Takes leave with close_notify, which is not waited for. */
  sayGoodbye(): void {
    if (!this.standing) return;
    const library = openssl();
    library.clearErrors();
    library.shutdown(this.pointer);
  }

  /** Once, before the descriptor is closed. */
  free(): void {
    openssl().sessionFree(this.pointer);
  }

  private stateAfter(library: Bound, result: number): TlsState {
    if (result > 0) return 'done';
    switch (library.errorOf(this.pointer, result)) {
      case ERROR_WANT_READ:
        return 'readable';
      case ERROR_WANT_WRITE:
        return 'writable';
      case ERROR_ZERO_RETURN:
        return 'ended';
      default:
        this.standing = false; // OpenSSL forbids a shutdown after this
        return { broken: takeError(library) };
    }
  }
}
