import { type Checker } from './checker.js';
import { type Pool } from './pool.js';
import { type RealServer } from './real-server.js';
import { type EffectSink } from './sink.js';

/** BFD_CHECK: the session's state is the verdict, at once and without tries. */
export function follow(
  pool: Pool,
  realServer: RealServer,
  checker: Checker,
  up: boolean,
  sink: EffectSink,
): void {
  if (checker.up === up && checker.hasRun) return;
  const { id, follows = '' } = checker.settings;
  sink.info(
    'check-followed',
    { pool: pool.id, realServer: realServer.id, checker: id },
    `BFD check of [${follows}] RS(${realServer.id}) is ${up ? 'UP' : 'DOWN'}`,
  );
  pool.decide(realServer, checker, up, sink);
  checker.hasRun = true;
}
