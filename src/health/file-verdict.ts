import { type Checker } from './checker.js';
import { type FileNumbers } from './event.js';
import { type Pool } from './pool.js';
import { type RealServer } from './real-server.js';
import { type FollowedFile } from './settings.js';
import { type EffectSink } from './sink.js';

const LEAST = -0x8000_0000;
const MOST = 0x7fff_ffff;

/** What a number in a file comes to: what the real server's weight moves by, or a failure. */
export function statusOf({ weight, reverse }: FollowedFile, value: number): number | 'failed' {
  if (weight === 0) return (value !== 0) === reverse ? 0 : 'failed';
  const product = value * weight * (reverse ? -1 : 1);
  // Beyond every weight that a server can have (keepalived: IPVS_WEIGHT_FAULT).
  return product <= LEAST ? 'failed' : Math.min(product, MOST);
}

/** A checker that is new begins with what the file says: there is no change to tell of. */
export function recall(checker: Checker, files: FileNumbers): void {
  const { file } = checker.settings;
  if (!file) return;
  const status = statusOf(file, files[file.name] ?? 0);
  checker.hasRun = true;
  checker.up = status !== 'failed';
  checker.weightDelta = status === 'failed' ? 0 : status;
}

/** FILE_CHECK: the number in the file is the verdict or the weight, at once and without tries. */
export function followFile(
  pool: Pool,
  realServer: RealServer,
  checker: Checker,
  files: FileNumbers,
  sink: EffectSink,
): void {
  const { file, id } = checker.settings;
  if (!file) return;
  const status = statusOf(file, files[file.name] ?? 0);
  const turned = (status === 'failed') === checker.up;
  if (!turned) {
    if (status !== 'failed' && status !== checker.weightDelta)
      pool.setWeight(realServer, checker, realServer.settings.weight + status, sink);
    return;
  }
  const what = checker.up ? 'now FAULT state' : 'leaving FAULT state';
  sink.push({
    type: 'Record',
    level: 'debug',
    code: 'file-followed',
    pool: pool.id,
    realServer: realServer.id,
    checker: id,
    text: `(${realServer.id}): tracked file ${file.name} ${what}`,
  });
  // It is not in the pool yet: nobody's weight changes by this.
  if (status !== 'failed') checker.weightDelta = status;
  pool.decide(realServer, checker, status !== 'failed', sink);
}
