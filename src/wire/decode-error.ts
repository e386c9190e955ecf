/** Why bytes are not what they should be: an outcome of decoding, never an exception (DESIGN.md, Style 3). */
export interface DecodeError<Code extends string = string> {
  /** Stable and greppable, for counters and tests. */
  readonly code: Code;
  /** For people, with the numbers found. */
  readonly text: string;
}
