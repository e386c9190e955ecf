import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type BfdSettings } from './settings.js';

/** Past facts, as the driver reports them to BfdSystem.step. Sessions and deadlines have the names of settings and effects. */
export type BfdEvent =
  /** The first event. */
  | { readonly type: 'Started' }
  | PacketReceived
  /** A deadline set by an effect has passed; `at` is when it was due. */
  | { readonly type: 'DeadlinePassed'; readonly name: string; readonly at: Micros }
  /** What came of OpenSocket. */
  | { readonly type: 'SocketOpened'; readonly session: string }
  | { readonly type: 'SocketRefused'; readonly session: string; readonly error: string }
  /** The kernel refused to send what SendPacket asked for. */
  | { readonly type: 'SendFailed'; readonly session: string; readonly error: string }
  /** A validated reload. Sessions that are equal in old and new settings must not notice. */
  | { readonly type: 'Reconfigured'; readonly settings: BfdSettings }
  | { readonly type: 'StopRequested' };

/** One UDP datagram. */
export interface PacketReceived {
  readonly type: 'PacketReceived';
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** It came to port 4784 instead of 3784. */
  readonly multihop: boolean;
  /** TTL or hop limit; undefined where the socket could not tell. */
  readonly ttl: number | undefined;
  readonly payload: Uint8Array;
  /** When the kernel received it: the neighbour was alive then, however late we look. */
  readonly receivedAt: Micros;
}
