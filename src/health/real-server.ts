import { Checker } from './checker.js';
import { type OperatorMark } from './marks.js';
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
  /** What an operator has ordered. */
  mark: OperatorMark | undefined;
  /** Which of the pool's real servers it is. */
  position: number;
  /** How far SNMP has moved the weight from the configured one. */
  private ordered = 0;

  constructor(settings: RealServerSettings, position: number) {
    this.settings = settings;
    this.position = position;
    this.checkers = settings.checkers.map((checker) => new Checker(checker));
  }

  get id(): string {
    return this.settings.id;
  }

  get inhibitOnFailure(): boolean {
    return this.settings.inhibitOnFailure;
  }

  /** What it counts for towards quorum. */
  get share(): number {
    return this.alive && this.mark === undefined ? this.weight : 0;
  }

  /** Checkers that hold it down. */
  get failedCheckers(): number {
    return this.checkers.reduce((count, checker) => count + (checker.up ? 0 : 1), 0);
  }

  /** What the kernel is told while it is alive: configured, moved by SNMP and by what checks found, in IPVS's range. */
  get weight(): number {
    return Math.min(Math.max(this.found + this.ordered, 0), WEIGHT_LIMIT);
  }

  /** From now on the weight is this one, until a check finds another. */
  orderWeight(weight: number): void {
    this.ordered = weight - this.found;
  }

  /** A reload: the file's word holds again. */
  forgetOrder(): void {
    this.ordered = 0;
  }

  private get found(): number {
    return this.checkers.reduce((sum, checker) => sum + checker.weightDelta, this.settings.weight);
  }

  state(): RealServerState {
    return {
      id: this.id,
      alive: this.alive,
      weight: this.weight,
      inhibitOnFailure: this.inhibitOnFailure,
      ...(this.mark && { mark: this.mark }),
      checkers: this.checkers.map((checker) => checker.state()),
    };
  }
}
