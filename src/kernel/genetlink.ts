import { type Result } from '../base/result.js';
import { type NetlinkMessage } from '../wire/netlink/message.js';
import { type KernelError } from './kernel-error.js';

/** A generic netlink family, ready for requests. */
export interface GenericFamily {
  readonly id: number;
  readonly name: string;
  readonly version: number;
}

/** A command of a family: its number and encoded attributes. */
export interface GenericRequest {
  readonly what: string;
  readonly command: number;
  /** NLM_F_* beyond REQUEST and ACK. */
  readonly flags?: number;
  readonly attributes: Uint8Array;
}

/** Requests to one generic netlink family (genetlink), synchronous as NetlinkSocket. */
export class GenericSocket {
  readonly family: GenericFamily;

  /** @param name of the family, for example 'IPVS'. @throws KernelError ENOENT if the kernel has no such family. */
  constructor(name: string) {
    void name;
    this.family = { id: 0, name, version: 1 };
    throw new Error('not built');
  }

  /** As NetlinkSocket.transact; payloads of the answers begin after the generic header. */
  transact(requests: readonly GenericRequest[]): readonly Result<readonly NetlinkMessage[], KernelError>[] {
    void requests;
    throw new Error('not built');
  }

  /** As NetlinkSocket.dump; payloads begin after the generic header. */
  dump(request: GenericRequest): Result<readonly NetlinkMessage[], KernelError> {
    void request;
    throw new Error('not built');
  }

  close(): void {
    return undefined;
  }
}
