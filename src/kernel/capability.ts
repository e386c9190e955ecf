import { readFileSync } from 'node:fs';
import { errnoOf } from './kernel-error.js';
import { type Hint } from './libc.js';

/** Capabilities that the daemon uses, by their bit number (capabilities(7)). */
export const capabilities = {
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
} as const;

export type Capability = keyof typeof capabilities;

/** Those of `needed` that this process does not have in its effective set, in the order given. */
export function missingCapabilities(needed: readonly Capability[]): readonly Capability[] {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const effective = BigInt(`0x${line?.[1] ?? '0'}`);
  return needed.filter((name) => ((effective >> BigInt(capabilities[name])) & 1n) === 0n);
}

/** Explains EPERM and EACCES by the capability that the call needs. */
export const capabilityHint =
  (needed: Capability): Hint =>
  (errno) =>
    errno === errnoOf('EPERM') || errno === errnoOf('EACCES') ? `needs ${needed}; run as root` : undefined;
