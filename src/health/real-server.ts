import { Checker } from './checker.js';
import { type RealServerSettings } from './settings.js';
import { type RealServerState } from './snapshot.js';

/** The greatest weight that IPVS takes. */
const WEIGHT_LIMIT = 0x7fff_ffff;

/** One real server of a pool and its checkers. */
export class RealServer {
  settings: RealServerSettings;
  checkers: readonly Checker[];
  /** In the pool (unless the sorry server stands in for it). */
  alive = false;

  constructor(settings: RealServerSettings) {
    this.settings = settings;
    this.checkers = settings.checkers.map((checker) => new Checker(checker));
  }

  get id(): string {
    return this.settings.id;
  }

  /** Checkers that hold it down. */
  get failedCheckers(): number {
    return this.checkers.reduce((count, checker) => count + (checker.up ? 0 : 1), 0);
  }

  /** What the kernel is told while it is alive: configured, moved by what checks found, kept in IPVS's range. */
  get weight(): number {
    const moved = this.checkers.reduce((sum, checker) => sum + checker.weightDelta, this.settings.weight);
    return Math.min(Math.max(moved, 0), WEIGHT_LIMIT);
  }

  state(): RealServerState {
    return {
      id: this.id,
      alive: this.alive,
      weight: this.weight,
      inhibitOnFailure: this.settings.inhibitOnFailure,
      checkers: this.checkers.map((checker) => checker.state()),
    };
  }
}
