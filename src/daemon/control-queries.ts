/*
 * What the supervisor asks workers for those who ask it over the control socket. Each answer is small, whatever the
 * configuration: who wants all asks page by page, and between two pages the worker does its work.
 */
import { type HealthSettings, type Marks, type PoolState } from '../health/index.js';
import { type InstanceChronicle, type JournalSegment, type WorkerState } from '../observe/index.js';
import { type ServicePage, type ServicePlace } from './service-pages.js';

/** Instances, or BFD sessions, in one answer. */
export const PAGE = 50;

/** Real servers in one answer. A pool without any counts as one. */
export const SERVER_PAGE = 250;

/** How many real servers a health worker's answers show, to those who read them page by page. */
export const serverCount = ({ pools }: HealthSettings): number =>
  pools.reduce((count, { realServers }) => count + Math.max(1, realServers.length), 0);

/** The pools of several pages, of which one may begin where the one before it ended. */
export function joinPools(pages: readonly (readonly PoolState[])[]): readonly PoolState[] {
  const joined = new Map<string, PoolState>();
  for (const pool of pages.flat()) {
    const begun = joined.get(pool.id);
    joined.set(pool.id, begun ? { ...pool, realServers: [...begun.realServers, ...pool.realServers] } : pool);
  }
  return [...joined.values()];
}

/** Connections as IPVS counts them. */
export interface ServerConnections {
  /** Established ones; of UDP, those that have not timed out. */
  readonly active: number;
  /** Those that are ending. */
  readonly inactive: number;
  /** Clients that persistence binds to the server. */
  readonly persistent: number;
}

/** Every question, and its answer. */
export interface WorkerQueries {
  /**
   * A page of instances, sessions or real servers, in file order: PAGE of them, or SERVER_PAGE. Everything else comes
   * with the first one.
   */
  readonly State: { readonly ask: { readonly from: number }; readonly answer: WorkerState };
  /** Why these instances are what they are; a page of them at most. */
  readonly Chronicle: {
    readonly ask: { readonly instances: readonly string[] };
    readonly answer: readonly InstanceChronicle[];
  };
  /** One more round of gratuitous ARP and NA of an instance; a master's alone is heard of. */
  readonly Announce: { readonly ask: { readonly instance: string }; readonly answer: null };
  /** An order, not a question: all that operators want of real servers from now on. To the health worker. */
  readonly Mark: {
    readonly ask: { readonly marks: Marks };
    readonly answer: { readonly carriedOut: boolean };
  };
  /** What SNMP sets of an instance, until the next reload. To the VRRP worker. */
  readonly SetInstance: {
    readonly ask: { readonly instance: string; readonly priority?: number; readonly preempt?: boolean };
    readonly answer: { readonly carriedOut: boolean };
  };
  /** The same of a real server. To the health worker. */
  readonly SetWeight: {
    readonly ask: { readonly pool: string; readonly realServer: string; readonly weight: number };
    readonly answer: { readonly carriedOut: boolean };
  };
  /** How many connections a real server has, over all services of its pool. To the health worker. */
  readonly Connections: {
    readonly ask: { readonly pool: string; readonly realServer: string };
    readonly answer: ServerConnections;
  };
  /** What IPVS holds and counts: a page of it. The health worker knows. */
  readonly Services: { readonly ask: { readonly from: ServicePlace }; readonly answer: ServicePage };
  /** The counters of every instance begin at 0 again. */
  readonly ClearCounters: { readonly ask: object; readonly answer: null };
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
