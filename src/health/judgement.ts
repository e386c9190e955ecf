import { assert } from '../base/assert.js';
import { micros, plus, type Micros } from '../base/units.js';
import { type Checker } from './checker.js';
import { type HealthEvent } from './event.js';
import { type Pool } from './pool.js';
import { type RealServer } from './real-server.js';
import { rulesOf } from './rules.js';
import { type ProbingKind } from './settings.js';
import { type EffectSink } from './sink.js';
import { type Verdicts } from './verdicts.js';
import { wordingOf, type Wording } from './wording.js';

/** Where a checker belongs. */
export interface Place {
  readonly pool: Pool;
  readonly realServer: RealServer;
  readonly checker: Checker;
}

type CheckResult = Extract<HealthEvent, { readonly checker: string }>;

/** What follows from the result of one check. Nearly all say what was known: for them nothing is made that is not needed. */
export class Judgement implements Verdicts {
  private readonly kind: ProbingKind;

  constructor(
    private readonly place: Place,
    private readonly sink: EffectSink,
  ) {
    const { kind, id } = place.checker.settings;
    assert(kind !== 'BFD_CHECK' && kind !== 'FILE_CHECK', `${id} has no checks of its own`);
    this.kind = kind;
  }

  get named(): { readonly pool: string; readonly realServer: string; readonly checker: string } {
    const { pool, realServer, checker } = this.place;
    return { pool: pool.id, realServer: realServer.id, checker: checker.settings.id };
  }

  get wording(): Wording {
    return wordingOf(this.kind);
  }

  log(code: string, text: string): void {
    this.sink.info(code, this.named, text);
  }

  decide(alive: boolean): void {
    const { pool, realServer, checker } = this.place;
    pool.decide(realServer, checker, alive, this.sink);
  }

  /** Lets the checker's rules weigh the result. Returns when the next check is due. */
  next(event: CheckResult, now: Micros): Micros {
    const { checker } = this.place;
    if (event.type === 'CheckNotRun') {
      this.log('check-not-run', `${this.wording.prefix?.(this.named) ?? ''}${event.text} Rescheduling.`);
      return plus(now, checker.settings.delayLoop);
    }
    const { fromStart } = rulesOf(this.kind);
    const from = fromStart ? (checker.startedAt ?? now) : now;
    const delay = event.type === 'CheckSucceeded' ? this.success(event) : this.failure(event);
    return micros(Math.max(plus(from, delay), now));
  }

  private success({ weight, found, url }: Extract<CheckResult, { type: 'CheckSucceeded' }>): Micros {
    const { pool, realServer, checker } = this.place;
    checker.lastFailure = undefined;
    pool.setWeight(realServer, checker, weight, this.sink);
    if (!checker.up && found !== undefined) {
      this.log('check-found', `${found} success to ${realServer.id} url(${url ?? ''})`);
    }
    return rulesOf(this.kind).succeeded(checker, this);
  }

  private failure({ code, text }: Extract<CheckResult, { type: 'CheckFailed' }>): Micros {
    const { checker } = this.place;
    checker.lastFailure = { code, text };
    return rulesOf(this.kind).failed(checker, checker.lastFailure, this);
  }
}
