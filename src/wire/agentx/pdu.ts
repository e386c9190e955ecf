/*
 * AgentX, by which a subagent serves a part of an SNMP agent's MIB (RFC 2741). Every PDU begins with this header; the
 * lengths of all that follows are multiples of 4, and numbers are in the order that the N flag tells.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Version 1    |     Type      |    |P|N|A|W|I |   reserved    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           Session ID                          |
 *     |                         Transaction ID                        |
 *     |                           Packet ID                           |
 *     |                         Payload length                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * P: a context other than the default one comes first. N: network byte order.
 */

/** The TCP port of a master agent. */
export const AGENTX_PORT = 705;
/** Where a master agent listens unless told. */
export const AGENTX_SOCKET = '/var/agentx/master';
export const AGENTX_HEADER = 20;
export const AGENTX_VERSION = 1;

export const AGENTX_FLAG = { nonDefaultContext: 0x08, networkByteOrder: 0x10 } as const;

/** An object identifier, as its numbers: each 0 to 2^32 - 1, at most 128 of them. */
export type Oid = readonly number[];
/** SNMP allows no longer ones (RFC 2578, 3.5). */
export const OID_LONGEST = 128;

/** Types of a value, by their numbers on the wire (RFC 2741, 5.4). */
export const VALUE_TYPE = {
  integer: 2,
  octets: 4,
  null: 5,
  oid: 6,
  ipAddress: 64,
  counter32: 65,
  gauge32: 66,
  timeTicks: 67,
  opaque: 68,
  counter64: 70,
  noSuchObject: 128,
  noSuchInstance: 129,
  endOfMibView: 130,
} as const;

export type MibValue =
  /** 32 bits, signed. */
  | { readonly type: 'integer'; readonly value: number }
  /** 32 bits, unsigned. Unsigned32 is gauge32 on the wire. */
  | { readonly type: 'counter32' | 'gauge32' | 'timeTicks'; readonly value: number }
  | { readonly type: 'counter64'; readonly value: bigint }
  /** ipAddress: 4 bytes. */
  | { readonly type: 'octets' | 'ipAddress' | 'opaque'; readonly value: Uint8Array }
  | { readonly type: 'oid'; readonly value: Oid }
  | { readonly type: 'null' | 'noSuchObject' | 'noSuchInstance' | 'endOfMibView' };

export interface VarBind {
  readonly oid: Oid;
  readonly value: MibValue;
}

/** What is looked for: the first object from `start` on (after it, unless `include`) and before `end`. */
export interface SearchRange {
  readonly start: Oid;
  readonly include: boolean;
  /** Empty: no bound. */
  readonly end: Oid;
}

/** PDU types (RFC 2741, 6.1). */
export const PDU_TYPE = {
  Open: 1,
  Close: 2,
  Register: 3,
  Unregister: 4,
  Get: 5,
  GetNext: 6,
  GetBulk: 7,
  TestSet: 8,
  CommitSet: 9,
  UndoSet: 10,
  CleanupSet: 11,
  Notify: 12,
  Ping: 13,
  AddAgentCaps: 16,
  RemoveAgentCaps: 17,
  Response: 18,
} as const;

/** res.error of a response: those of SNMPv2 (RFC 3416, 3), and AgentX's own (RFC 2741, 6.2.16). */
export const AGENTX_ERROR = {
  noError: 0,
  genErr: 5,
  wrongType: 7,
  wrongLength: 8,
  wrongValue: 10,
  noCreation: 11,
  inconsistentValue: 12,
  resourceUnavailable: 13,
  commitFailed: 14,
  undoFailed: 15,
  notWritable: 17,
  notOpen: 257,
  unsupportedContext: 262,
  duplicateRegistration: 263,
  parseError: 266,
} as const;

/** c.reason of Close (RFC 2741, 6.2.2). */
export const CLOSE_REASON = { other: 1, parseError: 2, protocolError: 3, timeouts: 4, shutdown: 5 } as const;

/** What a PDU says beyond its header. */
export type AgentxBody =
  | {
      readonly type: 'Open';
      /** Seconds that the master waits for an answer; 0 for its own default. */
      readonly timeoutS: number;
      readonly id: Oid;
      readonly description: string;
    }
  | { readonly type: 'Close'; readonly reason: number }
  | {
      readonly type: 'Register' | 'Unregister';
      /** Register only, as in Open. */
      readonly timeoutS: number;
      /** 1-255, the lowest wins; 127 is the usual one. */
      readonly priority: number;
      readonly subtree: Oid;
    }
  | { readonly type: 'Get' | 'GetNext'; readonly ranges: readonly SearchRange[] }
  | {
      readonly type: 'GetBulk';
      readonly nonRepeaters: number;
      readonly maxRepetitions: number;
      readonly ranges: readonly SearchRange[];
    }
  | { readonly type: 'TestSet' | 'Notify'; readonly varBinds: readonly VarBind[] }
  | { readonly type: 'CommitSet' | 'UndoSet' | 'CleanupSet' | 'Ping' }
  | { readonly type: 'AddAgentCaps'; readonly id: Oid; readonly description: string }
  | { readonly type: 'RemoveAgentCaps'; readonly id: Oid }
  | {
      readonly type: 'Response';
      /** Hundredths of a second since the master was started. */
      readonly sysUpTime: number;
      readonly error: number;
      /** Which variable binding the error is about, from 1; 0 for none. */
      readonly index: number;
      readonly varBinds: readonly VarBind[];
    };

export interface AgentxPdu {
  readonly session: number;
  readonly transaction: number;
  readonly packet: number;
  /** Absent for the default one. */
  readonly context?: Uint8Array;
  readonly body: AgentxBody;
}
