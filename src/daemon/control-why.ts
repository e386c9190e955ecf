import { err, ok, type Result } from '../base/result.js';
import { type WhyDocument, type WhyInstance } from '../observe/index.js';
import { now, wallClock } from '../kernel/clock.js';
import { type NoAnswer } from './control-inquiries.js';
import { PAGE } from './control-queries.js';
import { type AskableWorker } from './supervisor.js';

/** Asks the VRRP worker why these instances are what they are. @param first the index of the first one in the file. */
async function readPage(
  worker: AskableWorker<'vrrp'>,
  first: number,
): Promise<Result<readonly WhyInstance[], NoAnswer>> {
  const state = await worker.ask({ type: 'State', from: first });
  if (!state.ok) return state;
  const snapshots = state.value.vrrp?.instances ?? [];
  const told = await worker.ask({ type: 'Chronicle', instances: snapshots.map(({ name }) => name) });
  if (!told.ok) return told;
  return ok(
    snapshots.map(({ name, state: now, effectivePriority, configuredPriority, faults }, index) => ({
      ...{ name, state: now, effectivePriority, configuredPriority, faults },
      transitions: told.value[index]?.transitions ?? [],
    })),
  );
}

/**
 * Why each instance is what it is.
 * @param names in the order of the file; `wanted` is one of them, or absent for all.
 */
export async function readWhy(
  worker: AskableWorker<'vrrp'>,
  names: readonly string[],
  wanted: string | undefined,
): Promise<Result<WhyDocument, NoAnswer>> {
  const instances: WhyInstance[] = [];
  const from = wanted === undefined ? 0 : names.indexOf(wanted);
  const until = wanted === undefined ? names.length : from + 1;
  for (let first = from; first < until; first += PAGE) {
    const page = await readPage(worker, first);
    if (!page.ok) return err(page.error);
    instances.push(...page.value.filter(({ name }) => wanted === undefined || name === wanted));
  }
  return ok({ clock: { monotonic: now(), wall: wallClock() }, instances });
}
