import { type Result } from '../base/result.js';
import { type KernelError } from './kernel-error.js';

/**
 * Moves the calling thread to a network namespace: a name under /run/netns or a path. Sockets that are opened
 * afterwards by kernel/ live there. Call it first thing in a worker process.
 */
export const enterNetworkNamespace = (nameOrPath: string): Result<void, KernelError> => {
  throw new Error(`not built ${nameOrPath}`);
};
