import { decodeUtf8 } from '../../base/utf8.js';
import { type NetlinkMessage } from './message.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';

/*
 * The process connector (linux/cn_proc.h): one message a datagram, of type NLMSG_DONE, with a struct cn_msg and a
 * struct proc_event. All fields are in host order.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Index: CN_IDX_PROC (1)                         |  struct cn_msg
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Value: CN_VAL_PROC (1)                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Sequence number, of each CPU                   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Acknowledgement                                |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |        Length of what follows |             Flags             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                What (PROC_EVENT_...)                          |  struct proc_event
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                CPU                                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Time since boot, ns (64 bits)                  |
 *     +                                                               +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                of the thread, then of its process: ids ...    |
 */
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const CN_MSG_LENGTH = 20;
/** Where the ids begin. */
const DATA = CN_MSG_LENGTH + 16;
/** Two ids of the parent, two of the child. */
const LONGEST_READ = DATA + 24;

const PROC_CN_MCAST_LISTEN = 1;
const PROC_CN_MCAST_IGNORE = 2;

const PROC_EVENT_NONE = 0;
const PROC_EVENT_FORK = 0x1;
const PROC_EVENT_EXEC = 0x2;
const PROC_EVENT_COMM = 0x200;
const PROC_EVENT_EXIT = 0x8000_0000;

/** What has become of a process (never of one of its threads). */
export type ProcessEvent =
  /** The answer to a request to listen. */
  | { readonly type: 'listening' }
  | { readonly type: 'fork'; readonly pid: number; readonly parent: number }
  | { readonly type: 'exec'; readonly pid: number }
  /** It has given itself another name (prctl PR_SET_NAME): at most 15 bytes. */
  | { readonly type: 'renamed'; readonly pid: number; readonly name: string }
  | { readonly type: 'exit'; readonly pid: number };

/** The connector multicasts processes as its first group. */
export const PROCESS_GROUP = CN_IDX_PROC;

/** The payload of a request to be told of processes, or to be told no more. */
export function encodeProcessListen(listen: boolean): Uint8Array {
  const bytes = new Uint8Array(CN_MSG_LENGTH + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CN_IDX_PROC, HOST_LITTLE_ENDIAN);
  view.setUint32(4, CN_VAL_PROC, HOST_LITTLE_ENDIAN);
  view.setUint16(16, 4, HOST_LITTLE_ENDIAN);
  view.setUint32(CN_MSG_LENGTH, listen ? PROC_CN_MCAST_LISTEN : PROC_CN_MCAST_IGNORE, HOST_LITTLE_ENDIAN);
  return bytes;
}

/** What a message of the connector says; undefined for events of no interest, of threads, and for what is too short. */
export function decodeProcessEvent({ payload }: NetlinkMessage): ProcessEvent | undefined {
  if (payload.length < LONGEST_READ) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const u32 = (offset: number): number => view.getUint32(offset, HOST_LITTLE_ENDIAN);
  if (u32(0) !== CN_IDX_PROC || u32(4) !== CN_VAL_PROC) return undefined;
  const what = u32(CN_MSG_LENGTH);
  // Only the answer to a request is an acknowledgement.
  if ((what === PROC_EVENT_NONE) !== (u32(12) !== 0)) return undefined;
  const [thread, pid] = [u32(DATA), u32(DATA + 4)];
  switch (what) {
    case PROC_EVENT_NONE:
      return { type: 'listening' };
    case PROC_EVENT_FORK:
      return u32(DATA + 8) === u32(DATA + 12)
        ? { type: 'fork', pid: u32(DATA + 12), parent: pid }
        : undefined;
    case PROC_EVENT_EXEC:
      return thread === pid ? { type: 'exec', pid } : undefined;
    case PROC_EVENT_COMM:
      return thread === pid ? { type: 'renamed', pid, name: nameAt(payload, DATA + 8) } : undefined;
    case PROC_EVENT_EXIT:
      return thread === pid ? { type: 'exit', pid } : undefined;
    default:
      return undefined;
  }
}

/** 16 bytes, ended by a NUL. */
function nameAt(payload: Uint8Array, start: number): string {
  const bytes = payload.subarray(start, start + 16);
  const end = bytes.indexOf(0);
  return decodeUtf8(bytes.subarray(0, end < 0 ? bytes.length : end));
}
