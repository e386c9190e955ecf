import { type Result } from '../base/result.js';
import { type NetlinkMessage } from '../wire/netlink/message.js';
import { type KernelError } from './kernel-error.js';

/** A request: type, flags beyond NLM_F_REQUEST, payload. Sequence numbers and acknowledgement are added here. */
export interface NetlinkRequest {
  /** What errors name it, for example 'RTM_NEWADDR 192.0.2.1/24 dev eth0'. */
  readonly what: string;
  readonly type: number;
  readonly flags?: number;
  readonly payload: Uint8Array;
}

/** A netlink socket for requests; every method is synchronous and bounded in time. */
export class NetlinkSocket {
  /** @param protocol NETLINK_ROUTE (0) or NETLINK_GENERIC (16). @throws KernelError */
  constructor(protocol: number) {
    void protocol;
    throw new Error('not built');
  }

  /**
   * Sends the requests in one go and waits until each is acknowledged: their effects are visible in the kernel
   * when it returns. The kernel carries them out in order and goes on after a failure.
   * @returns for each request, the messages it was answered with (mostly none), or the kernel's refusal with its
   *   extended-ack text; ETIMEDOUT if the kernel did not answer.
   */
  transact(requests: readonly NetlinkRequest[]): readonly Result<readonly NetlinkMessage[], KernelError>[] {
    void requests;
    throw new Error('not built');
  }

  /** All messages of a dump; repeated when the kernel says that it was interrupted by a change (NLM_F_DUMP_INTR). */
  dump(request: NetlinkRequest): Result<readonly NetlinkMessage[], KernelError> {
    void request;
    throw new Error('not built');
  }

  close(): void {
    return undefined;
  }
}
