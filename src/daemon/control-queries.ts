/*
 * What the supervisor asks workers for those who ask it over the control socket. Each answer is small, whatever the
 * configuration: who wants all asks page by page, and between two pages the worker does its work.
 */
import { type InstanceChronicle, type JournalSegment, type WorkerState } from '../observe/index.js';

/** Instances, or pools, in one answer. */
export const PAGE = 50;

/** Every question, and its answer. */
export interface WorkerQueries {
  /** A page of instances or pools, in file order. Everything else comes with the first one. */
  readonly State: { readonly ask: { readonly from: number }; readonly answer: WorkerState };
  /** Why these instances are what they are; a page of them at most. */
  readonly Chronicle: {
    readonly ask: { readonly instances: readonly string[] };
    readonly answer: readonly InstanceChronicle[];
  };
  /** A part of the journal; the oldest one that is left if this was forgotten. */
  readonly Segment: {
    readonly ask: { readonly number: number };
    readonly answer: JournalSegment;
  };
}

/** A question as it crosses to the worker. */
export type WorkerQuery = {
  readonly [Type in keyof WorkerQueries]: { readonly type: Type } & WorkerQueries[Type]['ask'];
}[keyof WorkerQueries];

/** What is answered to a question of that type. */
export type AnswerTo<Query extends WorkerQuery> = WorkerQueries[Query['type']]['answer'];
