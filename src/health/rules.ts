import { micros, type Micros } from '../base/units.js';
import { type Checker, type Failure } from './checker.js';
import { type ProbingKind } from './settings.js';
import { failureText, type Wording } from './wording.js';

/** What a checker's result may do to the world: write a line, and say that its server is up or down. */
export interface Verdicts {
  /** The real server as logs name it. */
  readonly realServer: string;
  /** What keepalived says of this kind of checker. */
  readonly wording: Wording;
  log(code: string, text: string): void;
  /** The result counts: the checker is now up or down. Called before `hasRun` is set, where that matters. */
  decide(alive: boolean): void;
}

/** How results of one family of checkers count. Both functions return the delay to the next check. */
interface Rules {
  readonly succeeded: (checker: Checker, verdicts: Verdicts) => Micros;
  readonly failed: (checker: Checker, failure: Failure, verdicts: Verdicts) => Micros;
}

/** One connection is one check: TCP_CHECK. */
const single: Rules = {
  succeeded(checker, verdicts) {
    checker.retries = 0;
    if (!checker.up || !checker.hasRun) {
      verdicts.log('check-succeeded', verdicts.wording.success(verdicts.realServer));
      verdicts.decide(true);
    }
    checker.hasRun = true;
    return checker.settings.delayLoop;
  },

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (checker.up) logAttempt(checker, failure, verdicts);
    let delay = settings.delayLoop;
    if ((checker.up || !checker.hasRun) && checker.retries >= settings.retry) {
      checker.retries = 0;
      logFailure(checker, verdicts);
      verdicts.decide(false);
    } else if (checker.up) {
      checker.retries += 1;
      delay = settings.delayBeforeRetry;
    }
    checker.hasRun = true;
    return delay;
  },
};

/**
 * Several steps make a check, one a delay_loop, and a step that failed is tried until it succeeds before all are
 * checked anew: HTTP_GET and SSL_GET, whose steps are urls.
 */
const stepwise: Rules = {
  succeeded(checker, verdicts) {
    const last = checker.step + 1 >= checker.settings.steps;
    checker.retries = 0;
    if (checker.failedStep !== undefined) {
      checker.failedStep = undefined;
      checker.step = 0;
    } else if (last) {
      finishRound(checker, verdicts);
    } else {
      checker.step += 1;
    }
    if (!checker.hasRun) checker.retries = checker.settings.retry;
    return isHurried(checker) ? micros(0) : checker.settings.delayLoop;
  },

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (checker.up || !checker.hasRun) {
      logAttempt(checker, failure, verdicts);
      // Unlike TCP_CHECK: an alpha checker's first failure is neither logged as such nor notified.
      checker.hasRun = true;
      checker.retries += 1;
      if (checker.retries > settings.retry) failStep(checker, verdicts);
    }
    return checker.failedStep === undefined
      ? settings.delayBeforeRetry
      : micros(Math.max(settings.delayBeforeRetry, settings.delayLoop));
  },
};

function finishRound(checker: Checker, verdicts: Verdicts): void {
  checker.step = 0;
  if (checker.up && checker.hasRun) return;
  verdicts.log('check-succeeded', verdicts.wording.success(verdicts.realServer));
  verdicts.decide(true);
  checker.hasRun = true;
}

function failStep(checker: Checker, verdicts: Verdicts): void {
  if (checker.up) {
    logFailure(checker, verdicts);
    verdicts.decide(false);
  }
  checker.failedStep = checker.step;
}

/**
 * fast_recovery: no delay while the only question is whether the server is back. After a failure there is always
 * a delay (keepalived 2.4.3 tries a second url that fails again at once, as fast as the server can refuse).
 */
function isHurried(checker: Checker): boolean {
  const recovering = !checker.hasRun || (!checker.up && checker.failedStep === undefined);
  return checker.settings.fastRecovery && recovering;
}

function logAttempt(checker: Checker, { code, text }: Failure, verdicts: Verdicts): void {
  const { logAllFailures } = checker.settings;
  if (logAllFailures)
    verdicts.log('check-attempt-failed', verdicts.wording.attempt(verdicts.realServer, code, text));
}

function logFailure(checker: Checker, verdicts: Verdicts): void {
  const { retry } = checker.settings;
  const retries = checker.hasRun ? retry : 0;
  verdicts.log('check-failed', failureText(verdicts.wording, verdicts.realServer, retries));
}

const RULES: Readonly<Record<ProbingKind, Rules>> = {
  TCP_CHECK: single,
  HTTP_GET: stepwise,
  SSL_GET: stepwise,
};

export const rulesOf = (kind: ProbingKind): Rules => RULES[kind];
