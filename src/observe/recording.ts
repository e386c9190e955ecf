import { type StoredRecord } from './record-encoding.js';
import { type ClockPair } from './why.js';

/*
 * A recording: JSON Lines. The first line is the header, then come settings and records in the order of time, then
 * the end. Bytes are written as {"$hex": "..."}.
 */

/** The first line. */
export interface RecordingHeader {
  /** The version of this format. */
  readonly recording: 1;
  readonly program: string;
  readonly host: string;
  /** Which worker's. */
  readonly worker: string;
  readonly pid: number;
  readonly clock: ClockPair;
  /** True if it reaches back to the start of the worker, so that it can be played again. */
  readonly complete: boolean;
}

/** What the worker was handed, at start (0) or by its nth reload. */
export interface RecordedSettings {
  readonly generation: number;
  readonly settings: unknown;
}

/** One step of the protocol. Reconfigured names its settings by their generation. */
export interface RecordedStep {
  /** Microseconds of the monotonic clock. */
  readonly at: number;
  readonly event: { readonly type: string };
  readonly effects: readonly { readonly type: string }[];
  /** Of an advert: what became of it. */
  readonly verdict?: { readonly instance?: string; readonly code: string };
}

/** Something that is no event of the protocol: `netlink`, for example. */
export interface RecordedNote {
  readonly at: number;
  readonly note: string;
  readonly fact: unknown;
}

/** The last line; without it the recording was cut off. */
export interface RecordingEnd {
  readonly end: true;
  /** Segments of the journal that were forgotten before they could be read. */
  readonly missed: number;
}

export type RecordingLine = RecordingHeader | RecordedSettings | RecordedStep | RecordedNote | RecordingEnd;

/** What a journal holds, as a line. */
export function lineOfRecord({ at, kind, values }: StoredRecord): RecordedStep | RecordedNote {
  if (kind !== 'step') return { at, note: kind, fact: values[0] };
  const [event, effects, verdict] = values;
  return { at, event, effects, ...(verdict !== undefined && { verdict }) } as RecordedStep;
}

/** One line, without its end. */
export const encodeLine = (line: RecordingLine): string => JSON.stringify(line, bytesToHex);

/** Reads one line back. @throws SyntaxError if it is none. */
export const decodeLine = (text: string): RecordingLine => JSON.parse(text, hexToBytes) as RecordingLine;

const bytesToHex = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { $hex: Buffer.from(value).toString('hex') } : value;

const hexToBytes = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('$hex' in value)) return value;
  return Uint8Array.from(Buffer.from(String(value.$hex), 'hex'));
};
