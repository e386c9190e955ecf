import { Checker } from './checker.js';
import { type FileNumbers } from './event.js';
import { recall } from './file-verdict.js';
import { type Pool } from './pool.js';
import { RealServer } from './real-server.js';
import { type CheckerSettings, type PoolSettings, type RealServerSettings } from './settings.js';
import { type EffectSink } from './sink.js';

/** Brings a pool that is in the old and in the new configuration from one to the other. */
export function reloadPool(
  pool: Pool,
  next: PoolSettings,
  { notifyNew, files }: { readonly notifyNew: boolean; readonly files: FileNumbers },
  sink: EffectSink,
): void {
  sink.poolChanged(pool.id);
  const known = new Map(pool.realServers.map((realServer) => [realServer.id, realServer]));
  const kept = new Set(next.realServers.map(({ id }) => id));
  for (const realServer of pool.realServers) {
    if (kept.has(realServer.id)) continue;
    sink.info(
      'real-server-gone',
      { pool: pool.id, realServer: realServer.id },
      `service ${realServer.id} no longer exist`,
    );
    pool.removeRealServer(realServer, false, sink);
  }
  const { sorryServer } = pool.settings;
  const sameSorryServer = sorryServer?.id === next.sorryServer?.id;
  if (sorryServer && pool.sorryServerInUse && !sameSorryServer) {
    pool.forgetSorryServer(sorryServer, next.sorryServer !== undefined, sink);
  }
  pool.settings = next;
  pool.realServers = next.realServers.map((settings, position) => {
    const realServer = known.get(settings.id);
    if (!realServer) return newRealServer(settings, position, files);
    realServer.position = position;
    reloadRealServer(pool, realServer, { next: settings, files }, sink);
    return realServer;
  });
  for (const realServer of pool.realServers) {
    if (!known.has(realServer.id)) pool.startRealServer(realServer, notifyNew, sink);
  }
  pool.updateQuorum(true, sink);
}

function newRealServer(settings: RealServerSettings, position: number, files: FileNumbers): RealServer {
  const realServer = new RealServer(settings, position);
  for (const checker of realServer.checkers) recall(checker, files);
  return realServer;
}

function reloadRealServer(
  pool: Pool,
  realServer: RealServer,
  { next, files }: { readonly next: RealServerSettings; readonly files: FileNumbers },
  sink: EffectSink,
): void {
  const weightBefore = realServer.weight;
  realServer.settings = next;
  realServer.forgetOrder();
  realServer.checkers = reloadCheckers(realServer, next.checkers, files);
  pool.weightMayHaveChanged(realServer, weightBefore, sink);
  // The checker that held it down is gone from the file, or is no longer alpha.
  if (realServer.failedCheckers === 0) pool.reinstate(realServer, sink);
}

/** A checker survives if it still probes the same thing; then it keeps what it knows. */
function reloadCheckers(
  realServer: RealServer,
  next: readonly CheckerSettings[],
  files: FileNumbers,
): readonly Checker[] {
  const old = [...realServer.checkers];
  const checkers = next.map((settings) => {
    const index = old.findIndex(
      (checker) => checker.settings.kind === settings.kind && checker.settings.identity === settings.identity,
    );
    const survivor = index < 0 ? undefined : old.splice(index, 1)[0];
    if (survivor) return renew(survivor, settings);
    const checker = new Checker(settings);
    recall(checker, files);
    // A serving server goes down as it would by a change, which is told.
    if (checker.settings.file && realServer.alive) checker.up = true;
    return checker;
  });
  settleUntried(checkers, realServer.alive);
  return checkers;
}

function renew(checker: Checker, settings: CheckerSettings): Checker {
  checker.settings = settings;
  checker.step = Math.min(checker.step, settings.steps - 1);
  return checker;
}

/**
 * Checkers that have never run do not take a serving real server down by being alpha, and one failure is not
 * enough against it; but where others hold the server down, or nothing is known, they start as at a first start.
 */
function settleUntried(checkers: readonly Checker[], alive: boolean): void {
  const tried = checkers.filter((checker) => checker.hasRun);
  const asAtStart = tried.some((checker) => !checker.up) || (!alive && tried.length === 0);
  for (const checker of checkers) {
    if (checker.hasRun) continue;
    checker.up = !(asAtStart && checker.settings.alpha);
    checker.retries = asAtStart ? checker.retriesAtStart : 0;
  }
}
