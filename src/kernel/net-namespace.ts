import { closeSync, openSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { capabilityHint } from './capability.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { check, failure, libc } from './libc.js';

const CLONE_NEWNET = 0x40000000;

/**
 * Moves the calling thread to a network namespace: a name, as `ip netns` knows it, or a path. Sockets that kernel/
 * opens afterwards live there, and so do scripts. Call it first thing in a process: sockets that Node opened before
 * stay where they are, and name look-ups run on other threads, which stay too.
 */
export function enterNetworkNamespace(nameOrPath: string): Result<void, KernelError> {
  const path = nameOrPath.includes('/') ? nameOrPath : `/run/netns/${nameOrPath}`;
  const call = `setns(${path})`;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
    return err(new KernelError(call, errnoOf(code), 'there is no such network namespace'));
  }
  try {
    return libc.setns(fd, CLONE_NEWNET) < 0
      ? err(failure(call, capabilityHint('CAP_SYS_ADMIN')))
      : ok(undefined);
  } finally {
    closeSync(fd);
  }
}

/** The namespace that the host's first process is in. */
const FIRST_NAMESPACE = '/proc/1/ns/net';

/**
 * Does something in the first network namespace of this host, or here where that is not allowed: a socket stays in the
 * namespace that it was made in.
 */
export function inFirstNetworkNamespace<Made>(make: () => Made): Made {
  const made = inNamespaceOf(FIRST_NAMESPACE, make);
  return made.ok ? made.value : make();
}

/**
 * Does something in another network namespace.
 * @param name as `ip netns` knows it; '' for the first one of this host.
 * @returns why that namespace cannot be entered; then nothing was done.
 */
export const inNetworkNamespace = <Made>(name: string, make: () => Made): Result<Made, KernelError> =>
  inNamespaceOf(name === '' ? FIRST_NAMESPACE : name, make);

function inNamespaceOf<Made>(nameOrPath: string, make: () => Made): Result<Made, KernelError> {
  const here = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const moved = enterNetworkNamespace(nameOrPath);
    if (!moved.ok) return moved;
    try {
      return ok(make());
    } finally {
      // Whoever could go there can come back.
      check('setns(back)', libc.setns(here, CLONE_NEWNET));
    }
  } finally {
    closeSync(here);
  }
}
