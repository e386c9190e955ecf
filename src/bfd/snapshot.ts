import { type Micros } from '../base/units.js';
import { type BfdState } from '../wire/bfd.js';

/** All sessions at one moment, as plain data: for status, dumps and metrics. */
export interface BfdSnapshot {
  readonly sessions: readonly SessionSnapshot[];
  /** Packets that belonged to no session, or were none, by code. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The variables of RFC 5880, 6.8.1, and what follows from them. */
export interface SessionSnapshot {
  readonly name: string;
  readonly state: BfdState;
  readonly remoteState: BfdState;
  readonly localDiscriminator: number;
  readonly remoteDiscriminator: number;
  readonly localDiag: number;
  readonly remoteDiag: number;
  readonly remoteMinRx: Micros;
  readonly remoteMinTx: Micros;
  readonly remoteDemand: boolean;
  readonly remoteDetectMult: number;
  readonly polling: boolean;
  /** Between packets, before jitter. */
  readonly transmitInterval: Micros;
  /** 0 until the neighbour was heard. */
  readonly detectionTime: Micros;
  readonly lastHeardAt?: Micros;
  /** What those who follow the session were told last. */
  readonly toldUp: boolean;
  readonly counters: SessionCounters;
}

export interface SessionCounters {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly sendErrors: number;
  readonly timesUp: number;
  readonly timesDown: number;
  /** Packets of the session that were not believed, by code. */
  readonly dropped: Readonly<Record<string, number>>;
}
