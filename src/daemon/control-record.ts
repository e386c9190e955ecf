import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result } from '../base/result.js';
import { now, wallClock } from '../kernel/clock.js';
import {
  decodeRecords,
  encodeLine,
  lineOfRecord,
  type JournalExtent,
  type RecordingHeader,
} from '../observe/index.js';
import { type NoAnswer } from './control-inquiries.js';
import { type WorkerKind } from './messages.js';
import { SHARES } from './supervised-worker.js';
import { type AskableWorker } from './supervisor.js';
import { packageVersion } from './version.js';

/** How often a recording that goes on looks for more. */
const LOOK_AGAIN_MS = 200;

type Worker = Pick<AskableWorker<WorkerKind>, 'ask' | 'view'>;

/** What a worker's journal holds, and for `seconds` what comes to it, as the lines of a recording. */
export async function readRecording(
  worker: Worker,
  seconds: number,
): Promise<Result<AsyncIterable<string>, NoAnswer>> {
  const state = await worker.ask({ type: 'State', from: 0 });
  if (!state.ok) return state;
  const extent = state.value.journal;
  return ok(extent ? linesOf(worker, extent, seconds) : noLines());
}

async function* noLines(): AsyncIterable<string> {
  await Promise.resolve();
  yield* [];
}

async function* linesOf(worker: Worker, extent: JournalExtent, seconds: number): AsyncIterable<string> {
  const { pid, shares } = worker.view;
  yield encodeLine(headerOf(worker, extent.forgotten === 0 && shares.length <= SHARES));
  const until = now() + seconds * 1_000_000;
  let [settings, number, read, missed] = [0, extent.firstSegment, 0, 0];
  for (;;) {
    const askedAt = now();
    const answer = await worker.ask({ type: 'Segment', number });
    // Cut off, which shows by its having no end.
    if (!answer.ok || worker.view.pid !== pid) return;
    const segment = answer.value;
    const handed = worker.view.shares;
    for (; settings < handed.length; settings += 1) {
      yield encodeLine({ generation: settings, settings: protocolOf(handed[settings]?.()) });
    }
    if (segment.number > number) [read, missed] = [0, missed + segment.number - number];
    const records = decodeRecords(segment.stream);
    for (const record of records.slice(read)) yield encodeLine(lineOfRecord(record));
    [number, read] = segment.open ? [segment.number, records.length] : [segment.number + 1, 0];
    if (!segment.open) continue;
    if (askedAt >= until) break;
    await sleep(Math.min(LOOK_AGAIN_MS, Math.max(1, (until - askedAt) / 1000)));
  }
  yield encodeLine({ end: true, missed });
}

const headerOf = (worker: Worker, complete: boolean): RecordingHeader => ({
  recording: 1,
  program: `understudy ${packageVersion()}`,
  host: hostname(),
  worker: worker.view.kind,
  pid: worker.view.pid,
  clock: { monotonic: now(), wall: wallClock() },
  complete,
});

/** The share that the protocol itself is given. */
function protocolOf(share: unknown): unknown {
  const { vrrp, health, bfd } = share as Readonly<Partial<Record<'vrrp' | 'health' | 'bfd', unknown>>>;
  return vrrp ?? health ?? bfd;
}
