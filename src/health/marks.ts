/**
 * What an operator orders of a real server. Checks go on and tell of it as ever; a mark only keeps traffic away, and
 * counts for nothing towards quorum.
 * - drained: it stays in the kernel with weight 0, so that connections end by themselves;
 * - disabled: it is out as if it had failed.
 */
export type OperatorMark = 'drained' | 'disabled';

/** All that is marked. */
export type Marks = readonly MarkedServer[];

export interface MarkedServer {
  readonly pool: string;
  readonly realServer: string;
  readonly mark: OperatorMark;
}

/** One text for a real server of a pool; ids hold no line breaks. */
export const markKey = (pool: string, realServer: string): string => `${pool}\n${realServer}`;
