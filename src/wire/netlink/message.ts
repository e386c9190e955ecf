/** One netlink message: header fields and what follows the 16 bytes of the header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** The sender's port; 0 is the kernel. */
  readonly port: number;
  readonly payload: Uint8Array;
}
