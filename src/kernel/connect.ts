import { type IpAddress } from '../base/address.js';
import { type KernelError } from './kernel-error.js';

/** A connection with options that have to be set before connect. */
export interface ConnectOptions {
  readonly protocol: 'tcp' | 'udp';
  readonly address: IpAddress;
  readonly port: number;
  /** bindto and bind_port. */
  readonly bindAddress?: IpAddress;
  readonly bindPort?: number;
  /** bind_if: SO_BINDTODEVICE; also the zone of a link-local address. */
  readonly bindInterface?: string;
  /** SO_MARK. */
  readonly fwmark?: number;
}

/**
 * Begins a connection without blocking. When `fd` is writable, ask connectionError(fd).
 * Close it with closeDescriptor, or hand it on as new net.Socket({ fd }) (close the watch first and wait one
 * setImmediate).
 * @throws KernelError for everything that fails at once: EADDRNOTAVAIL, ENETUNREACH, EPERM, EMFILE, ECONNREFUSED.
 */
export const beginConnect = (
  options: ConnectOptions,
): { readonly fd: number; readonly connected: boolean } => {
  throw new Error(`not built ${options.port}`);
};

/** SO_ERROR: undefined once connected. Reading it clears it. */
export const connectionError = (fd: number): KernelError | undefined => {
  throw new Error(`not built ${fd}`);
};

/** close(2). */
export const closeDescriptor = (fd: number): void => {
  throw new Error(`not built ${fd}`);
};
