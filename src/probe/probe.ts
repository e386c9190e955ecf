import { type Result } from '../base/result.js';

/** What a checker found. */
export interface ProbeSuccess {
  /** The weight that it asks for its real server (misc_dynamic). */
  readonly weight?: number;
  /** What was right, in keepalived's words, and of which url: for health CheckSucceeded. */
  readonly found?: string;
  readonly url?: string;
}

/** Why a probe did not succeed. */
export interface ProbeFailure {
  /**
   * 'failed': a verdict on the server. 'not-run': the probe could not be made here (no descriptor, bindto not
   * ours), which says nothing of the server.
   */
  readonly kind: 'failed' | 'not-run';
  /** Stable and greppable, for example 'timeout', 'refused', 'status-code'. */
  readonly code: string;
  /** keepalived's words for it where it has some, for example 'Timeout connecting'. */
  readonly text: string;
  /** What exactly was found, for status and the recorder: '503', 'no route to host'. */
  readonly detail?: string;
}

export type ProbeResult = Result<ProbeSuccess, ProbeFailure>;

/** A probe, or a part of one, that has begun. */
export interface UnderWay {
  /** Ends it without a word to anybody, and gives back what it holds. Idempotent, and nothing if it has ended. */
  close(): void;
}

/** Called exactly once for a probe, unless it was cancelled before. Never called from within start(). */
export type ProbeEnd = (result: ProbeResult) => void;
