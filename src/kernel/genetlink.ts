import { err, ok } from '../base/result.js';
import {
  decodeFamily,
  decodeGeneric,
  encodeGeneric,
  encodeGetFamily,
  GENL_ID_CTRL,
  type GenericFamily,
} from '../wire/netlink/generic.js';
import { type NetlinkMessage } from '../wire/netlink/message.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { NETLINK_GENERIC } from './netlink-receive.js';
import { type NetlinkAnswer, type NetlinkRequest } from './netlink-exchange.js';
import { NetlinkSocket } from './netlink-socket.js';
import { type ReceiveBuffer } from './socket-option.js';

/** A command of a family: its number and encoded attributes. */
export interface GenericRequest {
  /** What errors name it. */
  readonly what: string;
  readonly command: number;
  /** NLM_F_* beyond REQUEST and ACK. */
  readonly flags?: number;
  readonly attributes: Uint8Array;
}

/** Requests to one generic netlink family, synchronous as NetlinkSocket. */
export class GenericSocket {
  private readonly netlink = new NetlinkSocket(NETLINK_GENERIC);
  readonly family: GenericFamily;

  /**
   * @param name of the family, for example 'IPVS'. Asking for it makes the kernel load a module that it knows by
   *   that name.
   * @throws KernelError ENOENT if the kernel has no such family.
   */
  constructor(name: string) {
    try {
      this.family = this.resolve(name);
    } catch (error) {
      this.netlink.close();
      throw error;
    }
  }

  /** As NetlinkSocket.transact; payloads of the answers begin after the generic header. */
  transact(requests: readonly GenericRequest[]): readonly NetlinkAnswer[] {
    return this.netlink.transact(requests.map((request) => this.encode(request))).map(decodeAnswer);
  }

  /** As NetlinkSocket.dump; payloads begin after the generic header. */
  dump(request: GenericRequest): NetlinkAnswer {
    return decodeAnswer(this.netlink.dump(this.encode(request)));
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    this.netlink.setReceiveBuffer(buffer);
  }

  /** Idempotent. */
  close(): void {
    this.netlink.close();
  }

  private encode({ what, command, flags, attributes }: GenericRequest): NetlinkRequest {
    const payload = encodeGeneric(command, this.family.version, attributes);
    return { what, type: this.family.id, payload, ...(flags === undefined ? {} : { flags }) };
  }

  private resolve(name: string): GenericFamily {
    const what = `generic netlink family ${name}`;
    const [answer] = this.netlink.transact([{ what, type: GENL_ID_CTRL, payload: encodeGetFamily(name) }]);
    if (answer?.ok === false) throw answer.error;
    const family = answer?.value[0] && decodeFamily(answer.value[0].payload);
    if (!family?.ok) throw new KernelError(what, errnoOf('EBADMSG'), family?.error.text ?? 'no answer');
    return family.value;
  }
}

function decodeAnswer(answer: NetlinkAnswer): NetlinkAnswer {
  if (!answer.ok) return answer;
  const messages: NetlinkMessage[] = [];
  for (const message of answer.value) {
    const decoded = decodeGeneric(message.payload);
    if (decoded.ok) messages.push({ ...message, payload: decoded.value.attributes });
    else if (message.payload.length > 0) {
      return err(new KernelError('generic netlink', errnoOf('EBADMSG'), decoded.error.text));
    }
  }
  return ok(messages);
}
